"""From responses to fractions, marks and a grade. The only place that rounds: half up, to ten-thousandths (`_e4`), at the very end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import floor
from typing import Final, Literal

from elearn.lang import Language
from elearn.quiz.behaviour import practised
from elearn.quiz.draw import DrawnQuestion
from elearn.quiz.kind import Fraction01, Response, Spoken
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import Accepted, Question, Quiz

ONE_E4: Final = 10_000
#: Tolerances: sums of thirds and sevenths still count as right or wrong.
RIGHT: Final = 0.999999
WRONG: Final = 0.000001

Verdict = Literal["right", "partial", "wrong", "unanswered", "unmarked", "unscored"]
#: Accepted answers of short-text questions as each language words them.
Wordings = Mapping[Language, tuple[Accepted, ...]]


@dataclass(frozen=True, slots=True)
class Mark:
    """The mark of one question: `fraction_e4` None while nobody has marked it or nobody ever will; `mark_e4` = weight × fraction."""

    question_id: str
    verdict: Verdict
    fraction_e4: int | None
    mark_e4: int
    max_e4: int


@dataclass(frozen=True, slots=True)
class Grade:
    """The outcome of an attempt; what awaits marking counts 0 so far, so `passed` can only turn from false to true."""

    fraction_e4: int
    mark_e4: int
    max_e4: int
    passed: bool
    needs_marking: bool
    critical_right: bool
    by_question: tuple[Mark, ...]


def to_e4(fraction: float) -> int:
    """A number in ten-thousandths, half up; a billionth is added so that binary halves (0.50005) round up too.

    >>> to_e4(2 / 3)
    6667
    """
    return floor(fraction * ONE_E4 + 0.5 + 1e-9)


def is_right(fraction: float | None) -> bool:
    """Whether a fraction counts as fully right."""
    return fraction is not None and fraction > RIGHT


def verdict(fraction: Fraction01) -> Verdict:
    """right, partial or wrong, within the tolerances."""
    if fraction > RIGHT:
        return "right"
    return "wrong" if fraction < WRONG else "partial"


def fraction(question: Question, response: Response | None, *, language: Language, accepted: Wordings | None = None) -> Fraction01 | None:
    """What a response earns, in 0..1; None where it cannot be said: a scale, an open answer, a path that has not ended.

    No answer, or an answer to another kind of question, earns 0.
    """
    kind = kind_of(question)
    if kind.marking == "none":
        return None
    if response is None or response.kind != kind.name:
        return 0.0
    return kind.grade(question, response, Spoken(language, accepted or {}))


@dataclass(frozen=True, slots=True)
class _Given:
    """What was given in an attempt, all by question id."""

    responses: Mapping[str, Response]
    marks: Mapping[str, int]
    wrong_tries: Mapping[str, int]
    languages: Mapping[str, Language]
    accepted: Mapping[str, Wordings]


def grade(
    quiz: Quiz,
    drawn: Iterable[DrawnQuestion],
    responses: Mapping[str, Response],
    marks: Mapping[str, int] | None = None,
    *,
    wrong_tries: Mapping[str, int] | None = None,
    languages: Mapping[str, Language] | None = None,
    accepted: Mapping[str, Wordings] | None = None,
) -> Grade:
    """The grade of an attempt: marks / possible marks, passed if the rounded percentage reaches the pass mark.

    All maps are by question id: `marks` by hand in ten-thousandths, `wrong_tries` of practice, `languages` of the answers,
    `accepted` wordings of other languages. Drawn ids that the quiz no longer has are left out.
    """
    full = _Given(responses, marks or {}, wrong_tries or {}, languages or {}, accepted or {})
    questions = [q for q in (quiz.question(d.question_id) for d in drawn) if q is not None]
    answers = [(q, _earned(q, full)) for q in questions]
    earned = [(q, _less_tries(quiz, q, f, full)) for q, f in answers]
    scored = [(q, f or 0.0) for q, f in earned if kind_of(q).marking != "none"]
    possible = sum(q.weight for q, _ in scored)
    total = sum(q.weight * f for q, f in scored)
    fraction_e4 = to_e4(total / possible) if possible else 0
    by_question = tuple(_mark(q, raw, f, answered=q.id in responses) for (q, raw), (_, f) in zip(answers, earned, strict=True))
    return Grade(
        fraction_e4=fraction_e4,
        mark_e4=to_e4(total),
        max_e4=to_e4(possible),
        passed=fraction_e4 >= quiz.pass_mark * 100,
        needs_marking=any(mark.verdict == "unmarked" for mark in by_question),
        critical_right=all(is_right(f) for q, f in answers if q.critical and kind_of(q).marking != "none"),
        by_question=by_question,
    )


def _earned(question: Question, given: _Given) -> Fraction01 | None:
    """What the answer to one question is worth, by hand where it is so marked; None: unmarked or without mark."""
    if kind_of(question).marking == "hand" and question.id in given.marks:
        return given.marks[question.id] / ONE_E4
    language = given.languages.get(question.id, "en")
    raw = fraction(question, given.responses.get(question.id), language=language, accepted=given.accepted.get(question.id))
    return 0.0 if raw is None and kind_of(question).marking == "machine" else raw  # a path left before its end was given up


def _less_tries(quiz: Quiz, question: Question, raw: Fraction01 | None, given: _Given) -> Fraction01 | None:
    """What is left of it in practice after the cost of wrong tries."""
    if raw is None or quiz.form != "practice" or kind_of(question).marking == "hand":
        return raw
    return practised(raw, wrong_tries=given.wrong_tries.get(question.id, 0), penalty=question.penalty)


def _mark(question: Question, raw: Fraction01 | None, earned: Fraction01 | None, *, answered: bool) -> Mark:
    """The mark of one question, rounded; the verdict is about the answer, whatever earlier tries cost."""
    if kind_of(question).marking == "none":
        return Mark(question.id, "unscored", None, 0, 0)
    most = to_e4(question.weight)
    if raw is None or earned is None:
        return Mark(question.id, "unmarked", None, 0, most)
    said: Verdict = verdict(raw) if answered else "unanswered"
    return Mark(question.id, said, to_e4(earned), to_e4(question.weight * earned), most)
