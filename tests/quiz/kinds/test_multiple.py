from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.quiz.kinds.multiple import grade, option_groups, parse, redisplay, right_response
from elearn.quiz.model import Choice, Credit, MultipleChoice
from tests.quiz.questions import ENGLISH, MULTIPLE, choice_lists, choices, said

CREDITS: tuple[Credit, ...] = ("balanced", "exact", "each")


def test_ticks_are_read_once_and_in_the_order_of_the_file() -> None:
    response, problems = parse(MULTIPLE, {"choice": ["c", "a", "", "a"]})
    assert (response, problems) == (said(MULTIPLE, ["a", "c"]), ())
    assert response is not None
    assert redisplay(MULTIPLE, response) == {"choice": ["a", "c"]}


def test_an_unknown_tick_is_a_problem_and_the_others_are_kept() -> None:
    response, problems = parse(MULTIPLE, {"choice": ["a", "forged", "forged-too"]})
    assert response == said(MULTIPLE, ["a"])
    assert [p.code for p in problems] == ["unknown-choice"]


@pytest.mark.parametrize(
    ("credit", "ticked", "fraction"),
    [
        ("balanced", "ab", 1),
        ("balanced", "a", 1 / 2),
        ("balanced", "abc", 1 - 1 / 3),
        ("balanced", "acd", 0),
        ("exact", "ab", 1),
        ("exact", "a", 0),
        ("exact", "abc", 0),
        ("each", "ab", 1),
        ("each", "a", 4 / 5),
        ("each", "abcde", 2 / 5),
        ("each", "cde", 0),
    ],
)
def test_the_credit_rules_by_hand(credit: Credit, ticked: str, fraction: float) -> None:
    assert grade(replace(MULTIPLE, credit=credit), said(MULTIPLE, list(ticked)), ENGLISH) == pytest.approx(fraction)


@given(choice_lists())
def test_ticking_everything_or_nothing_earns_nothing_under_balanced(options: tuple[Choice, ...]) -> None:
    question = MultipleChoice(id="q", prompt="?", choices=options)
    wrong = [c for c in question.choices if not c.right]
    everything = grade(question, said(question, [c.id for c in question.choices]), ENGLISH)
    assert everything == (0 if wrong else 1)
    assert grade(question, said(question, []), ENGLISH) == 0


@given(choice_lists(), st.sampled_from(CREDITS))
def test_the_key_earns_everything_under_every_rule(options: tuple[Choice, ...], credit: Credit) -> None:
    question = MultipleChoice(id="q", prompt="?", choices=options, credit=credit)
    key = right_response(question)
    assert key is not None
    assert grade(question, key, ENGLISH) == 1


def test_without_wrong_choices_balanced_is_the_share_of_right_ones() -> None:
    assert grade(MultipleChoice(id="q", prompt="?", choices=choices("abc")), said(MULTIPLE, ["a"]), ENGLISH) == pytest.approx(1 / 3)


@pytest.mark.parametrize("credit", CREDITS)
def test_ticks_of_choices_that_are_gone_neither_help_nor_harm(credit: Credit) -> None:
    assert grade(replace(MULTIPLE, credit=credit), said(MULTIPLE, ["a", "b", "gone"]), ENGLISH) == 1


def test_the_options_are_the_choices() -> None:
    assert option_groups(MULTIPLE) == {"choice": tuple("abcde")}
