import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elearn.actions import handle as handles
from elearn.actions import pseudonym, suggest
from elearn.errors import Invalid
from elearn.lang import LANGUAGES, Language


@pytest.mark.parametrize("handle", ["abc", "Айгүл-7", "ҳамроҳ", "gül-ýagyş", "a" * 32, "1917"])
def test_letters_of_the_five_alphabets_digits_and_hyphens_make_a_handle(handle: str) -> None:
    assert handles.check(f" {handle} ") == handle.lower()


@pytest.mark.parametrize(
    ("handle", "code"),
    [
        ("ab", "handle-length"),
        ("a" * 33, "handle-length"),
        ("a b c", "handle-form"),
        ("-abc", "handle-form"),
        ("abc-", "handle-form"),
        ("a--b", "handle-form"),
        ("a@b.org", "handle-form"),
        ("名字名字", "handle-form"),
        ("Аdmin", "handle-reserved"),
        ("0perator", "handle-reserved"),
    ],
)
def test_anything_else_is_refused(handle: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        handles.check(handle)


@pytest.mark.parametrize(
    ("one", "other"), [("rahim", "rаhiм"), ("vera-1", "VERAI"), ("göreş", "gores"), ("mira-va-78", " Mira va 78\u00a0")]
)
def test_look_alikes_share_a_key(one: str, other: str) -> None:
    assert handles.fold(one) == handles.fold(other)


@given(st.text(max_size=40))
@example("0\u00b4")  # a letter made of a digit, with a mark that stood behind a space
def test_folding_twice_changes_nothing(text: str) -> None:
    assert handles.fold(handles.fold(text)) == handles.fold(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggested_handle_is_accepted(language: Language) -> None:
    for seed in range(50):
        offered = suggest.handle(language, random.Random(seed))
        assert handles.check(offered) == offered


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggested_pseudonym_is_accepted_and_is_no_handle(language: Language) -> None:
    for seed in range(50):
        offered = suggest.pseudonym(language, random.Random(seed))
        assert pseudonym.check(offered) == offered
        assert offered.istitle()
        assert not any(sign.isdigit() or sign == "-" for sign in offered)
