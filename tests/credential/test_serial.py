import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import base32, serial
from elearn.errors import Invalid

RANDOM = st.binary(min_size=15, max_size=15)


def code_of(typed: str) -> str:
    with pytest.raises(Invalid) as caught:
        serial.parse(typed)
    return caught.value.code


def test_a_serial_is_five_groups_of_five_signs() -> None:
    assert serial.make(bytes(range(15))) == "000G4-0R40M-30E20-9185G-R38EV"


def test_a_serial_carries_120_bits_and_takes_no_other_amount_of_chance() -> None:
    with pytest.raises(ValueError, match="15 random bytes"):
        serial.make(bytes(14))


@given(RANDOM)
def test_a_serial_reads_back_as_itself_and_as_its_bytes(randomness: bytes) -> None:
    made = serial.make(randomness)
    assert serial.parse(made) == made
    assert serial.to_bytes(made) == randomness


@given(RANDOM, st.sampled_from(["", " ", "-", "–", " - "]))
def test_lower_case_look_alikes_and_any_grouping_are_read_as_meant(randomness: bytes, gap: str) -> None:
    made = serial.make(randomness)
    typed = gap.join(made.replace("-", "").replace("0", "o").replace("1", "l")).lower()
    assert serial.parse(typed) == made


def test_a_cyrillic_keyboard_and_full_width_letters_do_no_harm() -> None:
    made = serial.make(bytes.fromhex("52ca8d4e5b7a63d29f10c3e84b76a9"))
    cyrillic = made.translate(str.maketrans("ABEKMHPCTX", "АВЕКМНРСТХ"))
    assert cyrillic != made
    assert serial.parse(cyrillic) == made
    assert serial.parse("".join(chr(ord(sign) + 0xFEE0) if sign.isalnum() else sign for sign in made)) == made


@given(RANDOM, st.integers(0, 24), st.integers(1, 31))
def test_every_single_wrong_sign_is_found(randomness: bytes, place: int, step: int) -> None:
    signs = list(serial.make(randomness).replace("-", ""))
    signs[place] = base32.ALPHABET[(base32.ALPHABET.index(signs[place]) + step) % 32]
    assert code_of("".join(signs)) == "serial-check"


@given(RANDOM, st.integers(0, 24), st.integers(0, 24))
def test_every_swap_of_two_signs_is_found(randomness: bytes, first: int, second: int) -> None:
    made = serial.make(randomness).replace("-", "")
    signs = list(made)
    signs[first], signs[second] = signs[second], signs[first]
    if "".join(signs) != made:
        assert code_of("".join(signs)) == "serial-check"


@pytest.mark.parametrize("typed", ["", "000G4", "U" * 25, "0" * 26, "0" * 5000, "000G4-0R40M-30E20-9185G-R38E!", "ж" * 25])
def test_what_is_no_serial_is_called_unreadable(typed: str) -> None:
    assert code_of(typed) == "serial-unreadable"


@given(st.text(max_size=120))
def test_no_text_breaks_the_reader(typed: str) -> None:
    with contextlib.suppress(Invalid):
        assert serial.parse(typed).count("-") == 4
