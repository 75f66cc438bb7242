"""Signed notes in the C2SP form signed-note: a text, and below it lines by which keys vouch for it. What a text says is read elsewhere.

Pure: keys are arguments. Any tool for such notes can check one.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from elearn.credential.keys import KEY_BYTES, PublicKey, SigningKey
from elearn.errors import Invalid

#: Ed25519 in the list of signature types of the specification.
_ED25519: Final = b"\x01"
_ID: Final = 4
_DASH: Final = "\N{EM DASH} "
#: Bounds of what is read: the specification asks for 16 signatures at least, and some are long.
LONGEST: Final = 100_000
_MOST_SIGNATURES: Final = 100
_NAME: Final = re.compile(r"[^\s+\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line break, and the signatures below it by name."""

    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def is_signed(self, name: str, keys: Iterable[PublicKey]) -> bool:
        """Whether one of these keys signed the text under this name, and none of them something else.

        Lines of other signers (witnesses) are left alone.
        """
        known = {key_hash(name, key): key for key in keys}
        ours = [(known[data[:_ID]], data[_ID:]) for signer, data in self.signatures if signer == name and data[:_ID] in known]
        return bool(ours) and all(key.verifies(signature, self.text.encode()) for key, signature in ours)


def is_name(text: str) -> bool:
    """Whether a signature line can bear this name."""
    return _NAME.fullmatch(text) is not None


def write(text: str, name: str, key: SigningKey) -> str:
    """The text, signed under a name; Invalid `note-name` for a name the form cannot hold."""
    _require_name(name)
    return f"{text}\n{_DASH}{name} {encoded(key_hash(name, key.public) + key.sign(text.encode()))}\n"


def parse(note: str) -> Note:
    """Text and signatures of a note, none of them checked; ValueError when it has not the form."""
    head, blank, tail = note.rpartition("\n\n")
    lines = tail.removesuffix("\n").split("\n")
    if not blank or len(note) > LONGEST or not tail.endswith("\n") or len(lines) > _MOST_SIGNATURES:
        raise ValueError(note[:_ID])
    return Note(head + "\n", tuple(_signature(line) for line in lines))


def key_hash(name: str, key: PublicKey) -> bytes:
    """The four bytes by which a signature line names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_ID]


def write_key(name: str, key: PublicKey) -> str:
    """A public key with the name it signs under, in the form that tools for signed notes read: `name+hash+key`."""
    _require_name(name)
    return f"{name}+{key_hash(name, key).hex()}+{encoded(_ED25519 + key.raw)}"


def read_key(line: str) -> tuple[str, PublicKey]:
    """Name and key of such a line; Invalid `note-key`."""
    code = "note-key"
    name, _, rest = line.strip().partition("+")
    hashed, _, coded = rest.partition("+")
    try:
        data = decoded(coded)
    except ValueError:
        raise Invalid(code) from None
    key = PublicKey(data[1:])
    good = is_name(name) and data[:1] == _ED25519 and len(key.raw) == KEY_BYTES
    if not good or key_hash(name, key).hex() != hashed:
        raise Invalid(code)
    return name, key


def encoded(data: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(data).decode("ascii")


def decoded(text: str) -> bytes:
    """The bytes of base64 text; ValueError unless it is how we would write them."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(text) from error
    if encoded(data) != text:
        raise ValueError(text)
    return data


def _signature(line: str) -> tuple[str, bytes]:
    name, _, coded = line.removeprefix(_DASH).partition(" ")
    data = decoded(coded)
    if not line.startswith(_DASH) or not is_name(name) or len(data) <= _ID:
        raise ValueError(line)
    return name, data


def _require_name(name: str) -> None:
    if not is_name(name):
        raise Invalid("note-name")
