"""Codes as they come from paper, from a messenger and from a Cyrillic keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.actions import invite, recovery
from elearn.actions.typed_code import plain

CODE = "a0c6-e96e-02a1-be19"


@pytest.mark.parametrize(
    "typed",
    [
        " A0C6 E96E 02A1 BE19\n",
        "a0c6–e96e—02a1‑be19",
        "a0c6\u00a0e96e\u202f02a1\u2009be19",
        "\u200ba0c6-e96e\u2060-02a1-be19\ufeff",
        "А0С6-Е96Е-02А1-ВЕ19",
        "а0с6 е96е 02а1 ве19",
        "ａ０ｃ６e96e02a1be19",
    ],
)
def test_a_code_is_read_as_it_was_meant(typed: str) -> None:
    assert plain(typed) == plain(CODE) == "a0c6e96e02a1be19"
    assert invite.hash_code(typed) == invite.hash_code(CODE)


def test_a_code_of_the_sheet_is_read_from_a_cyrillic_keyboard() -> None:
    code, salt = "ham0-k3pt-c1xy-be00", bytes(16)
    typed = code.translate(str.maketrans("hamk3ptcxybe", "намкзртсхуве")).replace("0", "о").replace("1", "і").replace("-", " – ")
    assert recovery.hash_code(typed, salt) == recovery.hash_code(code, salt)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_once_and_for_all(typed: str) -> None:
    assert plain(plain(typed)) == plain(typed)
