"""Bytes as capital letters and digits that QR codes store densely and people can read out. Strict in both directions."""

import unicodedata
from typing import Final

#: Crockford's: no I, L, O (read as 1, 1, 0) and no U.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: What a hand or a Cyrillic keyboard writes instead of a sign of ours.
_READ_AS: Final = str.maketrans("OILАВЕКМНОРСТХУЅ", "011ABEKMH0PCTXYS")
_SPACES: Final = frozenset("-_./ ‐‑‒–—−")
_VALUES: Final = {sign: value for value, sign in enumerate(ALPHABET)}


def encode(data: bytes) -> str:
    """Five bits a sign, the last one filled up with zero bits."""
    signs = -(-len(data) * 8 // 5)
    number = int.from_bytes(data, "big") << signs * 5 - len(data) * 8
    return "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(signs)))


def read(typed: str) -> str:
    """What was typed or pasted in signs of ours where it was meant so; without spaces, dashes and signs that cannot be seen."""
    signs = unicodedata.normalize("NFKC", typed).upper().translate(_READ_AS)
    return "".join(sign for sign in signs if sign not in _SPACES and not sign.isspace() and unicodedata.category(sign) != "Cf")


def decode(text: str) -> bytes:
    """The bytes of `text`; ValueError unless `encode` would write exactly this text."""
    number = 0
    for sign in text:
        if sign not in _VALUES:
            raise ValueError(sign)
        number = number << 5 | _VALUES[sign]
    length = len(text) * 5 // 8
    data = (number >> len(text) * 5 - length * 8).to_bytes(length, "big")
    if encode(data) != text:
        raise ValueError(text)
    return data
