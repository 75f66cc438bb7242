import hashlib
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import name
from elearn.errors import Invalid
from tests.credential.factories import NAME, SALT


def code_of(typed: str) -> str:
    with pytest.raises(Invalid) as caught:
        name.clean_name(typed)
    return caught.value.code


@pytest.mark.parametrize(
    ("typed", "clean"),
    [
        ("  Aýna   Öwezowa ", "Aýna Öwezowa"),
        (unicodedata.normalize("NFD", "Aýna Öwezowa"), "Aýna Öwezowa"),
        ("Ғалия\u00a0Әбілқызы", "Ғалия Әбілқызы"),
        ("Ҷамшед\tО'Коннор-ӣ", "Ҷамшед О'Коннор-ӣ"),
        ("李 明", "李 明"),
    ],
)
def test_a_name_is_composed_and_single_spaced(typed: str, clean: str) -> None:
    assert name.clean_name(typed) == clean


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name-empty"),
        (" \t ", "name-empty"),
        ("a" * 121, "name-long"),
        ("Anna\u202eavonavI", "name-direction"),
        ("Anna\u200f", "name-direction"),
        ("An\u200bna", "name-control"),
        ("An\x00na", "name-control"),
        ("An\u2028na", "name-control"),
        ("\ud800a", "name-control"),
        ("12 - 34", "name-letters"),
    ],
)
def test_what_cannot_be_printed_as_typed_is_refused_by_a_clear_code(typed: str, code: str) -> None:
    assert code_of(typed) == code


@given(st.text(max_size=150))
def test_a_clean_name_stays_as_it_is(typed: str) -> None:
    try:
        clean = name.clean_name(typed)
    except Invalid:
        return
    assert name.clean_name(clean) == clean


def test_the_commitment_is_the_hash_of_name_and_code_as_open_badges_orders_them() -> None:
    code = name.name_code(SALT).replace("-", "")
    assert name.commit(NAME, SALT) == hashlib.sha256((NAME + code).encode()).hexdigest()


def test_the_name_code_is_read_as_people_type_it() -> None:
    code = name.name_code(SALT)
    assert name.read_name_code(code.lower().replace("0", "o").replace("-", " ")) == code
    assert name.read_name_code(code.translate(str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")).replace("-", "\u200b – ")) == code


@pytest.mark.parametrize("typed", ["", "0000", "UUUU", "0" * 25 + "Z"])
def test_a_wrong_name_code_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as caught:
        name.read_name_code(typed)
    assert caught.value.code == "name-code-unreadable"


def test_a_salt_is_128_bits() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        name.name_code(bytes(8))


def test_only_the_right_name_with_the_right_code_is_confirmed() -> None:
    code, commitment = name.name_code(SALT), name.commit(NAME, SALT)
    assert name.is_name(f" {NAME} ", code, commitment)
    assert not name.is_name("Ayna Owezowa", code, commitment)
    assert not name.is_name(NAME, name.name_code(bytes(16)), commitment)
    assert not name.is_name(NAME, "rubbish", commitment)
    assert not name.is_name("", code, commitment)


def test_half_a_commitment_confirms_a_name_and_less_does_not() -> None:
    code, commitment = name.name_code(SALT), name.commit(NAME, SALT)
    assert name.is_name(NAME, code, commitment[:32])
    assert not name.is_name("Somebody Else", code, commitment[:32])
    assert not name.is_name(NAME, code, commitment[:31])
