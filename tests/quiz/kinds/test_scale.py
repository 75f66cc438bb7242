from elearn.quiz.kinds.scale import KIND, option_groups, parse
from tests.quiz.questions import ENGLISH, SCALE, said


def test_one_point_is_read() -> None:
    assert parse(SCALE, {"choice": ["m"]}) == (said(SCALE, "m"), ())


def test_a_point_that_is_not_there_is_a_problem() -> None:
    response, problems = parse(SCALE, {"choice": ["x"]})
    assert response is None
    assert [p.code for p in problems] == ["unknown-choice"]


def test_a_scale_has_neither_key_nor_mark() -> None:
    assert KIND.grade(SCALE, said(SCALE, "m"), ENGLISH) is None
    assert KIND.right_response(SCALE) is None
    assert (KIND.marking, KIND.shuffling) == ("none", "never")


def test_the_points_keep_their_order() -> None:
    assert option_groups(SCALE) == {"choice": ("l", "m", "h")}
