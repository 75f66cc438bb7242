import pytest

from elearn.quiz.kinds.gaps import grade, is_complete, option_groups, parse, redisplay, right_response
from tests.quiz.questions import ENGLISH, GAPS, said


def test_gaps_are_read_one_by_one_and_may_stay_open() -> None:
    response, problems = parse(GAPS, {"gap-g": ["b"]})
    assert (response, problems) == (said(GAPS, {"g": "b"}), ())
    assert response is not None
    assert not is_complete(GAPS, response)
    assert redisplay(GAPS, response) == {"gap-g": ["b"]}


def test_a_choice_of_another_gap_is_a_problem() -> None:
    response, problems = parse(GAPS, {"gap-g": ["c"]})
    assert response is None
    assert [(p.code, p.params["field"]) for p in problems] == [("unknown-choice", "gap-g")]


@pytest.mark.parametrize(("value", "fraction"), [({"g": "a", "h": "c"}, 1), ({"g": "a"}, 0.5), ({"g": "b", "h": "gone"}, 0)])
def test_the_mark_is_the_share_of_right_gaps(value: dict[str, str], fraction: float) -> None:
    assert grade(GAPS, said(GAPS, value), ENGLISH) == fraction


def test_the_key_fills_every_gap() -> None:
    assert right_response(GAPS) == said(GAPS, {"g": "a", "h": "c"})
    assert is_complete(GAPS, right_response(GAPS))


def test_each_gap_has_its_own_options() -> None:
    assert option_groups(GAPS) == {"g": ("a", "b"), "h": ("c", "d")}
