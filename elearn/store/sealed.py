"""Sealing of single values: AES-256-GCM bound to one cell, and a blind index to find a value again. Keys are arguments.

The only importer of AES in the house. What is sealed, and who may open it, is decided by the deeds.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from elearn.errors import Refused

_NONCE: Final = 12
_INDEX: Final = 16


@dataclass(frozen=True, slots=True)
class Key:
    """A secret of 32 bytes and the id (ASCII, no zero byte) by which sealed values and signatures name it."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a sealed value stands: it opens nowhere else (safety requirement 48)."""

    table: str
    column: str
    row_id: str
    organisation_id: str

    @property
    def bytes(self) -> bytes:
        """The cell as associated data, unambiguous whatever the parts hold."""
        parts = (self.table, self.column, self.row_id, self.organisation_id)
        return b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)


def seal(text: bytes, cell: Cell, keys: Sequence[Key]) -> bytes:
    """Seal with the first key: its id, a zero byte, a random 96-bit nonce, then the sealed bytes (NIST SP 800-38D)."""
    key, nonce = keys[0], secrets.token_bytes(_NONCE)
    return key.id.encode("ascii") + b"\0" + nonce + AESGCM(key.secret).encrypt(nonce, text, cell.bytes)


def unseal(sealed: bytes, cell: Cell, keys: Sequence[Key]) -> bytes:
    """Open with the key that the value names; Refused("sealed-elsewhere") if it is not of this cell, altered, or of an unknown key."""
    name, _, rest = sealed.partition(b"\0")
    key = next((one for one in keys if one.id.encode("ascii") == name), None)
    if key is None:
        raise Refused("sealed-elsewhere")
    try:
        return AESGCM(key.secret).decrypt(rest[:_NONCE], rest[_NONCE:], cell.bytes)
    except (InvalidTag, ValueError) as error:
        raise Refused("sealed-elsewhere") from error


def key_id(sealed: bytes) -> str:
    """The id of the key a value was sealed with."""
    return sealed.partition(b"\0")[0].decode("ascii", "replace")


def blind_index(text: str, *, organisation_id: str, secret: bytes) -> str:
    """Where to look for a value without opening any: HMAC-SHA-256 over NFC folded text, cut to 128 bits, other in each organisation."""
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()
    message = len(organisation_id.encode()).to_bytes(4, "big") + organisation_id.encode() + plain.encode()
    return hmac.new(secret, message, hashlib.sha256).digest()[:_INDEX].hex()
