"""What may be shown when, how many tries practice gives and what a wrong try costs. No grading, no texts."""

from dataclasses import dataclass
from typing import Final, Literal

from elearn.quiz.model import Form, Question

Moment = Literal["during", "after", "closed"]


@dataclass(frozen=True, slots=True)
class Reveal:
    """What a page may show: `overall` is the grade of the attempt, `mark` the mark of one question, the rest as named."""

    correctness: bool = False
    mark: bool = False
    choice_feedback: bool = False
    general_feedback: bool = False
    right_answer: bool = False
    overall: bool = False


NOTHING: Final = Reveal()
SCORE: Final = Reveal(overall=True)
TRYING: Final = Reveal(correctness=True, choice_feedback=True)
ALL: Final = Reveal(correctness=True, mark=True, choice_feedback=True, general_feedback=True, right_answer=True, overall=True)


def reveal(form: Form, moment: Moment, *, passed: bool = False, last_try: bool = False, question_done: bool = True) -> Reveal:
    """What may be shown of an answered question.

    practice: everything at once, but the answer waits (`question_done` false) while hints are left. test: the score on submission, answers
    after passing, after the last try or once the quiz is closed. baseline: nothing, ever.
    """
    if form == "baseline":
        return NOTHING
    if form == "practice":
        return ALL if question_done or moment != "during" else TRYING
    if moment == "during":
        return NOTHING
    return ALL if passed or last_try or moment == "closed" else SCORE


def tries_allowed(question: Question) -> int | None:
    """Tries in practice: one more than there are hints; None without hints: as many as wanted."""
    return len(question.hints) + 1 if question.hints else None


def may_try(question: Question, *, tries: int, right: bool) -> bool:
    """Whether practice takes another answer after `tries` tries: not after a right one, not when they are used up."""
    allowed = tries_allowed(question)
    return not right and (allowed is None or tries < allowed)


def question_done(question: Question, *, tries: int, right: bool) -> bool:
    """Whether practice may show the answer: it was right, or tries have been made and no hint is left to help."""
    return right or tries > len(question.hints)


def hints_shown(question: Question, *, wrong_tries: int) -> tuple[str, ...]:
    """The hints earned by wrong tries, one each, as Markdown."""
    return question.hints[:wrong_tries]


def practised(raw: float, *, wrong_tries: int, penalty: float) -> float:
    """The fraction after practice: raw − wrong tries × penalty, never below 0."""
    return max(0.0, raw - wrong_tries * penalty)
