import pytest

from elearn.quiz.kinds.single import grade, option_groups, parse, right_response
from elearn.quiz.model import SingleChoice
from tests.quiz.questions import ENGLISH, SINGLE, choices, said


def test_one_choice_is_read() -> None:
    assert parse(SINGLE, {"choice": ["b"]}) == (said(SINGLE, "b"), ())


def test_a_choice_that_is_not_there_is_a_problem() -> None:
    response, problems = parse(SINGLE, {"choice": ["forged"]})
    assert response is None
    assert [(p.code, p.params["field"]) for p in problems] == [("unknown-choice", "choice")]


@pytest.mark.parametrize(("choice", "fraction"), [("a", 1), ("b", 0), ("gone", 0)])
def test_only_the_right_choice_earns(choice: str, fraction: float) -> None:
    assert grade(SINGLE, said(SINGLE, choice), ENGLISH) == fraction


def test_the_key_is_the_choice_marked_right() -> None:
    assert right_response(SINGLE) == said(SINGLE, "a")
    assert right_response(SingleChoice(id="q", prompt="?", choices=choices(wrong="ab"))) is None


def test_the_options_are_the_choices() -> None:
    assert option_groups(SINGLE) == {"choice": ("a", "b", "c")}
