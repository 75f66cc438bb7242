"""Serial numbers of certificates: 120 random bits, written for people. It makes no randomness and knows no database."""

from typing import Final

from elearn.credential import base32
from elearn.errors import Invalid

RANDOM_BYTES: Final = 15
_GROUP: Final = 5
_SYMBOLS: Final = 24
_LONGEST_TYPED: Final = 100


def make(randomness: bytes) -> str:
    """A serial like `XXXXX-XXXXX-XXXXX-XXXXX-XXXXX` from exactly 15 random bytes; ValueError for any other length."""
    if len(randomness) != RANDOM_BYTES:
        message = f"a serial takes {RANDOM_BYTES} random bytes"
        raise ValueError(message)
    number = int.from_bytes(randomness, "big")
    values = [number >> 5 * place & 31 for place in reversed(range(_SYMBOLS))]
    text = "".join(base32.ALPHABET[value] for value in [*values, _check(values)])
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def parse(typed: str) -> str:
    """The serial in its one written form; Invalid `serial-unreadable` or `serial-check` when a sign is wrong.

    Lower case, spaces, dashes, O for 0, I or L for 1 and Cyrillic look-alikes are read as meant.
    """
    if len(typed) > _LONGEST_TYPED:
        code = "serial-unreadable"
        raise Invalid(code)
    kept = base32.read(typed)
    if len(kept) != _SYMBOLS + 1 or any(sign not in base32.ALPHABET for sign in kept):
        code = "serial-unreadable"
        raise Invalid(code)
    values = [base32.ALPHABET.index(sign) for sign in kept]
    if _check(values[:-1]) != values[-1]:
        code = "serial-check"
        raise Invalid(code)
    return make(_number(values[:-1]))


def to_bytes(serial: str) -> bytes:
    """The 15 random bytes a serial was made from; Invalid as in `parse`."""
    return _number([base32.ALPHABET.index(sign) for sign in parse(serial).replace("-", "")[:-1]])


def _number(values: list[int]) -> bytes:
    number = 0
    for value in values:
        number = number << 5 | value
    return number.to_bytes(RANDOM_BYTES, "big")


def _check(values: list[int]) -> int:
    """One symbol over GF(32), place weights 2^1, 2^2 and so on: finds every wrong sign and every swap of two signs."""
    total = 0
    for value in reversed(values):
        total = _double(total ^ value)
    return total


def _double(value: int) -> int:
    """Times x modulo x^5 + x^2 + 1, whose powers of x run through all 31 values."""
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled
