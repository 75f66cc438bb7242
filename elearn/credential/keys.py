"""Ed25519 keys of certificates: their ids, written forms and the public list. Where private keys are kept is not known here."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from elearn.errors import Invalid

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
ID_BYTES: Final = 4
MOST_KEYS: Final = 1000
#: Multicodec ed25519-pub before the key, as Multikey and did:key want it.
_ED25519_PUB: Final = b"\xed\x01"
_BASE58: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_LONGEST_MULTIBASE: Final = 200


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Who may have signed, and on which days (both included; None: no end)."""

    raw: bytes
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def id(self) -> str:
        """Eight hex digits from the hash of the key: a name to look it up by, not a proof."""
        return hashlib.sha256(self.raw).digest()[:ID_BYTES].hex()

    @property
    def multibase(self) -> str:
        """The key as `z6Mk...` (Multikey of the W3C Controlled Identifiers)."""
        return multibase(_ED25519_PUB + self.raw)

    @property
    def did(self) -> str:
        """The key as an identifier that needs no server."""
        return f"did:key:{self.multibase}"

    def is_valid_on(self, day: date) -> bool:
        """Whether a certificate of that day may bear this key."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the Ed25519 signature is one of this key over exactly this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key. Its bytes are not shown when it is printed or logged."""

    public: PublicKey
    _private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message gives the same signature."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey({self.public.id})"


def signing_key(seed: bytes, *, valid_from: date | None = None, valid_to: date | None = None) -> SigningKey:
    """The key made from 32 random bytes, kept secret by the caller; ValueError for any other length."""
    if len(seed) != KEY_BYTES:
        message = f"a signing key takes {KEY_BYTES} random bytes"
        raise ValueError(message)
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return SigningKey(PublicKey(private.public_key().public_bytes_raw(), valid_from, valid_to), private)


def write_keys(keys: tuple[PublicKey, ...]) -> list[dict[str, str | None]]:
    """The public list, to be published and kept for ever."""
    return [
        {"id": key.id, "publicKeyMultibase": key.multibase, "validFrom": _day(key.valid_from), "validTo": _day(key.valid_to)}
        for key in keys
    ]


def read_keys(text: str | bytes) -> tuple[PublicKey, ...]:
    """The keys of a published list (JSON text); Invalid `keys-unreadable` for anything else."""
    code = "keys-unreadable"
    try:
        rows = json.loads(text)
        if not isinstance(rows, list) or len(rows) > MOST_KEYS:
            raise Invalid(code)
        return tuple(_read_key(row) for row in rows)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid(code) from None


def did_document(issuer_id: str, keys: tuple[PublicKey, ...]) -> dict[str, Any]:
    """What `did:web` (or the issuer's address) answers to a verifier of Open Badges."""
    methods = [
        {"id": f"{issuer_id}#{key.multibase}", "type": "Multikey", "controller": issuer_id, "publicKeyMultibase": key.multibase}
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": issuer_id,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def multibase(data: bytes) -> str:
    """Base58btc with its `z`."""
    number = int.from_bytes(data, "big")
    signs = ""
    while number:
        number, rest = divmod(number, len(_BASE58))
        signs = _BASE58[rest] + signs
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + _BASE58[0] * zeros + signs


def read_multibase(text: str) -> bytes:
    """The bytes of base58btc text; ValueError unless `multibase` would write exactly this text."""
    if not text.startswith("z") or len(text) > _LONGEST_MULTIBASE:
        raise ValueError(text)
    number = 0
    for sign in text[1:]:
        number = number * len(_BASE58) + _BASE58.index(sign)
    body = number.to_bytes((number.bit_length() + 7) // 8, "big")
    zeros = len(text) - 1 - len(text[1:].lstrip(_BASE58[0]))
    return b"\0" * zeros + body


def _read_key(row: dict[str, str | None]) -> PublicKey:
    data = read_multibase(str(row["publicKeyMultibase"]))
    if not data.startswith(_ED25519_PUB) or len(data) != len(_ED25519_PUB) + KEY_BYTES:
        raise ValueError(row)
    key = PublicKey(data.removeprefix(_ED25519_PUB), _read_day(row.get("validFrom")), _read_day(row.get("validTo")))
    if row.get("id", key.id) != key.id:
        raise ValueError(row)
    return key


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text is not None else None
