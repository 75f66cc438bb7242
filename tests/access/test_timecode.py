"""Time codes as RFC 6238 has them, and what may be typed for one."""

import base64
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.access import timecode
from elearn.access.timecode import address, clean, code_at, matching_step, spell, step_at

SEED = b"12345678901234567890"
NOW = datetime(2026, 3, 2, 9, 17, 30, tzinfo=UTC)
#: RFC 6238, appendix B, SHA-1; we show the last six of the eight digits.
VECTORS = (
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
)
SEEDS = st.binary(min_size=timecode.SEED_BYTES, max_size=timecode.SEED_BYTES)


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_vectors_of_the_rfc_come_out(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)
    assert code_at(SEED, step_at(now)) == code[-6:]
    assert matching_step(SEED, code[-6:], now) == seconds // 30


@given(SEEDS, st.integers(0, 29))
def test_the_code_of_now_and_of_the_half_minute_before_are_taken(seed: bytes, later: int) -> None:
    step = step_at(NOW)
    now = NOW + timedelta(seconds=later)
    shown = {code_at(seed, step): step, code_at(seed, step - 1): step - 1}
    for code, made in shown.items():
        assert matching_step(seed, code, now) in (made, step)  # by a rare chance both steps have one code


@given(SEEDS)
def test_codes_of_other_steps_are_not_taken(seed: bytes) -> None:
    step = step_at(NOW)
    good = {code_at(seed, step), code_at(seed, step - 1)}
    for other in (step - 3, step - 2, step + 1, step + 2):
        if (code := code_at(seed, other)) not in good:
            assert matching_step(seed, code, NOW) is None


@pytest.mark.parametrize(
    "typed",
    ["287082", "287 082", " 287-082\n", "２８７０８２", "28 70 82", "287\u00a0082", "287–082", "287\u2011082", "\u200e287082\u2060"],
)
def test_spaces_hyphens_and_wide_digits_do_not_matter(typed: str) -> None:
    assert clean(typed) == "287082"


@pytest.mark.parametrize("typed", ["", "28708", "2870821", "28708a", "०२८७०८", "0000-0000-0000-0000", "287.082", "+28708", "28708²3"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert clean(typed) == ""
    assert matching_step(SEED, typed, NOW) is None


def test_the_present_step_wins_where_two_have_one_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timecode, "code_at", lambda _seed, _step: "111111")
    assert matching_step(SEED, "111111", NOW) == step_at(NOW)


@given(SEEDS)
def test_a_seed_is_spelled_in_eight_groups_of_four(seed: bytes) -> None:
    groups = spell(seed).split(" ")
    assert [len(group) for group in groups] == [4] * 8
    assert base64.b32decode("".join(groups)) == seed


@given(st.text(min_size=1, max_size=30), st.text(min_size=1, max_size=30))
def test_the_address_gives_back_what_it_was_made_of(issuer: str, label: str) -> None:
    parts = urlsplit(address(SEED, issuer=issuer, label=label))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert [unquote(part) for part in parts.path[1:].split(":")] == [issuer, label]
    assert parse_qs(parts.query) == {"secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"], "issuer": [issuer]}
