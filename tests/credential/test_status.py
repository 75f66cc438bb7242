import base64
import gzip
import json
import random
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import keys, sign, status
from elearn.errors import Invalid
from tests.credential.factories import ISSUER, KEY, NOON, OTHER_KEY, SERIAL

DAY = date(2026, 4, 1)
LIST = status.write({SERIAL: "withdrawn", "other": "replaced"}, KEY, day=DAY)


def code_of(data: bytes, *listed: keys.PublicKey) -> str:
    with pytest.raises(Invalid) as caught:
        status.read(data, listed or (KEY.public,))
    return caught.value.code


def test_a_signed_list_tells_the_state_of_those_on_it() -> None:
    read = status.read(LIST, (OTHER_KEY.public, KEY.public))
    assert (read.state_of(SERIAL), read.state_of("other"), read.state_of("third")) == ("withdrawn", "replaced", None)
    assert status.summary(read) == {"day": "2026-04-01", "withdrawn": 1, "replaced": 1}


def test_no_serial_can_be_read_from_the_list() -> None:
    assert SERIAL.encode() not in LIST


def test_the_same_states_give_the_same_bytes() -> None:
    assert status.write({"other": "replaced", SERIAL: "withdrawn"}, KEY, day=DAY) == LIST


def test_a_list_of_another_key_or_after_its_end_is_refused() -> None:
    assert code_of(LIST, OTHER_KEY.public) == "status-altered"
    assert code_of(LIST, keys.PublicKey(KEY.public.raw, None, date(2026, 3, 31))) == "status-altered"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"signature": "x"}',
        b"[" * 100_000,
        b"\xff",
        LIST.replace(b"withdrawn", b"wonderful"),
        LIST.replace(b"list-1", b"list-2"),
    ],
)
def test_what_is_no_list_is_unreadable(data: bytes) -> None:
    assert code_of(data) == "status-unreadable"


def test_of_a_thousand_altered_lists_none_is_accepted() -> None:
    chance = random.Random(5)
    for _ in range(1000):
        place = chance.randrange(len(LIST))
        altered = LIST[:place] + bytes([LIST[place] ^ chance.randrange(1, 256)]) + LIST[place + 1 :]
        assert code_of(altered) in {"status-unreadable", "status-altered"}


@given(st.sets(st.integers(0, 140_000), max_size=20), st.integers(0, 131_071))
def test_a_bit_is_set_when_its_index_was_given(indexes: set[int], other: int) -> None:
    encoded = status.encode_bits(indexes)
    assert all(status.has_bit(encoded, index) for index in indexes)
    assert status.has_bit(encoded, other) == (other in indexes)


def test_the_first_bit_is_the_highest_of_the_first_byte_and_the_list_is_long_enough_to_hide_in() -> None:
    encoded = status.encode_bits([0, 9])
    raw = gzip.decompress(base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4)))
    assert raw[:2] == b"\x80\x40"
    assert len(raw) == 16_384


@pytest.mark.parametrize("indexes", [[-1], [8 * 2**24]])
def test_an_index_outside_every_list_is_refused(indexes: list[int]) -> None:
    with pytest.raises(Invalid) as caught:
        status.encode_bits(indexes)
    assert caught.value.code == "status-index"


@pytest.mark.parametrize(
    ("encoded", "index", "code"),
    [("u!", 0, "status-unreadable"), ("uAAAA", 0, "status-unreadable"), (status.encode_bits([]), 131_072, "status-index")],
)
def test_a_bad_bit_list_or_index_has_its_code(encoded: str, index: int, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        status.has_bit(encoded, index)
    assert caught.value.code == code


def test_the_bit_list_is_a_credential_that_can_be_signed() -> None:
    unsigned = status.bitstring_list([77], address="https://learn.example/status", issuer=ISSUER, day=DAY)
    signed = json.loads(json.dumps(sign.sign(unsigned, KEY, created=NOON)))
    document, proof = sign.split(signed)
    assert sign.is_signed_by(KEY.public, document, proof)
    assert status.has_bit(document["credentialSubject"]["encodedList"], 77)
