from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.lang import LANGUAGES, Language
from elearn.quiz.draw import DrawnQuestion, draw
from elearn.quiz.grade import Mark, Verdict, fraction, grade, is_right, to_e4, verdict
from elearn.quiz.kind import Response
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import Accepted, Question, Quiz
from elearn.quiz.response import parse, right_response
from tests.quiz.questions import EXAMPLES, NUMBER, OPEN, SCALE, SHORT_TEXT, SINGLE, TRUE_FALSE, WITH_KEY, answered, make_quiz, said


def test_half_a_ten_thousandth_rounds_up() -> None:
    numbers = [0, 1 / 3, 2 / 3, 0.00005, 0.50005, 0.500049, 1]
    assert [to_e4(number) for number in numbers] == [0, 3333, 6667, 1, 5001, 5000, 10_000]


@given(st.integers(0, 10_000), st.integers(1, 200))
def test_rounding_is_half_up_for_every_share(number: int, whole: int) -> None:
    share = Fraction(min(number, whole), whole)
    assert to_e4(float(share)) == int(share * 10_000 + Fraction(1, 2))


@pytest.mark.parametrize(
    ("earned", "said_"),
    [
        (1.0, "right"),
        (0.9999999, "right"),
        (0.999999, "partial"),
        (0.5, "partial"),
        (0.000001, "partial"),
        (0.0000009, "wrong"),
        (0.0, "wrong"),
    ],
)
def test_sums_of_binary_parts_still_count_as_right_or_wrong(earned: float, said_: Verdict) -> None:
    assert verdict(earned) == said_
    assert is_right(earned) is (said_ == "right")


def test_what_has_no_fraction_is_not_right() -> None:
    assert not is_right(None)


@given(answered(), st.sampled_from(LANGUAGES))
def test_every_fraction_is_between_0_and_1(given_: tuple[Question, dict[str, list[str]]], language: Language) -> None:
    question, post = given_
    response, _ = parse(question, post)
    earned = fraction(question, response, language=language)
    assert earned is None or 0 <= earned <= 1
    if earned is None:
        assert kind_of(question).name in ("scale", "open", "branching")


@pytest.mark.parametrize("question", EXAMPLES, ids=lambda q: q.id)
def test_no_answer_earns_nothing_and_a_scale_is_never_marked(question: Question) -> None:
    assert fraction(question, None, language="en") == (None if question == SCALE else 0)


@pytest.mark.parametrize("question", [q for q in WITH_KEY if q.id != "branching"], ids=lambda q: q.id)
def test_the_key_earns_everything(question: Question) -> None:
    assert fraction(question, right_response(question), language="en") == 1


def test_an_answer_to_another_kind_earns_nothing() -> None:
    assert fraction(SINGLE, said(TRUE_FALSE, "a"), language="en") == 0


def _grade_all(quiz: Quiz, responses: dict[str, Response]) -> tuple[int, bool]:
    result = grade(quiz, draw(quiz, 1), responses)
    return result.fraction_e4, result.passed


def test_the_grade_is_marks_over_possible_marks_by_weight() -> None:
    quiz = make_quiz(replace(SINGLE, weight=2), NUMBER, SCALE)
    result = grade(quiz, draw(quiz, 1), {"single": said(SINGLE, "a"), "number": said(NUMBER, "1"), "scale": said(SCALE, "l")})
    assert (result.fraction_e4, result.mark_e4, result.max_e4) == (6667, 20_000, 30_000)
    assert result.by_question == (
        Mark("single", "right", 10_000, 20_000, 20_000),
        Mark("number", "wrong", 0, 0, 10_000),
        Mark("scale", "unscored", None, 0, 0),
    )


def test_an_unanswered_question_is_told_from_a_wrong_one() -> None:
    quiz = make_quiz(SINGLE, OPEN)
    result = grade(quiz, draw(quiz, 1), {})
    assert [mark.verdict for mark in result.by_question] == ["unanswered", "unanswered"]
    assert not result.needs_marking


@pytest.mark.parametrize(("pass_mark", "passed"), [(0, True), (50, True), (51, False), (100, False)])
def test_the_pass_mark_itself_passes(pass_mark: int, passed: bool) -> None:
    assert _grade_all(make_quiz(SINGLE, NUMBER, pass_mark=pass_mark), {"single": said(SINGLE, "a")}) == (5000, passed)


def test_passing_is_decided_on_the_rounded_grade() -> None:
    quiz = make_quiz(replace(SINGLE, weight=0.69996), replace(NUMBER, weight=0.30004), pass_mark=70)
    assert _grade_all(quiz, {"single": said(SINGLE, "a")}) == (7000, True)


def test_a_quiz_without_possible_marks_is_graded_0() -> None:
    assert _grade_all(make_quiz(SCALE, pass_mark=0), {}) == (0, True)
    assert _grade_all(make_quiz(replace(SINGLE, weight=0), pass_mark=1), {}) == (0, False)


def test_an_open_answer_waits_for_a_mark_and_counts_nothing_until_then() -> None:
    quiz = make_quiz(SINGLE, OPEN, pass_mark=75)
    responses = {"single": said(SINGLE, "a"), "open": said(OPEN, "…")}
    waiting = grade(quiz, draw(quiz, 1), responses)
    assert (waiting.needs_marking, waiting.passed, waiting.fraction_e4) == (True, False, 5000)
    assert waiting.by_question[1] == Mark("open", "unmarked", None, 0, 10_000)
    marked = grade(quiz, draw(quiz, 1), responses, {"open": 5000})
    assert (marked.needs_marking, marked.passed, marked.fraction_e4) == (False, True, 7500)
    assert marked.by_question[1].verdict == "partial"


def test_a_path_left_before_its_end_earns_nothing_and_waits_for_nobody() -> None:
    branching = next(q for q in EXAMPLES if q.id == "branching")
    quiz = make_quiz(branching)
    result = grade(quiz, draw(quiz, 1), {"branching": said(branching, {"start": "ask"})})
    assert (result.fraction_e4, result.needs_marking, result.by_question[0].verdict) == (0, False, "wrong")


def test_every_critical_question_must_be_right() -> None:
    quiz = make_quiz(replace(SINGLE, critical=True), NUMBER)
    drawn = draw(quiz, 1)
    assert grade(quiz, drawn, {"single": said(SINGLE, "a")}).critical_right
    assert not grade(quiz, drawn, {"single": said(SINGLE, "b"), "number": said(NUMBER, "9.5")}).critical_right
    unmarked = make_quiz(replace(OPEN, critical=True))
    assert not grade(unmarked, draw(unmarked, 1), {"open": said(OPEN, "…")}).critical_right


def test_wrong_tries_cost_in_practice_and_nowhere_else() -> None:
    responses = {"single": said(SINGLE, "a")}
    for form, expected in (("practice", 7500), ("test", 10_000)):
        quiz = make_quiz(replace(SINGLE, penalty=0.25), form=form)  # type: ignore[arg-type]  # a literal in a tuple is a str
        assert grade(quiz, draw(quiz, 1), responses, wrong_tries={"single": 1}).fraction_e4 == expected


def test_the_verdict_is_about_the_answer_whatever_earlier_tries_cost() -> None:
    quiz = make_quiz(replace(SINGLE, penalty=0.25, critical=True), form="practice")
    result = grade(quiz, draw(quiz, 1), {"single": said(SINGLE, "a")}, wrong_tries={"single": 1})
    assert (result.by_question[0].verdict, result.by_question[0].fraction_e4) == ("right", 7500)
    assert result.critical_right


def test_a_mark_by_hand_has_no_penalty_and_marks_only_what_a_person_marks() -> None:
    quiz = make_quiz(OPEN, SINGLE, form="practice")
    result = grade(quiz, draw(quiz, 1), {"open": said(OPEN, "…")}, {"open": 8000, "single": 10_000}, wrong_tries={"open": 2})
    assert [mark.fraction_e4 for mark in result.by_question] == [8000, 0]


def test_answers_are_judged_in_the_language_they_were_given_in() -> None:
    quiz = make_quiz(SHORT_TEXT)
    responses = {"short-text": said(SHORT_TEXT, "кукык")}
    accepted = {"short-text": {"kk": (Accepted("kk", "құқық"),)}}
    drawn = draw(quiz, 1)
    assert grade(quiz, drawn, responses, languages={"short-text": "kk"}).fraction_e4 == 0
    assert grade(quiz, drawn, responses, languages={"short-text": "ru"}, accepted=accepted).fraction_e4 == 10_000  # type: ignore[arg-type]


def test_a_drawn_question_that_is_gone_is_left_out() -> None:
    assert grade(make_quiz(SINGLE), [DrawnQuestion("gone"), DrawnQuestion("single")], {}).max_e4 == 10_000
