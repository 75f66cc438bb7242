"""Lists of withdrawn and replaced certificates, signed and dated. A serial cannot be read from a list, only looked up."""

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final, Literal

from elearn.credential.award import canonical
from elearn.credential.contexts import CREDENTIALS_V2
from elearn.credential.document import Document, Issuer
from elearn.credential.keys import PublicKey, SigningKey, multibase, read_multibase
from elearn.errors import Invalid

State = Literal["withdrawn", "replaced"]

_KIND: Final = "qadam-status-list-1"
_DOMAIN: Final = b"qadam status list 1\0"
_HASH_BYTES: Final = 16
#: The W3C lower bound, so that the place in a list says little about a person.
_LEAST_BITS: Final = 131_072
_MOST_BITS: Final = 8 * 2**24


@dataclass(frozen=True, slots=True)
class StatusList:
    """Who is no longer good, as of a day; keys are `serial_hash`."""

    day: date
    states: Mapping[str, State]

    def state_of(self, serial: str) -> State | None:
        """What the list says of a certificate; None: nothing against it."""
        return self.states.get(serial_hash(serial))


def serial_hash(serial: str) -> str:
    """32 hex digits. Serials are random (120 bits), so a plain hash cannot be searched."""
    return hashlib.sha256(b"qadam status\0" + serial.encode()).digest()[:_HASH_BYTES].hex()


def write(states: Mapping[str, State], key: SigningKey, *, day: date) -> bytes:
    """The signed list as canonical JSON; `states` by serial."""
    listed = {serial_hash(serial): state for serial, state in states.items()}
    content = {"type": _KIND, "day": day.isoformat(), "states": listed, "key": key.public.id}
    signature = key.sign(_DOMAIN + canonical(content))
    return canonical({**content, "signature": multibase(signature)})


def read(data: bytes, keys: tuple[PublicKey, ...]) -> StatusList:
    """The list, once a key that was good on its day has been found to sign it; Invalid `status-unreadable` or `status-altered`."""
    code = "status-unreadable"
    try:
        content = json.loads(data)
        signature = read_multibase(content.pop("signature"))
        day = date.fromisoformat(content["day"])
        states: dict[str, State] = dict(content["states"])
        message = _DOMAIN + canonical(content)
        good = content["type"] == _KIND and all(state in {"withdrawn", "replaced"} for state in states.values())
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Invalid(code) from None
    if not good:
        raise Invalid(code)
    if not any(key.is_valid_on(day) and key.verifies(signature, message) for key in keys):
        code = "status-altered"
        raise Invalid(code)
    return StatusList(day, states)


def bitstring_list(indexes: Iterable[int], *, address: str, issuer: Issuer, day: date) -> Document:
    """The unsigned W3C Bitstring Status List credential that tells other verifiers which indexes are revoked; sign it with `sign`."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer.id,
        "validFrom": datetime.combine(day, time.min, UTC).isoformat().replace("+00:00", "Z"),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_bits(indexes),
        },
    }


def encode_bits(indexes: Iterable[int]) -> str:
    """Multibase base64url of the gzipped bits, the first bit being the highest of the first byte; the same bits give the same text."""
    wanted = sorted(indexes)
    if wanted and not 0 <= wanted[0] <= wanted[-1] < _MOST_BITS:
        code = "status-index"
        raise Invalid(code)
    bits = bytearray(max(_LEAST_BITS, (wanted[-1] if wanted else 0) + 1) + 7 >> 3)
    for index in wanted:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def has_bit(encoded: str, index: int) -> bool:
    """Whether the bit of this index is set; Invalid `status-unreadable` for a bad list, `status-index` outside it."""
    code = "status-unreadable"
    try:
        packed = base64.b64decode(encoded.removeprefix("u") + "=" * (-len(encoded.removeprefix("u")) % 4), altchars=b"-_", validate=True)
        bits = zlib.decompressobj(wbits=31).decompress(packed, _MOST_BITS >> 3)
    except (ValueError, zlib.error):
        raise Invalid(code) from None
    if not 0 <= index < len(bits) * 8:
        code = "status-index"
        raise Invalid(code)
    return bool(bits[index >> 3] & 0x80 >> (index & 7))


def summary(states: StatusList) -> dict[str, Any]:
    """Day and numbers of a list, for people."""
    values = list(states.states.values())
    return {"day": states.day.isoformat(), "withdrawn": values.count("withdrawn"), "replaced": values.count("replaced")}
