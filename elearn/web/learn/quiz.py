"""The start of a quiz: what it is, earlier attempts, begin or go on."""

import secrets
from dataclasses import dataclass
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.actions import attempt as attempts
from elearn.course.model import QuizPage
from elearn.errors import NotFound
from elearn.quiz.model import Quiz
from elearn.store.attempts import AttemptRow, list_attempts
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import format_day, format_percent, gettext, language, ngettext
from elearn.web.learn.blueprint import blueprint
from elearn.web.learn.place import Place, find_place, neighbours
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.courses import OutlineEntry, minutes_text, outline_modules
from elearn.web.parts.lesson_body import body_chunks
from elearn.web.parts.reader import reader_country


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """One earlier attempt in a list; `result` is empty where nothing may be told."""

    href: str
    label: str
    result: str
    passed: bool | None
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizStartPage(Page):
    """A quiz before it begins; `may_start` says whether a try is left."""

    template: ClassVar[str] = "learn/quiz.html"

    title_lang: str
    course_title: str
    course_lang: str
    course_href: str
    intro: tuple[str, ...]
    facts: tuple[str, ...]
    draft: bool
    source_href: str
    signed_in: bool
    here: str
    start_href: str
    key: str
    open_href: str
    may_start: bool
    attempts: tuple[AttemptLine, ...]
    before: OutlineEntry | None
    after: OutlineEntry | None


def attempt_href(row: AttemptRow, module_id: str, *, result: bool = False) -> str:
    """Give the address of an attempt, or of its result."""
    ids = {"course_id": row.course_id, "module_id": module_id, "page_id": row.page_id, "attempt_id": row.id}
    return href("learn.result" if result else "learn.attempt", **ids)


def quiz_start(session: Session, place: Place) -> QuizStartPage:
    """Make the start page of a quiz."""
    who = identity()
    course = place.published.course
    quiz: Quiz = place.page.quiz
    rows = [] if who.anonymous else list_attempts(session, who.person_id, course.id, page_id=place.page.id)
    open_row = next((row for row in rows if row.state == "open"), None)
    before, after = neighbours(outline_modules(course.id, place.outline, None), place.page.id)
    key = (place.published.release_id, place.page.id, language(), reader_country())
    return QuizStartPage(
        title=place.body["title"]["text"],
        title_lang=place.body["title"]["lang"],
        course_title=place.outline["title"]["text"],
        course_lang=place.outline["title"]["lang"],
        course_href=href("public.course", course_id=course.id),
        intro=body_chunks(key, place.body),
        facts=_facts(place.page, quiz),
        draft=place.body["draft"],
        source_href=href("learn.page", lang=course.language, **place.ids),
        signed_in=not who.anonymous,
        here=request.path,
        start_href=href("learn.start_submit", **place.ids),
        key=secrets.token_urlsafe(16),
        open_href=attempt_href(open_row, place.module_id) if open_row else "",
        may_start=not quiz.tries or len(rows) < quiz.tries,
        attempts=tuple(attempt_line(row, len(rows) - later, place.module_id) for later, row in enumerate(rows)),
        before=before,
        after=after,
    )


def attempt_line(row: AttemptRow, number: int, module_id: str) -> AttemptLine:
    """Make the line of one attempt, the `number`th at this quiz: no result of a baseline is ever told."""
    told = row.state != "open" and row.form != "baseline" and row.fraction_e4 is not None
    return AttemptLine(
        href=attempt_href(row, module_id, result=row.state != "open"),
        label=gettext("Try %(number)s, %(day)s", number=number, day=format_day(row.started_at)),
        result=format_percent((row.fraction_e4 or 0) // 100) if told else "",
        passed=row.passed if told else None,
        open=row.state == "open",
    )


def _facts(page: QuizPage, quiz: Quiz) -> tuple[str, ...]:
    count = sum(getattr(slot, "draw", 1) for slot in quiz.slots)
    facts = [ngettext("%(num)s question", "%(num)s questions", count), gettext("about %(time)s", time=minutes_text(page.minutes))]
    if quiz.pass_mark:
        facts.append(gettext("passed from %(mark)s", mark=format_percent(quiz.pass_mark)))
    facts.append(ngettext("%(num)s try", "%(num)s tries", quiz.tries) if quiz.tries else gettext("as many tries as you want"))
    facts.append(gettext("time limit: %(time)s", time=minutes_text(quiz.minutes_limit)) if quiz.minutes_limit else gettext("no time limit"))
    return tuple(facts)


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/start")
@requires(Permission.TAKE_QUIZ)
def start_submit(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Begin an attempt, or go on with the open one."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        place = find_place(session, course_id, module_id, page_id)
        if not isinstance(place.page, QuizPage):
            raise NotFound("no-page")
        seed = runtime().chance.getrandbits(62)
        sitting = attempts.start(session, runtime().shelf, who, course_id, page_id, language=language(), seed=seed, now=now())
        target = attempt_href(sitting.row, module_id)
    return redirect(target, 303)
