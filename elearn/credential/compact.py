"""The short signed text in the QR code: enough to check a paper without a network. Strict: one text for one content."""

import re
import struct
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

from elearn.credential import base32, serial
from elearn.credential.award import Award
from elearn.credential.keys import ID_BYTES, SIGNATURE_BYTES, PublicKey, SigningKey
from elearn.errors import Invalid

#: Opens every compact text; the digit is the version of the layout below.
PREFIX: Final = "QADAM1."
_DOMAIN: Final = b"qadam certificate 1\0"
#: serial, issued day, last good day, release, length of the name commitment, length of the code
_HEAD: Final = struct.Struct(">15sHHIBB")
#: Half of the commitment: the salt is not the holder's to choose, so 128 bits bind the name and keep the code small.
_COMMITMENT_BYTES: Final = 16
_FIRST_DAY: Final = date(2020, 1, 1)
_NEVER: Final = 0xFFFF
_LONGEST: Final = 4000
_ADDRESS: Final = re.compile(r"https?://[^\s#]{1,500}/[a-z]{2}/verify/([0-9A-Z-]{29})#(\S+)")


@dataclass(frozen=True, slots=True)
class Compact:
    """What the QR code says of a certificate; of the name commitment it holds the first half."""

    serial: str
    code: str
    issued_on: date
    expires_on: date | None
    release: int
    name_commitment: str | None

    @classmethod
    def of(cls, award: Award) -> Self:
        """The part of the facts that fits."""
        commitment = award.name_commitment[: 2 * _COMMITMENT_BYTES] if award.name_commitment else None
        return cls(award.serial, award.code, award.issued_on, award.expires_on, award.release, commitment)


@dataclass(frozen=True, slots=True)
class SignedCompact:
    """A text taken apart: not yet believed."""

    compact: Compact
    key_id: str
    signature: bytes
    body: bytes

    def is_signed_by(self, key: PublicKey) -> bool:
        """Whether the signature is this key's."""
        return key.verifies(self.signature, _DOMAIN + self.body)


def write(award: Award, key: SigningKey) -> str:
    """The signed compact text: capital letters, digits and one full stop, about 190 signs."""
    body = _body(Compact.of(award)) + bytes.fromhex(key.public.id)
    return PREFIX + base32.encode(body + key.sign(_DOMAIN + body))


def address(text: str, award: Award, *, public_address: str) -> str:
    """What the QR code holds: the checking page of this serial, the compact text behind `#` where no server sees it.

    Without a public address (empty) just the compact text.
    """
    if not public_address:
        return text
    return f"{public_address.rstrip('/')}/{award.languages[0]}/verify/{award.serial}#{text}"


def read(text: str) -> SignedCompact:
    """A compact text, or an address that ends in one, taken apart; Invalid `compact-unreadable` or `compact-other-serial`."""
    code = "compact-unreadable"
    stripped = text.strip() if len(text) <= _LONGEST else ""
    found = _ADDRESS.fullmatch(stripped)
    try:
        signed = _read(found[2] if found else stripped)
    except (ValueError, OverflowError, struct.error):
        raise Invalid(code) from None
    if found and found[1] != signed.compact.serial:
        code = "compact-other-serial"
        raise Invalid(code)
    return signed


def _body(compact: Compact) -> bytes:
    commitment = bytes.fromhex(compact.name_commitment) if compact.name_commitment else b""
    expiry = (compact.expires_on - _FIRST_DAY).days if compact.expires_on else _NEVER
    head = (serial.to_bytes(compact.serial), (compact.issued_on - _FIRST_DAY).days, expiry, compact.release)
    return _HEAD.pack(*head, len(commitment), len(compact.code)) + commitment + compact.code.encode("ascii")


def _read(text: str) -> SignedCompact:
    if not text.startswith(PREFIX):
        raise ValueError(text)
    data = base32.decode(text.removeprefix(PREFIX))
    body, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    number, issued, expiry, release, commitment_length, code_length = _HEAD.unpack_from(body)
    rest = body[_HEAD.size : -ID_BYTES]
    if commitment_length not in {0, _COMMITMENT_BYTES} or len(rest) != commitment_length + code_length:
        raise ValueError(text)
    compact = Compact(
        serial.make(number),
        rest[commitment_length:].decode("ascii"),
        _FIRST_DAY + timedelta(issued),
        None if expiry == _NEVER else _FIRST_DAY + timedelta(expiry),
        release,
        rest[:commitment_length].hex() or None,
    )
    return SignedCompact(compact, body[-ID_BYTES:].hex(), signature, body)
