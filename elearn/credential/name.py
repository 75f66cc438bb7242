"""The name on a certificate: cleaned, committed to, compared. It is never stored: only its salted hash is."""

import hashlib
import hmac
import unicodedata
from typing import Final

from elearn.credential import base32
from elearn.errors import Invalid

LONGEST: Final = 120
SALT_BYTES: Final = 16
_GROUP: Final = 4
_HALF: Final = 32
_ODD_SPACES: Final = str.maketrans(dict.fromkeys("\t\n\r\u00a0\u2007\u202f", " "))
#: Bidirectional marks, overrides and isolates (Unicode TR9), which can make a name read as another one.
_BIDI: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
#: Joiners are needed inside some scripts, but not in ours, and an unseen one makes two names that look the same.
_INVISIBLE: Final = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])


def clean_name(name: str) -> str:
    """The name in NFC with single spaces; Invalid `name-empty`, `name-long`, `name-direction`, `name-control` or `name-letters`.

    Nothing unseen is dropped in silence: what is printed must be what was typed.
    """
    plain = " ".join(unicodedata.normalize("NFC", name.translate(_ODD_SPACES)).split(" ")).strip()
    plain = " ".join(part for part in plain.split(" ") if part)
    code = _refusal(plain)
    if code:
        raise Invalid(code, longest=LONGEST)
    return plain


def _refusal(plain: str) -> str:
    if not plain:
        return "name-empty"
    if len(plain) > LONGEST:
        return "name-long"
    if any(sign in _BIDI for sign in plain):
        return "name-direction"
    if any(unicodedata.category(sign) in _INVISIBLE for sign in plain):
        return "name-control"
    return "" if any(sign.isalpha() for sign in plain) else "name-letters"


def name_code(salt: bytes) -> str:
    """The 128-bit salt as the holder sees it: 26 signs in groups of four. ValueError unless 16 bytes."""
    if len(salt) != SALT_BYTES:
        message = f"a salt takes {SALT_BYTES} random bytes"
        raise ValueError(message)
    text = base32.encode(salt)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_name_code(typed: str) -> str:
    """A typed name code in its one written form; Invalid `name-code-unreadable`."""
    try:
        return name_code(base32.decode(base32.read(typed)))
    except ValueError:
        code = "name-code-unreadable"
        raise Invalid(code) from None


def commit(name: str, salt: bytes) -> str:
    """SHA-256, in hex, of the clean name followed by the signs of its name code (the order Open Badges 3.0 gives)."""
    return hashlib.sha256((clean_name(name) + name_code(salt).replace("-", "")).encode()).hexdigest()


def commitment_of(name: str, code: str) -> str:
    """What a typed name with a typed name code is committed to by; "" for what is no name or no code."""
    try:
        return commit(name, base32.decode(read_name_code(code).replace("-", "")))
    except Invalid:
        return ""


def is_name(name: str, code: str, commitment: str) -> bool:
    """Whether this name with this name code is the one committed to; half a commitment (128 bits) will do, less will not.

    Unusable input is simply not the name.
    """
    return len(commitment) >= _HALF and hmac.compare_digest(commitment_of(name, code)[: len(commitment)], commitment)
