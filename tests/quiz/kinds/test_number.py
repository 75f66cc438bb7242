from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given

from elearn.quiz.kinds.number import grade, is_complete, parse, read_number, right_response
from elearn.quiz.model import Number, Tolerance
from tests.quiz.questions import ENGLISH, NUMBER, numbers, said


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9", "9"),
        (" 9,5 ", "9.5"),
        ("+9.50", "9.5"),
        ("−9.5", "-9.5"),
        ("-,5", "-0.5"),
        ("9.", "9"),
        ("1 234 567,8", "1234567.8"),
        ("1\N{NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}5", "12345"),
        ("９", "9"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: str) -> None:
    assert read_number(text) == Fraction(value)
    assert parse(NUMBER, {"text": [text]}) == (said(NUMBER, text), ())


@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e9", "1,234.5", "--1", "nine", ".", "+", "1/2", "0x10", "٩"])
def test_anything_else_is_a_problem_but_can_be_shown_again(text: str) -> None:
    response, problems = parse(NUMBER, {"text": [text]})
    assert response == said(NUMBER, text)
    assert [p.code for p in problems] == ["not-a-number"]
    assert response is not None
    assert not is_complete(NUMBER, response)
    assert grade(NUMBER, response, ENGLISH) == 0


def test_endless_digits_are_too_long() -> None:
    response, problems = parse(NUMBER, {"text": ["9" * 101]})
    assert response is not None
    assert [p.code for p in problems] == ["too-long"]
    assert read_number("9" * 5000) is None
    assert parse(NUMBER, {"text": ["9" * 100]})[1] == ()


@pytest.mark.parametrize(
    ("mode", "answer", "tolerance", "low", "high"),
    [
        ("nominal", 0.3, 0.1, "0.2", "0.4"),
        ("nominal", 9.0, 0.0, "9", "9"),
        ("relative", 200.0, 0.05, "190", "210"),
        ("relative", -200.0, 0.05, "-210", "-190"),
        ("geometric", 10.0, 1.0, "5", "20"),
        ("geometric", -10.0, 1.0, "-20", "-5"),
    ],
)
def test_the_ends_of_the_tolerance_are_right_and_a_hair_beyond_is_wrong(
    mode: Tolerance, answer: float, tolerance: float, low: str, high: str
) -> None:
    question = Number(id="q", prompt="?", answer=answer, tolerance=tolerance, mode=mode)
    hair = Fraction(1, 10**9)
    ends = [Fraction(low) - hair, Fraction(low), Fraction(high), Fraction(high) + hair]
    typed = [f"{float(end):.9f}" for end in ends]
    assert [grade(question, said(question, text), ENGLISH) for text in typed] == [0, 1, 1, 0]


@given(numbers)
def test_the_key_is_right(question: Number) -> None:
    key = right_response(question)
    assert grade(question, key, ENGLISH) == 1
    assert is_complete(question, key)


@pytest.mark.parametrize(
    ("answer", "shown"), [(9.0, "9"), (9.5, "9.5"), (100.0, "100"), (1e22, "10000000000000000000000"), (-0.25, "-0.25")]
)
def test_the_key_is_shown_in_plain_digits(answer: float, shown: str) -> None:
    assert right_response(replace(NUMBER, answer=answer)) == said(NUMBER, shown)


def test_an_answer_written_as_a_whole_number_keeps_its_zeros() -> None:
    assert right_response(replace(NUMBER, answer=100)) == said(NUMBER, "100")
