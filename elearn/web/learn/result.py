"""The result of an attempt: the grade, the rule explained, what is left to do, and feedback as far as it may be shown."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import attempt as attempts
from elearn.actions.attempt import Sitting
from elearn.course.model import Course
from elearn.progress.rule import is_asked
from elearn.quiz.attempt import last_try
from elearn.quiz.behaviour import Reveal, reveal
from elearn.quiz.grade import Grade
from elearn.store.attempts import count_attempts
from elearn.store.progress import Summary, find_summary
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import format_percent, gettext, language, ngettext
from elearn.web.learn.attempt import Address, body_of, check_place
from elearn.web.learn.blueprint import blueprint
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.blocks import trusted
from elearn.web.parts.courses import OutlineEntry, outline_modules
from elearn.web.parts.question import Given, QuestionView, question_view
from elearn.web.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage(Page):
    """What came of an attempt; `grade` is empty where nothing may be told, `passed` None where there is nothing to pass."""

    template: ClassVar[str] = "learn/result.html"

    title_lang: str
    course_href: str
    grade: str
    percent: int
    passed: bool | None
    rule: tuple[str, ...]
    waiting: bool
    withheld: bool
    questions: tuple[QuestionView, ...]
    left: tuple[OutlineEntry, ...]
    complete: bool
    again_href: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a result is told from."""

    sitting: Sitting
    body: dict[str, Any]
    last: bool
    summary: Summary | None
    entries: tuple[OutlineEntry, ...]
    course: Course


def _outcome(address: Address) -> Outcome:
    who = identity()
    shelf = runtime().shelf
    with runtime().database.read(who.organisation_id) as session:
        sitting = attempts.load(session, shelf, who, address.attempt_id)
        check_place(session, sitting, address)
        # While the last try is open, the results of earlier ones must not give its answers away.
        tries = count_attempts(session, who.person_id, address.course_id, address.page_id, closed=True)
        summary = find_summary(session, who.person_id, address.course_id, organisation_id=who.organisation_id)
        current = shelf.course(session, address.course_id, now=now())
        outline = shelf.outline(session, current.release_id, language())
        body = body_of(session, sitting)
    entries = tuple(entry for module in outline_modules(address.course_id, outline, summary) for entry in module.pages)
    return Outcome(sitting, body, last_try(sitting.quiz, tries), summary, entries, current.course)


@blueprint.get("/courses/<course_id>/<module_id>/<page_id>/attempt/<attempt_id>/result/")
@requires(Permission.TAKE_QUIZ)
def result(course_id: str, module_id: str, page_id: str, attempt_id: str) -> ResponseReturnValue:
    """Show the result of an attempt that was handed in."""
    address = Address(course_id, module_id, page_id, attempt_id)
    outcome = _outcome(address)
    if outcome.sitting.state.state == "open":
        return redirect(address.href("attempt"), 303)
    return render(_page(outcome, address))


def _page(outcome: Outcome, address: Address) -> ResultPage:
    sitting, body = outcome.sitting, outcome.body
    grade = sitting.grade()
    shown = reveal(sitting.quiz.form, "after", passed=bool(sitting.row.passed), last_try=outcome.last)
    told = shown.overall
    again = href("learn.page", course_id=address.course_id, module_id=address.module_id, page_id=address.page_id)
    return ResultPage(
        title=body["title"]["text"],
        title_lang=body["title"]["lang"],
        course_href=href("public.course", course_id=address.course_id),
        grade=format_percent(grade.fraction_e4 // 100) if told else "",
        percent=grade.fraction_e4 // 100,
        passed=grade.passed if told and sitting.quiz.pass_mark else None,
        rule=_rule(sitting, grade, outcome.course) if told else (),
        waiting=grade.needs_marking,
        withheld=told and not shown.right_answer,
        questions=_views(sitting, grade, body, shown) if shown.correctness else (),
        left=_left(outcome),
        complete=bool(outcome.summary and outcome.summary.complete_at),
        again_href="" if outcome.last else again,
    )


def _left(outcome: Outcome) -> tuple[OutlineEntry, ...]:
    """Give what the course still asks for."""
    if outcome.summary and outcome.summary.complete_at:
        return ()
    asked = {page.id for _, page in outcome.course.pages() if is_asked(outcome.course, page)}
    return tuple(entry for entry in outcome.entries if not entry.done and entry.id in asked)


def _rule(sitting: Sitting, grade: Grade, course: Course) -> tuple[str, ...]:
    """Say in words how the grade came about."""
    right = sum(mark.verdict == "right" for mark in grade.by_question)
    partly = sum(mark.verdict == "partial" for mark in grade.by_question)
    count = len(grade.by_question)
    said = [
        ngettext("%(right)s of %(num)s question is fully right.", "%(right)s of %(num)s questions are fully right.", count, right=right)
    ]
    if partly:
        said.append(
            ngettext(
                "%(num)s is partly right and earns a part of its mark.", "%(num)s are partly right and earn a part of their mark.", partly
            )
        )
    if sitting.quiz.pass_mark:
        said.append(gettext("You pass with %(mark)s or more. Your best result counts.", mark=format_percent(sitting.quiz.pass_mark)))
    needed = course.completion.critical and sitting.row.page_id in course.completion.quizzes
    if needed and not grade.critical_right:
        said.append(gettext("A question about safety was not right. These must all be right to complete the course."))
    return tuple(said)


def _views(sitting: Sitting, grade: Grade, body: dict[str, dict[str, object]], shown: Reveal) -> tuple[QuestionView, ...]:
    marks = {mark.question_id: mark for mark in grade.by_question}
    views = []
    for number, drawn in enumerate(sitting.drawn, start=1):
        question = sitting.quiz.question(drawn.question_id)
        if question is None:
            continue
        given = Given(response=sitting.state.responses.get(question.id), mark=marks.get(question.id))
        view = question_view(trusted(body["questions"][question.id]), question, drawn, given, reveal=shown, closed=True)
        views.append(view.numbered(number, len(sitting.drawn)))
    return tuple(views)
