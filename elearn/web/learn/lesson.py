"""A lesson with its practice, and marking it as read."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import study
from elearn.store.progress import Summary
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import language
from elearn.web.learn.blueprint import blueprint
from elearn.web.learn.place import Place, find_lesson, neighbours
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.blocks import CountryView, countries
from elearn.web.parts.courses import OutlineEntry, OutlineModule, minutes_text, outline_modules
from elearn.web.parts.lesson_body import body_chunks, sources_html
from elearn.web.parts.question import QuestionView
from elearn.web.parts.reader import reader_country


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonPage(Page):
    """A lesson: `chunks` are HTML and views of questions in turn, `ending` its words and sources."""

    template: ClassVar[str] = "learn/lesson.html"

    course_title: str
    course_lang: str
    course_href: str
    module: OutlineModule
    title_lang: str
    length: str
    chunks: tuple[str | QuestionView, ...]
    ending: str
    modules: tuple[OutlineModule, ...]
    before: OutlineEntry | None
    after: OutlineEntry | None
    read: bool
    read_href: str
    practice_href: str
    signed_in: bool
    draft: bool
    source_href: str
    country: str
    countries: tuple[CountryView, ...]
    here: str


def lesson_page(place: Place, summary: Summary | None, questions: dict[str, QuestionView]) -> LessonPage:
    """Make the page of a lesson."""
    course = place.published.course
    modules = outline_modules(course.id, place.outline, summary, current=place.page.id)
    before, after = neighbours(modules, place.page.id)
    key = (place.published.release_id, place.page.id, language(), reader_country())
    chunks = body_chunks(key, place.body)
    title = place.body["title"]
    return LessonPage(
        title=title["text"],
        title_lang=title["lang"],
        course_title=place.outline["title"]["text"],
        course_lang=place.outline["title"]["lang"],
        course_href=href("public.course", course_id=course.id),
        module=next(module for module in modules if any(entry.current for entry in module.pages)),
        length=minutes_text(place.page.minutes),
        chunks=tuple(questions[chunk] if number % 2 else chunk for number, chunk in enumerate(chunks)),
        ending=sources_html(key, place.body),
        modules=modules,
        before=before,
        after=after,
        read=bool(summary and place.page.id in summary.done),
        read_href=href("learn.read_submit", **place.ids),
        practice_href=href("learn.practise_submit", **place.ids),
        signed_in=not identity().anonymous,
        draft=place.body["draft"],
        source_href=href("learn.page", lang=course.language, **place.ids),
        country=reader_country(),
        countries=countries(),
        here=href("learn.page", **place.ids),
    )


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/read")
@requires(Permission.TAKE_QUIZ)
def read_submit(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Mark a lesson as read and go on."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        place = find_lesson(session, course_id, module_id, page_id)
        study.read(session, who, place.published, page_id, now=now())
    _, after = neighbours(outline_modules(course_id, place.outline, None), page_id)
    target = after.href if after and request.form.get("go") == "on" else href("learn.page", **place.ids)
    return redirect(target, 303)
