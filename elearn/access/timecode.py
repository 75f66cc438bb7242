"""Time codes: six digits that an app and we make from the same seed every half minute (RFC 6238). Pure; keeps and draws nothing."""

import base64
import hashlib
import hmac
import unicodedata
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

#: Bytes of a seed: 160 bits, the length of the hash (RFC 4226, 4).
SEED_BYTES: Final = 20
DIGITS: Final = 6
SECONDS: Final = 30
#: How many steps ago a code may have been made: clocks of old phones are slow, and people type slowly. None of a step to come is taken.
PAST: Final = 1
#: What may stand between digits, by Unicode category: spaces, dashes and signs that cannot be seen.
_GAPS: Final = frozenset({"Zs", "Pd", "Cf"})


def code_at(seed: bytes, step: int) -> str:
    """The code of a step: here the first vector of RFC 6238, of which we show the last six digits.

    >>> code_at(b"12345678901234567890", 59 // 30)
    '287082'
    """
    mac = hmac.new(seed, step.to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[-1] & 0x0F
    number = int.from_bytes(mac[at : at + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_at(now: datetime) -> int:
    """The number of the half minute since 1970."""
    return int(now.timestamp()) // SECONDS


def clean(typed: str) -> str:
    """What was typed as plain digits, if it can be a time code, else an empty text: spaces and hyphens between the digits do not matter."""
    signs = unicodedata.normalize("NFKC", typed.strip())
    plain = "".join(sign for sign in signs if unicodedata.category(sign) not in _GAPS)
    return plain if len(plain) == DIGITS and plain.isascii() and plain.isdigit() else ""


def matching_step(seed: bytes, typed: str, now: datetime) -> int | None:
    """The step whose code was typed, the present one or one before it, or None. Whether it was used before, the caller must ask."""
    code = clean(typed)
    latest = step_at(now)
    matches = [step for step in range(latest - PAST, latest + 1) if hmac.compare_digest(code_at(seed, step), code)]
    return matches[-1] if matches else None


def spell(seed: bytes) -> str:
    """The seed as people type it into an app: Base32 in groups of four."""
    text = base64.b32encode(seed).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(seed: bytes, *, issuer: str, label: str) -> str:
    """The address in the QR code for an app; both names stand in the list of the app, for whoever looks at the phone."""
    query = urlencode({"secret": spell(seed).replace(" ", ""), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(label, safe='')}?{query}"
