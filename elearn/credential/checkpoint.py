"""Checkpoints of a growing record: a Merkle tree head as a signed note, in the forms C2SP signed-note and tlog-checkpoint.

Pure: keys are arguments, and what the leaves are is decided elsewhere. Any tool for such notes can check one.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from elearn.credential.keys import KEY_BYTES, PublicKey, SigningKey
from elearn.credential.tree import HASH_BYTES
from elearn.errors import Invalid

#: Ed25519 in the list of signature types of the specification.
_ED25519: Final = b"\x01"
_ID: Final = 4
_DASH: Final = "\N{EM DASH} "
#: Bounds of what is read: the specification asks for 16 signatures at least, and some are long.
LONGEST: Final = 100_000
_MOST_SIGNATURES: Final = 100
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]{1,200}")
_HEADER: Final = 3


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a record was at a size: `origin` names the record, `root` is the tree head."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_encoded(self.root)}\n"

    @property
    def short(self) -> str:
        """Size and the first 16 hex digits of the root, to be printed on paper and compared by eye."""
        return f"{self.size} {self.root.hex()[:16]}"


def write(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note; its signature line bears the name of the origin. Invalid `checkpoint-origin` for a name the form cannot hold."""
    _require_name(checkpoint.origin)
    signature = key.sign(checkpoint.text.encode())
    return f"{checkpoint.text}\n{_DASH}{checkpoint.origin} {_encoded(key_hash(checkpoint.origin, key.public) + signature)}\n"


def read(note: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint of a note that one of these keys signed under its origin.

    Raises Invalid `checkpoint-unreadable`, or `checkpoint-unsigned` when no known key has signed it or a known one did not sign this.
    Lines of other signers (witnesses) are left alone.
    """
    text, signatures = _split(note)
    checkpoint = _parse(text)
    known = {key_hash(checkpoint.origin, key): key for key in keys}
    verified = False
    for name, data in signatures:
        key = known.get(data[:_ID]) if name == checkpoint.origin else None
        if key is None:
            continue
        if not key.verifies(data[_ID:], text.encode()):
            raise Invalid("checkpoint-unsigned")
        verified = True
    if not verified:
        raise Invalid("checkpoint-unsigned")
    return checkpoint


def key_hash(name: str, key: PublicKey) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_ID]


def write_key(origin: str, key: PublicKey) -> str:
    """A public key with the name it signs under, in the form that tools for signed notes read: `name+hash+key`."""
    _require_name(origin)
    return f"{origin}+{key_hash(origin, key).hex()}+{_encoded(_ED25519 + key.raw)}"


def read_key(line: str) -> tuple[str, PublicKey]:
    """Name and key of such a line; Invalid `checkpoint-key`."""
    code = "checkpoint-key"
    name, _, rest = line.strip().partition("+")
    hashed, _, encoded = rest.partition("+")
    try:
        data = _decoded(encoded)
    except ValueError:
        raise Invalid(code) from None
    key = PublicKey(data[1:])
    good = _NAME.fullmatch(name) and data[:1] == _ED25519 and len(key.raw) == KEY_BYTES
    if not good or key_hash(name, key).hex() != hashed:
        raise Invalid(code)
    return name, key


def _split(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The signed text with its last newline, and the signatures by name."""
    code = "checkpoint-unreadable"
    head, blank, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    if not blank or len(note) > LONGEST or not tail.endswith("\n") or len(lines) > _MOST_SIGNATURES:
        raise Invalid(code)
    try:
        return head + "\n", [_signature(line) for line in lines]
    except ValueError:
        raise Invalid(code) from None


def _signature(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = _decoded(encoded)
    if not line.startswith(_DASH) or not _NAME.fullmatch(name) or len(data) <= _ID:
        raise ValueError(line)
    return name, data


def _parse(text: str) -> Checkpoint:
    code = "checkpoint-unreadable"
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _HEADER or not all(lines) or not _NAME.fullmatch(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise Invalid(code)
    try:
        root = _decoded(lines[2])
    except ValueError:
        raise Invalid(code) from None
    if len(root) != HASH_BYTES:
        raise Invalid(code)
    return Checkpoint(lines[0], int(lines[1]), root)


def _require_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise Invalid("checkpoint-origin")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _decoded(text: str) -> bytes:
    """The bytes of base64 text; ValueError unless it is how we would write them."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if _encoded(data) != text:
        raise ValueError(text)
    return data
