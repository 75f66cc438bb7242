"""The page of one course: what it is about, its outline, where the reader stands."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import g

from elearn.access.permission import Permission
from elearn.actions.shelf import Published
from elearn.course.model import Course, QuizPage
from elearn.lang import OWN_NAMES, Language
from elearn.progress.rule import next_page
from elearn.store import enrolments
from elearn.store.credentials import list_person_credentials
from elearn.store.progress import Summary, find_summary
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import format_percent, gettext, language
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.blocks import country_name
from elearn.web.parts.courses import OutlineModule, minutes_text, outline_modules, topic_names, translated_into
from elearn.web.public.blueprint import blueprint
from elearn.web.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePage(Page):
    """A course; `go_on` is the address of the page to go on with, `complete` whether the certificate is due."""

    template: ClassVar[str] = "public/course.html"

    code: str
    title_lang: str
    summary: str
    summary_lang: str
    facts: tuple[str, ...]
    objectives: tuple[dict[str, str], ...]
    modules: tuple[OutlineModule, ...]
    draft: bool
    source_href: str
    public: bool
    enrolled: bool
    percent: int
    done_text: str
    complete: bool
    certified: bool
    go_on: str
    rule: str


def _go_on(course: Course, modules: tuple[OutlineModule, ...], summary: Summary | None) -> str:
    """Give the page to go on with, the first where all are done."""
    hrefs = {entry.id: entry.href for module in modules for entry in module.pages}
    page_id = next_page(course, summary.done, summary.last_page) if summary else ""
    return hrefs.get(page_id) or next(iter(hrefs.values()), "")


def _facts(course: Course, translated: tuple[Language, ...]) -> tuple[str, ...]:
    topics = topic_names()
    return (
        minutes_text(course.minutes),
        ", ".join(topics.get(topic, topic) for topic in course.topics),
        ", ".join(country_name(code) for code in course.countries),
        ", ".join(OWN_NAMES[tag] for tag in translated),
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """A course with where the asker stands in it."""

    published: Published
    outline: dict[str, Any]
    translated: tuple[Language, ...]
    summary: Summary | None
    enrolled: bool
    certified: bool


def _standing(course_id: str) -> Standing:
    who = identity()
    shelf = runtime().shelf
    with runtime().database.read(who.organisation_id or None) as session:
        published = shelf.course(session, course_id, now=now())
        outline = shelf.outline(session, published.release_id, language())
        translated = translated_into(session, shelf, published)
        if who.anonymous:
            return Standing(published, outline, translated, None, enrolled=False, certified=False)
        summary = find_summary(session, who.person_id, course_id, organisation_id=who.organisation_id)
        row = enrolments.find_enrolment(session, who.person_id, course_id)
        certified = bool(summary and summary.complete_at) and any(
            held.course_id == course_id and held.status == "valid" for held in list_person_credentials(session, who.person_id)
        )
    return Standing(published, outline, translated, summary, enrolled=row is not None and row.state != "left", certified=certified)


@blueprint.get("/courses/<course_id>/")
@requires(Permission.VIEW_PUBLIC)
def course(course_id: str) -> str:
    """Show one course."""
    g.public = True
    return render(_page(_standing(course_id)))


def _page(standing: Standing) -> CoursePage:
    course, outline, summary = standing.published.course, standing.outline, standing.summary
    modules = outline_modules(course.id, outline, summary)
    entries = [entry for module in modules for entry in module.pages]
    return CoursePage(
        title=outline["title"]["text"],
        code=course.code,
        title_lang=outline["title"]["lang"],
        summary=outline["summary"]["text"],
        summary_lang=outline["summary"]["lang"],
        facts=_facts(course, standing.translated),
        objectives=tuple(outline["objectives"]),
        modules=modules,
        draft=outline["draft"],
        source_href=href("public.course", course_id=course.id, lang=course.language),
        public=course.public,
        enrolled=standing.enrolled,
        percent=summary.percent if summary else 0,
        done_text=gettext("%(done)s of %(all)s pages done", done=sum(entry.done for entry in entries), all=len(entries)),
        complete=bool(summary and summary.complete_at),
        certified=standing.certified,
        go_on=_go_on(course, modules, summary),
        rule=_rule(course),
    )


def _rule(course: Course) -> str:
    """Say in one sentence what completes the course."""
    quizzes = [page for _, page in course.pages() if isinstance(page, QuizPage) and page.id in course.completion.quizzes]
    mark = format_percent(max((page.quiz.pass_mark for page in quizzes), default=0))
    if not quizzes:
        return gettext("You complete the course by reading every lesson.")
    if course.completion.lessons == "none":
        return gettext("You complete the course by passing the final test with at least %(mark)s.", mark=mark)
    return gettext("You complete the course by reading every lesson and passing the final test with at least %(mark)s.", mark=mark)
