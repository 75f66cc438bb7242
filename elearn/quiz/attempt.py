"""The life of an attempt: states, allowed moves as steps, and their replay. Steps are only ever added; no clock, no store."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from elearn.errors import Invalid, NotFound, Refused
from elearn.lang import Language
from elearn.quiz.behaviour import may_try
from elearn.quiz.draw import DrawnQuestion
from elearn.quiz.grade import ONE_E4, Grade, Wordings, fraction, grade, is_right
from elearn.quiz.kind import Response
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import Question, Quiz
from elearn.quiz.response import is_complete

State = Literal["open", "submitted", "expired", "marked"]
StepKind = Literal["answer", "submit", "mark", "expire"]

#: A slow line may delay the last click; answers are taken this long after the end.
GRACE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened, numbered from 1. A mark by hand is `Response("mark", ten-thousandths)`; an answer of None takes it back."""

    number: int
    kind: StepKind
    question_id: str
    response: Response | None
    at: datetime
    language: Language = "en"


@dataclass(frozen=True, slots=True)
class AttemptState:
    """Where an attempt stands, all maps by question id. `tries`, `wrong_tries` and `right` are filled in practice only."""

    state: State = "open"
    responses: Mapping[str, Response] = field(default_factory=dict)
    languages: Mapping[str, Language] = field(default_factory=dict)
    tries: Mapping[str, int] = field(default_factory=dict)
    wrong_tries: Mapping[str, int] = field(default_factory=dict)
    right: frozenset[str] = frozenset()
    marks: Mapping[str, int] = field(default_factory=dict)
    last_number: int = 0
    ended_at: datetime | None = None


def check_start(quiz: Quiz, earlier: Sequence[State]) -> None:
    """Refused unless a person with these earlier attempts may start one more: attempt-open, no-attempts-left."""
    if "open" in earlier:
        raise Refused("attempt-open")
    if quiz.tries and len(earlier) >= quiz.tries:
        raise Refused("no-attempts-left", allowed=quiz.tries)


def last_try(quiz: Quiz, attempts: int) -> bool:
    """Whether no attempt is left after this many."""
    return bool(quiz.tries) and attempts >= quiz.tries


def ends_at(quiz: Quiz, started_at: datetime) -> datetime | None:
    """When an attempt ends by its time limit (shown to the learner, without grace); None without limit."""
    return started_at + timedelta(minutes=quiz.minutes_limit) if quiz.minutes_limit else None


def time_over(*, now: datetime, ends: datetime | None) -> bool:
    """Whether the time limit and its grace have passed."""
    return ends is not None and now > ends + GRACE


def answer(
    quiz: Quiz,
    drawn: Iterable[DrawnQuestion],
    state: AttemptState,
    question_id: str,
    response: Response | None,
    *,
    now: datetime,
    language: Language,
    ends: datetime | None = None,
) -> Step:
    """The step that saves an answer, in tests also over an earlier one.

    NotFound: question. Refused: attempt-closed, time-over; in practice also no-tries-left, nothing-answered.
    """
    question = _drawn_question(quiz, drawn, question_id)
    _check_open(state)
    if time_over(now=now, ends=ends):
        raise Refused("time-over")
    if quiz.form == "practice":
        if not may_try(question, tries=state.tries.get(question_id, 0), right=question_id in state.right):
            raise Refused("no-tries-left")
        if response is None:
            raise Refused("nothing-answered")
    return Step(state.last_number + 1, "answer", question_id, response, now, language)


def submit(state: AttemptState, *, now: datetime, language: Language, ends: datetime | None = None) -> Step:
    """The step that hands an attempt in; too late it is an expiry, with what was saved in time. Refused: attempt-closed."""
    _check_open(state)
    return Step(state.last_number + 1, "expire" if time_over(now=now, ends=ends) else "submit", "", None, now, language)


def expire(state: AttemptState, *, now: datetime, ends: datetime | None, language: Language = "en") -> Step:
    """The step that ends an attempt whose time is over. Refused: attempt-closed, time-left."""
    _check_open(state)
    if not time_over(now=now, ends=ends):
        raise Refused("time-left")
    return Step(state.last_number + 1, "expire", "", None, now, language)


def mark(
    quiz: Quiz,
    drawn: Iterable[DrawnQuestion],
    state: AttemptState,
    question_id: str,
    fraction_e4: int,
    *,
    now: datetime,
    language: Language,
) -> Step:
    """The step that marks an open answer by hand, again if need be.

    NotFound: question. Refused: attempt-open, not-marked-by-hand (another kind, or unanswered). Invalid: mark-out-of-range (0..10,000).
    """
    question = _drawn_question(quiz, drawn, question_id)
    if state.state == "open":
        raise Refused("attempt-open")
    if kind_of(question).marking != "hand" or question_id not in state.responses:
        raise Refused("not-marked-by-hand")
    if not 0 <= fraction_e4 <= ONE_E4:
        raise Invalid("mark-out-of-range", most=ONE_E4)
    return Step(state.last_number + 1, "mark", question_id, Response("mark", fraction_e4), now, language)


def awaiting(quiz: Quiz, drawn: Iterable[DrawnQuestion], state: AttemptState) -> tuple[str, ...]:
    """The ids of the answered questions that wait for a mark by hand."""
    questions = [quiz.question(one.question_id) for one in drawn]
    unmarked = state.responses.keys() - state.marks.keys()
    return tuple(q.id for q in questions if q and q.id in unmarked and kind_of(q).marking == "hand")


def replay(
    quiz: Quiz, drawn: Sequence[DrawnQuestion], steps: Iterable[Step], *, accepted: Mapping[str, Wordings] | None = None
) -> AttemptState:
    """The state after these steps, from the first. What was once allowed is not judged again: rules may have changed since."""
    state = AttemptState()
    for step in steps:
        state = apply(quiz, drawn, state, step, accepted=accepted)
    return state


def apply(
    quiz: Quiz, drawn: Sequence[DrawnQuestion], state: AttemptState, step: Step, *, accepted: Mapping[str, Wordings] | None = None
) -> AttemptState:
    """The state after one more step. Answers to questions that the quiz no longer has, or after a right one in practice, change nothing."""
    numbered = replace(state, last_number=step.number)
    if step.kind == "answer":
        question = quiz.question(step.question_id)
        if question is None or question.id in state.right:
            return numbered
        counted = _count_try(question, numbered, step, accepted or {}) if quiz.form == "practice" else numbered
        return _keep(counted, step)
    if step.kind == "mark":
        fraction_e4 = step.response.number() if step.response else 0
        marked = replace(numbered, marks={**state.marks, step.question_id: fraction_e4})
        return marked if awaiting(quiz, drawn, marked) else replace(marked, state="marked")
    return replace(numbered, state="submitted" if step.kind == "submit" else "expired", ended_at=step.at)


def _keep(state: AttemptState, step: Step) -> AttemptState:
    """The state with the answer of this step, or without one if the step takes it back."""
    responses = {question: response for question, response in state.responses.items() if question != step.question_id}
    if step.response is not None:
        responses[step.question_id] = step.response
    return replace(state, responses=responses, languages={**state.languages, step.question_id: step.language})


def _count_try(question: Question, state: AttemptState, step: Step, accepted: Mapping[str, Wordings]) -> AttemptState:
    """The state with one more try. Part of an answer is no try, nor is the same answer sent twice."""
    if not is_complete(question, step.response) or step.response == state.responses.get(question.id):
        return state
    earned = fraction(question, step.response, language=step.language, accepted=accepted.get(question.id))
    counted = replace(state, tries={**state.tries, question.id: state.tries.get(question.id, 0) + 1})
    if earned is None:
        return counted
    if is_right(earned):
        return replace(counted, right=state.right | {question.id})
    return replace(counted, wrong_tries={**state.wrong_tries, question.id: state.wrong_tries.get(question.id, 0) + 1})


def grade_attempt(
    quiz: Quiz, drawn: Iterable[DrawnQuestion], state: AttemptState, *, accepted: Mapping[str, Wordings] | None = None
) -> Grade:
    """The grade of an attempt as it stands; in practice less the cost of the wrong tries before the last one."""
    earlier = {q: wrong - (q not in state.right) for q, wrong in state.wrong_tries.items()}
    return grade(quiz, drawn, state.responses, state.marks, wrong_tries=earlier, languages=state.languages, accepted=accepted)


def regrade(
    old: Quiz, new: Quiz, drawn: Sequence[DrawnQuestion], steps: Iterable[Step], *, accepted: Mapping[str, Wordings] | None = None
) -> AttemptState:
    """The state under another version of the quiz. Refused: options-changed, if a drawn question has other options, or is gone."""
    for one in drawn:
        before, after = old.question(one.question_id), new.question(one.question_id)
        if before is None or after is None or _options(before) != _options(after):
            raise Refused("options-changed", question=one.question_id)
    return replay(new, drawn, steps, accepted=accepted)


def _options(question: Question) -> tuple[str, dict[str, list[str]]]:
    """The kind of a question and the ids of its options, whatever their order."""
    kind = kind_of(question)
    return kind.name, {group: sorted(ids) for group, ids in kind.option_groups(question).items()}


def _check_open(state: AttemptState) -> None:
    if state.state != "open":
        raise Refused("attempt-closed")


def _drawn_question(quiz: Quiz, drawn: Iterable[DrawnQuestion], question_id: str) -> Question:
    """The question if this attempt has it."""
    question = quiz.question(question_id) if any(one.question_id == question_id for one in drawn) else None
    if question is None:
        raise NotFound("question")
    return question
