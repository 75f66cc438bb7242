from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.quiz.kinds.ordering import grade, in_right_order, is_complete, longest_ordered, option_groups, parse, redisplay, right_response
from elearn.quiz.model import Ordering, Step
from tests.quiz.questions import ENGLISH, ORDERING, said

TIED = Ordering(id="tied", prompt="?", steps=(Step("c", "c", 2), Step("a", "a", 1), Step("b", "b", 2)))


def test_places_are_read_as_numbers_and_may_stay_open() -> None:
    response, problems = parse(ORDERING, {"place-a": ["1"], "place-b": ["4"], "place-c": [""]})
    assert (response, problems) == (said(ORDERING, {"a": 1, "b": 4}), ())
    assert response is not None
    assert not is_complete(ORDERING, response)
    assert redisplay(ORDERING, response) == {"place-a": ["1"], "place-b": ["4"]}


def test_a_repeated_place_is_a_problem_and_is_not_lost() -> None:
    response, problems = parse(ORDERING, {"place-a": ["1"], "place-b": ["1"], "place-c": ["2"], "place-d": ["3"]})
    assert response == said(ORDERING, {"a": 1, "b": 1, "c": 2, "d": 3})
    assert [(p.code, p.params["field"], p.params["place"]) for p in problems] == [("repeated-place", "place-b", 1)]
    assert response is not None
    assert not is_complete(ORDERING, response)


@pytest.mark.parametrize("place", ["0", "5", "one", "1.0", "²"])
def test_a_place_that_is_not_there_is_a_problem(place: str) -> None:
    response, problems = parse(ORDERING, {"place-a": [place]})
    assert response is None
    assert [p.code for p in problems] == ["unknown-choice"]


@pytest.mark.parametrize(
    ("order", "fraction"),
    [("abcd", 1), ("bacd", 3 / 4), ("dabc", 3 / 4), ("badc", 2 / 4), ("dcba", 0), ("ab", 2 / 4), ("ba", 0), ("a", 0)],
)
def test_the_mark_is_the_longest_ordered_subset(order: str, fraction: float) -> None:
    assert grade(ORDERING, said(ORDERING, {step: place for place, step in enumerate(order, 1)}), ENGLISH) == fraction


def test_the_same_place_for_every_step_earns_nothing() -> None:
    assert grade(ORDERING, said(ORDERING, dict.fromkeys("abcd", 1)), ENGLISH) == 0


def test_tied_steps_may_stand_in_either_order() -> None:
    for order in ("abc", "acb"):
        assert grade(TIED, said(TIED, {step: place for place, step in enumerate(order, 1)}), ENGLISH) == 1
        assert in_right_order(TIED, order)
    assert not in_right_order(TIED, "bac")


def test_a_single_step_earns_nothing() -> None:
    lone = Ordering(id="q", prompt="?", steps=(Step("a", "a", 1),))
    assert grade(lone, said(lone, {"a": 1}), ENGLISH) == 0


@given(st.lists(st.integers(1, 5), max_size=7))
def test_the_longest_ordered_subset_is_what_trying_every_subset_finds(ranks: list[int]) -> None:
    subsets = (subset for length in range(len(ranks) + 1) for subset in combinations(ranks, length))
    assert longest_ordered(ranks) == max(len(subset) for subset in subsets if list(subset) == sorted(subset))


def test_the_key_follows_the_numbers_of_the_file() -> None:
    assert right_response(TIED) == said(TIED, {"a": 1, "c": 2, "b": 3})
    assert is_complete(TIED, right_response(TIED))
    assert option_groups(TIED) == {"step": ("c", "a", "b")}
