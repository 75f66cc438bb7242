import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import keys
from elearn.errors import Invalid
from tests.credential.factories import KEY, OTHER_KEY


def test_the_same_seed_makes_the_same_key_and_32_bytes_are_needed() -> None:
    assert keys.signing_key(b"\x01" * 32).public == KEY.public
    with pytest.raises(ValueError, match="32 random bytes"):
        keys.signing_key(b"short")


def test_a_printed_signing_key_shows_its_id_only() -> None:
    assert repr(KEY) == f"SigningKey({KEY.public.id})"


def test_a_signature_is_good_for_its_key_and_message_only() -> None:
    signature = KEY.sign(b"message")
    assert KEY.public.verifies(signature, b"message")
    assert not KEY.public.verifies(signature, b"massage")
    assert not OTHER_KEY.public.verifies(signature, b"message")
    assert not keys.PublicKey(b"short").verifies(signature, b"message")


def test_a_key_holds_on_the_days_it_says() -> None:
    key = keys.PublicKey(KEY.public.raw, date(2026, 1, 1), date(2026, 12, 31))
    assert [key.is_valid_on(day) for day in (date(2025, 12, 31), date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1))] == [
        False,
        True,
        True,
        False,
    ]
    assert KEY.public.is_valid_on(date(2199, 1, 1))


def test_the_public_list_reads_back() -> None:
    listed = (keys.PublicKey(KEY.public.raw, date(2026, 1, 1)), OTHER_KEY.public)
    assert keys.read_keys(json.dumps(keys.write_keys(listed))) == listed


def test_a_key_may_be_listed_without_its_id_and_days() -> None:
    assert keys.read_keys(json.dumps([{"publicKeyMultibase": KEY.public.multibase}])) == (KEY.public,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        "[{}]",
        '[{"publicKeyMultibase": "m123"}]',
        '[{"publicKeyMultibase": "z0"}]',
        '[{"publicKeyMultibase": "z11"}]',
        '[{"publicKeyMultibase": 5}]',
        json.dumps([{"publicKeyMultibase": KEY.public.multibase, "id": "00000000"}]),
        json.dumps([{"publicKeyMultibase": KEY.public.multibase, "validFrom": "soon"}]),
        json.dumps([1] * 1001),
        "[" * 100_000,
        json.dumps([{"publicKeyMultibase": "z" * 300}]),
    ],
)
def test_a_damaged_list_is_unreadable_and_nothing_worse(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        keys.read_keys(text)
    assert caught.value.code == "keys-unreadable"


@given(st.binary(max_size=70))
def test_multibase_survives_the_round_trip(data: bytes) -> None:
    assert keys.read_multibase(keys.multibase(data)) == data


def test_the_did_document_lists_every_key_for_assertions() -> None:
    document = keys.did_document("did:web:learn.example", (KEY.public, OTHER_KEY.public))
    assert document["assertionMethod"] == [f"did:web:learn.example#{key.public.multibase}" for key in (KEY, OTHER_KEY)]
    assert document["verificationMethod"][0]["publicKeyMultibase"] == KEY.public.multibase
