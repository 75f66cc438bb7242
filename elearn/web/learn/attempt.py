"""An attempt under way: one question a page or all on one, saved as it goes; the look back before handing in; handing in."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from flask import Response, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.access.permission import Permission
from elearn.actions import answering
from elearn.actions import attempt as attempts
from elearn.actions.answering import Answered
from elearn.actions.attempt import Sitting
from elearn.errors import Invalid, NotFound, Refused
from elearn.lang import Language
from elearn.quiz.attempt import time_over
from elearn.quiz.response import is_complete
from elearn.runtime import Runtime
from elearn.web.asked import asked
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.errors import wants_json
from elearn.web.i18n import gettext, language
from elearn.web.learn.blueprint import blueprint
from elearn.web.links import href
from elearn.web.messages import problem_sentences, sentence
from elearn.web.pages import Page
from elearn.web.parts.blocks import trusted
from elearn.web.parts.question import Given, QuestionView, fields_of, question_view
from elearn.web.render import carry_form, leave_notice, render

_END = "end"
#: Where a request carries what the straight way has met while saving: it is answered, not met once more.
MET: Final = "elearn met"
_MOST_DIGITS = 4


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One question in the map of an attempt."""

    number: int
    href: str
    answered: bool
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptPage(Page):
    """Questions of an open attempt; an empty `questions` is the look back before handing in."""

    template: ClassVar[str] = "learn/attempt.html"

    title_lang: str
    questions: tuple[QuestionView, ...]
    map: tuple[MapEntry, ...]
    answer_href: str
    submit_href: str
    back_href: str
    end_href: str
    key: str
    open: tuple[MapEntry, ...]
    seconds_left: int | None
    all_on_one: bool


@dataclass(frozen=True, slots=True)
class Address:
    """Where an attempt lives."""

    course_id: str
    module_id: str
    page_id: str
    attempt_id: str

    def href(self, endpoint: str, **more: str | int) -> str:
        """Give the address of one of its pages."""
        ids = {"course_id": self.course_id, "module_id": self.module_id, "page_id": self.page_id, "attempt_id": self.attempt_id}
        return href(f"learn.{endpoint}", **ids, **more)


def body_of(session: Any, sitting: Sitting) -> dict[str, Any]:  # noqa: ANN401 - a session, handed on
    """Give the rendered page an attempt is about, in the reader's language, from the release the attempt is bound to."""
    return runtime().shelf.body(session, sitting.row.release_id, sitting.row.page_id, language())


def check_place(session: Session, sitting: Sitting, address: Address) -> None:
    """Refuse an attempt under the address of another page: NotFound. A page may have moved since the attempt began."""
    row = sitting.row
    if (row.course_id, row.page_id) != (address.course_id, address.page_id):
        raise NotFound("no-page")
    if sitting.published.places[row.page_id][0].id != address.module_id:
        runtime().shelf.course(session, row.course_id, now=now()).find_page(address.module_id, row.page_id)


@blueprint.get("/courses/<course_id>/<module_id>/<page_id>/attempt/<attempt_id>/")
@requires(Permission.TAKE_QUIZ)
def attempt(course_id: str, module_id: str, page_id: str, attempt_id: str) -> ResponseReturnValue:
    """Show the questions of an attempt; one that is over leads to its result."""
    who = identity()
    address = Address(course_id, module_id, page_id, attempt_id)
    with runtime().database.read(who.organisation_id) as session:
        sitting = attempts.load(session, runtime().shelf, who, attempt_id)
        check_place(session, sitting, address)
        body = body_of(session, sitting)
    if sitting.state.state != "open":
        return redirect(address.href("result"), 303)
    if time_over(now=now(), ends=sitting.row.ends_at):
        return _hand_in(address)
    return render(_page(sitting, body, address))


def _wanted(sitting: Sitting) -> int:
    """The number of the question asked for, from 1; 0 for the look back; the first open one where nothing is asked."""
    asked = request.args.get("q", "")
    count = len(sitting.drawn)
    if asked == _END:
        return 0
    number = _number(asked)
    if 1 <= number <= count:
        return number
    return next((number for number in range(1, count + 1) if not _answered(sitting, number)), 1)


def _number(asked: str) -> int:
    """The number of a question as an address names it; 0 for anything else."""
    return int(asked) if asked.isdecimal() and len(asked) <= _MOST_DIGITS else 0


def _sent_from() -> int:
    """The number of the question whose form was sent."""
    return max(1, _number(request.args.get("q", "")))


def _answered(sitting: Sitting, number: int) -> bool:
    question = sitting.quiz.question(sitting.drawn[number - 1].question_id)
    return question is not None and is_complete(question, sitting.state.responses.get(question.id))


def _page(
    sitting: Sitting, body: dict[str, Any], address: Address, *, wrong: Mapping[str, Given] | None = None, number: int | None = None
) -> AttemptPage:
    wanted = _wanted(sitting) if number is None else number
    together = sitting.quiz.paging == "all"
    count = len(sitting.drawn)
    entries = tuple(
        MapEntry(
            one,
            address.href("attempt", q=one) + (f"#q-{sitting.drawn[one - 1].question_id}" if together else ""),
            _answered(sitting, one),
            one == wanted,
        )
        for one in range(1, count + 1)
    )
    shown: Sequence[int] = () if wanted == 0 else range(1, count + 1) if together else (wanted,)
    if shown:
        carry_form("answers", address.href("answer_submit", q=wanted))
    return AttemptPage(
        title=body["title"]["text"],
        title_lang=body["title"]["lang"],
        questions=tuple(_view(sitting, body, one, (wrong or {})) for one in shown),
        map=entries,
        answer_href=address.href("answer_submit", q=wanted),
        submit_href=address.href("hand_in_submit"),
        back_href=address.href("attempt", q=wanted - 1) if wanted > 1 and not together else "",
        end_href=address.href("attempt", q=_END),
        key=secrets.token_urlsafe(16),
        open=tuple(entry for entry in entries if not entry.answered),
        seconds_left=_seconds_left(sitting),
        all_on_one=together,
    )


def _seconds_left(sitting: Sitting) -> int | None:
    ends = sitting.row.ends_at
    return None if ends is None else max(0, int((ends - now()).total_seconds()))


def _view(sitting: Sitting, body: dict[str, Any], number: int, wrong: Mapping[str, Given]) -> QuestionView:
    drawn = sitting.drawn[number - 1]
    question = sitting.quiz.question(drawn.question_id)
    if question is None:
        raise NotFound("question")
    given = wrong.get(question.id) or Given(response=sitting.state.responses.get(question.id))
    view = question_view(trusted(body["questions"][question.id]), question, drawn, given).numbered(number, len(sitting.drawn))
    return view if question.id in wrong else replace(view, was=answering.mark_of(given.response))


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/attempt/<attempt_id>/answer")
@requires(Permission.TAKE_QUIZ)
def answer_submit(course_id: str, module_id: str, page_id: str, attempt_id: str) -> ResponseReturnValue:
    """Save the answers of this form and go on to the next question; a script that saves while typing gets a short answer."""
    address = Address(course_id, module_id, page_id, attempt_id)
    try:
        if request.form.get("speak"):
            return _in_another_language(address)
        wrong = _save(address)
    except Refused as error:
        if wants_json():
            raise
        leave_notice(sentence(error.code, error.params), "bad")
        return redirect(address.href("attempt"), 303)  # which leads on to the result of what was saved before
    if "save" in asked().form:
        return _told(wrong)
    return _again(address, wrong) if wrong else redirect(_next(address), 303)


def _in_another_language(address: Address) -> ResponseReturnValue:
    """Show the same questions in the language just chosen; what was answered is saved, in practice, where that is a try, only shown."""
    who, form = identity(), asked().form.to_dict(flat=False)
    with runtime().database.read(who.organisation_id) as session:
        sitting = attempts.load(session, runtime().shelf, who, address.attempt_id)
        check_place(session, sitting, address)
    if sitting.quiz.form == "practice":
        return _again(address, {one: Given(fields=fields_of(form, one)) for one in form.get("question", [])}, 200)
    wrong = _save(address)
    return _again(address, wrong) if wrong else redirect(address.href("attempt", q=_sent_from()), 303)


def saves_answer(environ: Mapping[str, str]) -> bool:
    """Whether a request, as WSGI knows it, saves an answer."""
    return environ["REQUEST_METHOD"] == "POST" and environ["PATH_INFO"].endswith("/answer")


def _save(address: Address) -> dict[str, Given]:
    """Save the answers of this form, the good ones too where another cannot be used; give those with what is wrong."""
    who, asking = identity(), asked()
    form, met = asking.form.to_dict(flat=False), asking.environ.get(MET)
    if met is not None:
        raise met
    if "question" not in form:
        raise Invalid("bad-form-key")
    ours, speak, moment = runtime(), language(), now()
    wrong = save_at_once(ours, who, address, form, language=speak, now=moment)
    if wrong is not None:
        return wrong
    shelf, key = ours.shelf, form.get("key", [""])[0]
    with ours.database.transaction(who.organisation_id) as session:

        def save(one: Answered) -> tuple[str, str]:
            return answering.save(session, shelf, who, one, language=speak, key=f"{key}:{one.question_id}", now=moment)

        return _save_each(address, form, save) or {}


def save_at_once(
    ours: Runtime, who: Identity, address: Address, form: Mapping[str, Sequence[str]], *, language: Language, now: datetime
) -> dict[str, Given] | None:
    """Save the answers of a form without a session; what is wrong with which, or None, with nothing done, where one is needed."""
    together = "save" in form  # the short answer to a script looks at nothing that was written
    with ours.database.write(who.organisation_id, together=together) as writer:

        def save(one: Answered) -> tuple[str, str] | None:
            return answering.save_at_once(writer, ours.shelf, who, one, language=language, now=now)

        return _save_each(address, form, save)


def _save_each(
    address: Address, form: Mapping[str, Sequence[str]], save: Callable[[Answered], tuple[str, str] | None]
) -> dict[str, Given] | None:
    """Save each answer; give those that cannot be used, or None where saving needs more than it has."""
    wrong: dict[str, Given] = {}
    for question_id in form["question"]:
        fields = fields_of(form, question_id)
        was = form.get(f"{question_id}:was", [""])[0]
        try:
            place = save(Answered(address.attempt_id, question_id, fields, was))
        except Invalid as error:
            wrong[question_id] = Given(fields=fields, problems=problem_sentences(error.problems))
            continue
        if place is None:
            return None
        if place != (address.course_id, address.page_id):
            raise NotFound("no-page")
    return wrong


def _told(wrong: Mapping[str, Given]) -> ResponseReturnValue:
    if wrong:
        return jsonify(error=" ".join(text for given in wrong.values() for text in given.problems)), 422
    return Response(saved(), content_type="application/json")


def saved() -> str:
    """What a script is told whose answer is saved, with a new key for its form."""
    return f'{{"saved":true,"key":"{secrets.token_urlsafe(16)}"}}'


def _again(address: Address, wrong: Mapping[str, Given], status: int = 422) -> ResponseReturnValue:
    """Show the same questions with what was typed and what is wrong with it."""
    who = identity()
    with runtime().database.read(who.organisation_id) as session:
        sitting = attempts.load(session, runtime().shelf, who, address.attempt_id)
        page = _page(sitting, body_of(session, sitting), address, wrong=wrong)
    return make_response(render(page), status)


def _next(address: Address) -> str:
    """The same question while its scenario goes on or it is asked to stay, else the next one, at last the look back."""
    who = identity()
    number = _sent_from()
    with runtime().database.read(who.organisation_id) as session:
        sitting = attempts.load(session, runtime().shelf, who, address.attempt_id)
    if sitting.quiz.paging == "all":
        if any(sitting.state.responses.values()):
            leave_notice(gettext("Saved."))
        return address.href("attempt", q=_END)
    drawn = sitting.drawn[min(number, len(sitting.drawn)) - 1]
    question = sitting.quiz.question(drawn.question_id)
    given = sitting.state.responses.get(drawn.question_id)
    if question is not None and given is not None and given.kind == "branching" and not is_complete(question, given):
        return address.href("attempt", q=number)
    return address.href("attempt", q=number + 1 if number < len(sitting.drawn) else _END)


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/attempt/<attempt_id>/hand-in")
@requires(Permission.TAKE_QUIZ)
def hand_in_submit(course_id: str, module_id: str, page_id: str, attempt_id: str) -> ResponseReturnValue:
    """Hand the attempt in."""
    return _hand_in(Address(course_id, module_id, page_id, attempt_id))


def _hand_in(address: Address) -> ResponseReturnValue:
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        sitting = attempts.load(session, runtime().shelf, who, address.attempt_id)
        check_place(session, sitting, address)
        attempts.submit(session, runtime().shelf, who, address.attempt_id, language=language(), now=now())
    return redirect(address.href("result"), 303)
