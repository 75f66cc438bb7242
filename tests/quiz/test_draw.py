from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.quiz.draw import DrawnQuestion, below, draw, in_order, option_order, shuffled, words
from elearn.quiz.kinds import kind_of
from elearn.quiz.kinds.ordering import in_right_order
from elearn.quiz.model import Ordering, Pool, Question, Quiz, SingleChoice, Step
from tests.quiz.questions import BRANCHING, EXAMPLES, MATCHING, MULTIPLE, ORDERING, SCALE, TRUE_FALSE, choices, orderings

POOL = Pool("pool", 2, tuple(SingleChoice(id=f"p{n}", prompt="?", choices=choices("a", "b")) for n in range(5)))
QUIZ = Quiz(id="final", form="test", slots=(*EXAMPLES, POOL))
seeds = st.integers(0, 2**63 - 1)


def test_the_generator_is_the_documented_one_for_ever() -> None:
    assert list(islice(words(1, "a"), 5)) == [
        1925363333440347048,
        12605495630800087674,
        3465346478159988259,
        1287500490398896134,
        9856875852164783078,
    ]
    assert shuffled("abcdefgh", words(7, "q")) == list("dfchgabe")


@given(seeds)
def test_the_same_seed_draws_the_same(seed: int) -> None:
    assert draw(QUIZ, seed) == draw(QUIZ, seed)


@given(seeds, st.integers(1, 50))
def test_below_stays_below(seed: int, limit: int) -> None:
    assert 0 <= below(limit, words(seed, "x")) < limit


def test_words_above_the_last_whole_multiple_are_thrown_away() -> None:
    assert below(3, iter([2**64 - 1, 7])) == 1


@given(seeds)
def test_every_order_is_a_permutation_within_its_group(seed: int) -> None:
    for question, one in zip(EXAMPLES, draw(QUIZ, seed), strict=False):
        order = one.option_order
        for group in kind_of(question).option_groups(question).values():
            assert sorted(order[: len(group)]) == sorted(group)
            order = order[len(group) :]
        assert order == ()


@given(seeds)
def test_scales_and_true_false_keep_their_order(seed: int) -> None:
    assert option_order(SCALE, seed) == ("l", "m", "h")
    assert option_order(TRUE_FALSE, seed) == ("yes", "no")


@given(orderings(), seeds)
def test_an_ordering_is_never_shown_solved_where_that_can_be_helped(question: Ordering, seed: int) -> None:
    order = option_order(question, seed, shuffle=False)
    assert in_right_order(question, order) is (len({step.rank for step in question.steps}) == 1)


def test_two_steps_are_always_shown_the_wrong_way_round() -> None:
    pair = Ordering(id="q", prompt="?", steps=(Step("a", "a", 1), Step("b", "b", 2)), shuffle=False)
    assert {option_order(pair, seed) for seed in range(20)} == {("b", "a")}


@pytest.mark.parametrize("question", [MULTIPLE, MATCHING, BRANCHING], ids=lambda q: q.id)
def test_a_quiz_can_switch_shuffling_off(question: Question) -> None:
    written = tuple(option for group in kind_of(question).option_groups(question).values() for option in group)
    assert option_order(question, 1, shuffle=False) == written
    assert {option_order(question, seed) for seed in range(30)} != {written}


def test_a_question_can_switch_shuffling_off() -> None:
    fixed = SingleChoice(id="q", prompt="?", choices=choices("a", "bcd"), shuffle=False)
    assert option_order(fixed, 5) == ("a", "b", "c", "d")


@given(seeds)
def test_questions_keep_the_order_of_the_file_and_a_pool_gives_as_many_as_it_says(seed: int) -> None:
    ids = [one.question_id for one in draw(QUIZ, seed)]
    assert ids[: len(EXAMPLES)] == [question.id for question in EXAMPLES]
    assert len(set(ids[len(EXAMPLES) :])) == 2


@given(seeds)
def test_later_attempts_get_the_questions_drawn_least_often(seed: int) -> None:
    pool = Quiz(id="final", form="test", slots=(POOL,))
    first = [one.question_id for one in draw(pool, seed)]
    second = [one.question_id for one in draw(pool, seed + 1, first)]
    third = [one.question_id for one in draw(pool, seed + 2, first + second)]
    assert len(set(first + second)) == 4
    assert len(set(first + second + third)) == 5


def test_every_question_of_a_pool_has_its_turn() -> None:
    pool = Quiz(id="final", form="test", slots=(POOL,))
    counts = [sum(one.question_id == f"p{n}" for seed in range(500) for one in draw(pool, seed)) for n in range(5)]
    assert sum(counts) == 1000
    assert all(150 < times < 250 for times in counts)


def test_one_more_question_moves_no_other() -> None:
    shorter = Quiz(id="final", form="test", slots=(MULTIPLE, ORDERING))
    assert draw(shorter, 9)[1] in draw(QUIZ, 9)


def test_options_are_shown_as_drawn_and_unknown_ones_last() -> None:
    shown = in_order(choices(wrong="abcd"), DrawnQuestion("q", ("c", "a", "c")).option_order)
    assert [choice.id for choice in shown] == ["c", "a", "b", "d"]
