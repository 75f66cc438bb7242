import random
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from elearn.credential import base32, compact, serial
from elearn.credential.award import Award
from elearn.errors import Invalid
from tests.credential.factories import KEY, OTHER_KEY, SERIAL, make_award

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def is_accepted(text: str) -> bool:
    try:
        return compact.read(text).is_signed_by(KEY.public)
    except Invalid:
        return False


@pytest.mark.parametrize("changes", [{}, {"expires_on": None}, {"name_commitment": None}, {"code": "HR-2026.long-code_0123456789abcd"}])
def test_a_compact_text_says_what_the_award_says(changes: dict[str, Any]) -> None:
    award = make_award(**changes)
    signed = compact.read(compact.write(award, KEY))
    assert signed.compact == compact.Compact.of(award)
    assert signed.key_id == KEY.public.id
    assert signed.is_signed_by(KEY.public)
    assert not signed.is_signed_by(OTHER_KEY.public)


@given(
    st.binary(min_size=15, max_size=15),
    st.integers(1, 2**31 - 1),
    st.integers(0, 60_000),
    st.none() | st.integers(0, 3000),
    st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}", fullmatch=True),
    st.none() | st.binary(min_size=32, max_size=32).map(bytes.hex),
)
def test_every_award_survives(randomness: bytes, release: int, day: int, life: int | None, code: str, commitment: str | None) -> None:
    issued = date(2020, 1, 1) + timedelta(day)
    expires = None if life is None else issued + timedelta(life)
    award = make_award(
        serial=serial.make(randomness), release=release, issued_on=issued, expires_on=expires, code=code, name_commitment=commitment
    )
    assert compact.read(compact.write(award, KEY)).compact == compact.Compact.of(award)


def test_the_text_is_short_and_of_signs_that_qr_codes_store_densely() -> None:
    text = compact.write(make_award(), KEY)
    assert len(text) < 195
    assert set(text) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
    assert len(compact.address(text, make_award(), public_address="https://learn.example.org")) < 300


def second_verifier(text: str) -> bool:
    """Written apart from the product: only the layout and plain cryptography."""
    if text[:7] != "QADAM1.":
        return False
    bits = ""
    for sign in text[7:]:
        if sign not in SIGNS:
            return False
        bits += format(SIGNS.index(sign), "05b")
    whole = len(bits) // 8 * 8
    if "1" in bits[whole:] or len(bits) - whole > 4:
        return False
    data = bytes(int(bits[place : place + 8], 2) for place in range(0, whole, 8))
    try:
        Ed25519PublicKey.from_public_bytes(KEY.public.raw).verify(data[-64:], b"qadam certificate 1\0" + data[:-64])
    except InvalidSignature:
        return False
    return True


def test_of_ten_thousand_alterations_none_is_accepted_by_either_verifier() -> None:
    chance = random.Random(14)
    text = compact.write(make_award(), KEY)
    assert is_accepted(text)
    assert second_verifier(text)
    for _ in range(10_000):
        altered = alter(text, chance)
        if altered != text:
            assert not is_accepted(altered)
            assert not second_verifier(altered)


def alter(text: str, chance: random.Random) -> str:
    place, other = chance.randrange(len(text)), chance.randrange(len(text))
    deed = chance.randrange(5)
    if deed == 0:
        return text[:place] + chance.choice(SIGNS + "abcILOU.-$ ") + text[place + 1 :]
    if deed == 1:
        return text[:place] + text[place + 1 :]
    if deed == 2:
        return text[:place] + chance.choice(SIGNS) + text[place:]
    if deed == 3:
        signs = list(text)
        signs[place], signs[other] = signs[other], signs[place]
        return "".join(signs)
    start, end = sorted((place, other))
    return text[:start] + "".join(chance.choice(SIGNS) for _ in range(end - start)) + text[end:]


def test_the_qr_code_holds_the_address_of_the_checking_page_or_just_the_text() -> None:
    award, text = make_award(), compact.write(make_award(), KEY)
    address = compact.address(text, award, public_address="https://learn.example/")
    assert address == f"https://learn.example/en/verify/{SERIAL}#{text}"
    assert compact.address(text, award, public_address="") == text
    assert compact.read(f" {address}\n") == compact.read(text)


def test_an_address_of_another_certificate_is_refused() -> None:
    text = compact.write(make_award(), KEY)
    other = make_award(serial=serial.make(bytes(15)))
    with pytest.raises(Invalid) as caught:
        compact.read(compact.address(text, other, public_address="https://learn.example"))
    assert caught.value.code == "compact-other-serial"


@pytest.mark.parametrize(
    "text", ["", "hello", "QADAM1.", "QADAM1.00", "QADAM2.00", "QADAM1." + "0" * 200, "QADAM1." + "Z" * 203, "x" * 5000]
)
def test_what_is_no_compact_text_is_unreadable(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        compact.read(text)
    assert caught.value.code == "compact-unreadable"


@given(st.binary(max_size=150))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    text = compact.PREFIX + base32.encode(data)
    assert not is_accepted(text)


def test_a_code_outside_ascii_never_reaches_the_text() -> None:
    with pytest.raises(Invalid):
        Award.from_facts({**make_award().facts(), "code": "К01"})
