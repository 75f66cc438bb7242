import pytest

from elearn.quiz.kinds.matching import grade, is_complete, option_groups, parse, redisplay, right_response
from tests.quiz.questions import ENGLISH, MATCHING, said


def test_stems_are_read_one_by_one_and_may_stay_open() -> None:
    response, problems = parse(MATCHING, {"stem-s": ["x"], "stem-t": [""]})
    assert (response, problems) == (said(MATCHING, {"s": "x"}), ())
    assert response is not None
    assert not is_complete(MATCHING, response)
    assert redisplay(MATCHING, response) == {"stem-s": ["x"]}


def test_a_choice_that_is_not_there_is_a_problem_of_its_stem() -> None:
    response, problems = parse(MATCHING, {"stem-s": ["x"], "stem-t": ["s"]})
    assert response == said(MATCHING, {"s": "x"})
    assert [(p.code, p.params["field"]) for p in problems] == [("unknown-choice", "stem-t")]


@pytest.mark.parametrize(
    ("value", "fraction"), [({"s": "x", "t": "y", "u": "x"}, 1), ({"s": "x", "t": "x"}, 1 / 3), ({"s": "z", "t": "z", "u": "z"}, 0)]
)
def test_the_mark_is_the_share_of_right_stems(value: dict[str, str], fraction: float) -> None:
    assert grade(MATCHING, said(MATCHING, value), ENGLISH) == pytest.approx(fraction)


def test_the_key_answers_every_stem() -> None:
    assert right_response(MATCHING) == said(MATCHING, {"s": "x", "t": "y", "u": "x"})
    assert is_complete(MATCHING, right_response(MATCHING))


def test_stems_and_choices_are_shuffled_apart() -> None:
    assert option_groups(MATCHING) == {"stem": ("s", "t", "u"), "choice": ("x", "y", "z")}
