import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import base32


@given(st.binary(max_size=200))
def test_bytes_survive_the_round_trip(data: bytes) -> None:
    assert base32.decode(base32.encode(data)) == data


@given(st.text(alphabet=base32.ALPHABET, max_size=40))
def test_a_text_that_is_read_is_the_only_text_for_its_bytes(text: str) -> None:
    try:
        data = base32.decode(text)
    except ValueError:
        return
    assert base32.encode(data) == text


@pytest.mark.parametrize("text", ["a0", "O0", "0 ", "01", "0"])
def test_small_letters_other_signs_and_left_over_bits_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the text of the error says nothing of use
        base32.decode(text)
