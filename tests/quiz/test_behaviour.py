from dataclasses import replace

import pytest

from elearn.quiz.behaviour import (
    ALL,
    NOTHING,
    SCORE,
    TRYING,
    Moment,
    Reveal,
    hints_shown,
    may_try,
    practised,
    question_done,
    reveal,
    tries_allowed,
)
from tests.quiz.questions import SINGLE

HINTED = replace(SINGLE, hints=("one", "two"))
MOMENTS: tuple[Moment, ...] = ("during", "after", "closed")


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_baseline_reveals_nothing_ever(moment: Moment) -> None:
    assert reveal("baseline", moment, passed=True, last_try=True) == NOTHING == Reveal()


@pytest.mark.parametrize("moment", MOMENTS)
def test_practice_reveals_everything_at_once(moment: Moment) -> None:
    assert reveal("practice", moment) == ALL


def test_practice_holds_the_answer_back_while_hints_are_left() -> None:
    assert reveal("practice", "during", question_done=False) == TRYING
    assert not TRYING.right_answer
    assert reveal("practice", "after", question_done=False) == ALL


def test_a_test_reveals_nothing_before_it_is_handed_in() -> None:
    assert reveal("test", "during", passed=True, last_try=True) == NOTHING


def test_a_test_gives_the_score_at_once_and_answers_after_passing_or_the_last_try() -> None:
    assert reveal("test", "after") == SCORE
    assert Reveal(overall=True) == SCORE
    assert reveal("test", "after", passed=True) == ALL
    assert reveal("test", "after", last_try=True) == ALL
    assert reveal("test", "closed") == ALL


def test_each_hint_gives_one_more_try_and_without_hints_tries_are_unlimited() -> None:
    assert tries_allowed(HINTED) == 3
    assert [may_try(HINTED, tries=n, right=False) for n in range(4)] == [True, True, True, False]
    assert tries_allowed(SINGLE) is None
    assert may_try(SINGLE, tries=1000, right=False)


def test_a_right_answer_ends_the_tries() -> None:
    assert not may_try(SINGLE, tries=1, right=True)


def test_a_question_is_done_when_it_is_right_or_no_hint_is_left() -> None:
    assert [question_done(HINTED, tries=n, right=False) for n in range(4)] == [False, False, False, True]
    assert question_done(HINTED, tries=1, right=True)
    assert [question_done(SINGLE, tries=n, right=False) for n in range(2)] == [False, True]


def test_each_wrong_try_shows_one_more_hint() -> None:
    assert [hints_shown(HINTED, wrong_tries=n) for n in range(4)] == [(), ("one",), ("one", "two"), ("one", "two")]


def test_wrong_tries_cost_their_penalty_and_never_more_than_everything() -> None:
    assert practised(1.0, wrong_tries=1, penalty=0.25) == 0.75
    assert practised(0.5, wrong_tries=3, penalty=0.25) == 0.0
