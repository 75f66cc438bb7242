"""My learning: go on where I was, my courses, what is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.progress.rule import next_page
from elearn.store import enrolments
from elearn.store.attempts import list_open_tests
from elearn.store.progress import ProgressSummaryRow, list_summaries
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.i18n import gettext, language
from elearn.web.learn.blueprint import blueprint
from elearn.web.learn.quiz import attempt_href
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.courses import CourseCard, course_card, translated_into
from elearn.web.parts.told import Told, told
from elearn.web.render import render


@dataclass(frozen=True, slots=True)
class GoOn:
    """The place to go on from."""

    href: str
    module_id: str
    course: str
    course_lang: str
    page: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardPage(Page):
    """One's courses, those under way first."""

    template: ClassVar[str] = "learn/dashboard.html"

    told: Told | None
    name: str
    go_on: GoOn | None
    courses: tuple[CourseCard, ...]


@blueprint.get("/learn/")
@requires(Permission.SEE_OWN_LEARNING)
def dashboard() -> str:
    """Show what the person is learning."""
    who = identity()
    cards: list[CourseCard] = []
    with runtime().database.read(who.organisation_id) as session:
        current = runtime().shelf.current(session, now=now())
        summaries = {row.course_id: row for row in list_summaries(session, who.person_id)}
        taken = [row.course_id for row in enrolments.list_enrolments(session, who.person_id) if row.state != "left"]
        for course_id in (course_id for course_id in taken if course_id in current):
            summary = summaries.get(course_id)
            cards.append(_card(session, course_id, summary.percent if summary else 0))
        going = [summaries[course_id] for course_id in taken if course_id in current and course_id in summaries]
        go_on = _open_test(session, current) or _next_page(session, going)
        news = told(session)
    page = DashboardPage(title=gettext("My learning"), told=news, name=signed_in().pseudonym, go_on=go_on, courses=tuple(cards))
    return render(page)


def _card(session: Session, course_id: str, percent: int) -> CourseCard:
    shelf = runtime().shelf
    published = shelf.course(session, course_id, now=now())
    outline = shelf.outline(session, published.release_id, language())
    return course_card(published, outline, translated=translated_into(session, shelf, published), percent=percent)


def _open_test(session: Session, current: Mapping[str, int]) -> GoOn | None:
    """A test that was begun and not handed in comes before anything else: its answers wait."""
    for row in list_open_tests(session, identity().person_id):
        if row.course_id in current:
            found = _place(session, row.course_id, row.page_id)
            if found is not None:
                return replace(found, href=attempt_href(row, found.module_id))
    return None


def _next_page(session: Session, going: Sequence[ProgressSummaryRow]) -> GoOn | None:
    """The page to go on with in a course that is not complete."""
    for summary in going:
        if summary.complete_at is None:
            course = runtime().shelf.course(session, summary.course_id, now=now()).course
            place = _place(session, summary.course_id, next_page(course, summary.done, summary.last_page))
            if place is not None:
                return place
    return None


def _place(session: Session, course_id: str, page_id: str) -> GoOn | None:
    """A page of a course as a place to go on from; None if the course has it no more."""
    shelf = runtime().shelf
    published = shelf.course(session, course_id, now=now())
    if page_id not in published.places:
        return None
    outline = shelf.outline(session, published.release_id, language())
    module, entry = next((module, page) for module in outline["modules"] for page in module["pages"] if page["id"] == page_id)
    target = href("learn.page", course_id=course_id, module_id=module["id"], page_id=page_id)
    title, course = entry["title"], outline["title"]
    return GoOn(target, module["id"], course["text"], course["lang"], title["text"], title["lang"])
