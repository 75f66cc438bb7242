import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.lang import LANGUAGES, Language
from elearn.quiz.alphabet import fold, matches, strict


@pytest.mark.parametrize(
    ("language", "right", "typed"),
    [
        ("kk", "Адам құқықтары жөніндегі өкіл", "адам кукыктары жониндеги окил"),
        ("kk", "Тәуелсіздік һәм бүгін", "Тауелсiздик хам бугин"),
        ("tg", "Ҳуқуқи инсон, ҷамъият, ғамхорӣ, қонун, рӯз", "хукуки инсон, чамъият, гамхори, конун, руз"),
        ("tk", "Näme üçin öňe şeýle ýagty žurnal", "name ucin one seyle yagty zurnal"),
        ("ru", "Самолёт", "самолет"),
        ("en", "Human  Rights", " human rights "),
        ("en", "Ｈuman", "human"),
    ],
)
def test_letters_a_keyboard_lacks_do_not_matter(language: Language, right: str, typed: str) -> None:
    assert fold(right, language) == fold(typed, language)


def test_letters_of_another_alphabet_do_matter() -> None:
    assert fold("ң", "ru") != fold("н", "ru")
    assert fold("й", "kk") != fold("и", "kk")


@given(st.text(), st.sampled_from(LANGUAGES))
def test_folding_twice_changes_nothing_more(text: str, language: Language) -> None:
    once = fold(text, language)
    assert fold(once, language) == once


def test_strict_keeps_case_and_inner_spaces() -> None:
    assert strict("  A  ң ") == "A  ң"


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("abc", "abc", True),
        ("abc", "abcd", False),
        ("*", "", True),
        ("ab*", "ab", True),
        ("ab*ba", "aba", False),
        ("ab*ba", "abba", True),
        ("*b*", "abc", True),
        ("*x*", "abc", False),
        ("a*c*c", "ac", False),
        ("a*b*b*c", "abbc", True),
        ("a*b*b*c", "abc", False),
        ("a*", "ba", False),
        ("*a", "ab", False),
    ],
)
def test_a_star_stands_for_anything(pattern: str, text: str, fits: bool) -> None:
    assert matches(pattern, text) is fits


def test_a_hostile_pattern_is_answered_at_once() -> None:
    began = time.thread_time()  # work of its own: others may have the machine meanwhile
    assert not matches("*a" * 200 + "*b", "a" * 20_000)
    assert time.thread_time() - began < 0.5


@given(st.lists(st.text("ab", max_size=3), min_size=1, max_size=5), st.lists(st.text("ab", max_size=3), min_size=5, max_size=5))
def test_whatever_stands_for_a_star_the_pattern_fits(parts: list[str], between: list[str]) -> None:
    text = "".join(part + gap for part, gap in zip(parts, between, strict=False))
    assert matches("*".join([*parts, ""]), text)
