"""My learning: go on where I was, my courses, what is done."""

from dataclasses import dataclass
from typing import ClassVar

from flask import url_for

from elearn.access.permission import Permission
from elearn.store import enrolments
from elearn.store.progress import list_summaries
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.i18n import gettext, language
from elearn.web.learn.blueprint import blueprint
from elearn.web.pages import Page
from elearn.web.parts.courses import CourseCard, course_card, translated_into
from elearn.web.render import render


@dataclass(frozen=True, slots=True)
class GoOn:
    """The place to go on from."""

    href: str
    course: str
    course_lang: str
    page: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage(Page):
    """One's courses, those under way first."""

    template: ClassVar[str] = "learn/dashboard.html"

    name: str
    go_on: GoOn | None
    courses: tuple[CourseCard, ...]


@blueprint.get("/learn/")
@requires(Permission.SEE_OWN_LEARNING)
def dashboard() -> str:
    """Show what the person is learning."""
    who = identity()
    shelf = runtime().shelf
    cards: list[CourseCard] = []
    go_on = None
    with runtime().database.read(who.organisation_id) as session:
        current = shelf.current(session, now=now())
        summaries = {row.course_id: row for row in list_summaries(session, who.person_id)}
        for row in enrolments.list_enrolments(session, who.person_id):
            if row.state == "left" or row.course_id not in current:
                continue
            published = shelf.course(session, row.course_id, now=now())
            outline = shelf.outline(session, published.release_id, language())
            summary = summaries.get(row.course_id)
            translated = translated_into(session, shelf, published)
            cards.append(course_card(published, outline, translated=translated, percent=summary.percent if summary else 0))
            place = published.places.get(summary.last_page) if summary else None
            if go_on is None and place is not None and summary is not None and summary.complete_at is None:
                entry = next(page for module in outline["modules"] for page in module["pages"] if page["id"] == place[1].id)
                href = url_for("learn.page", course_id=row.course_id, module_id=place[0].id, page_id=place[1].id)
                go_on = GoOn(href, outline["title"]["text"], outline["title"]["lang"], entry["title"]["text"], entry["title"]["lang"])
    page = DashboardPage(title=gettext("My learning"), name=signed_in().pseudonym, go_on=go_on, courses=tuple(cards))
    return render(page)
