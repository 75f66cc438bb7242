"""Checkpoints of a growing record: a Merkle tree head as a signed note, in the forms C2SP signed-note and tlog-checkpoint.

Pure: keys are arguments, and what the leaves are is decided elsewhere. Any tool for such notes can check one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from elearn.credential import note as notes
from elearn.credential.keys import PublicKey, SigningKey
from elearn.credential.tree import HASH_BYTES
from elearn.errors import Invalid

_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,17}")
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
        return f"{self.origin}\n{self.size}\n{notes.encoded(self.root)}\n"

    @property
    def short(self) -> str:
        """Size and the first 16 hex digits of the root, to be printed on paper and compared by eye."""
        return f"{self.size} {self.root.hex()[:16]}"


def write(checkpoint: Checkpoint, key: SigningKey) -> str:
    """The signed note; its signature line bears the name of the origin. Invalid `note-name` for a name the form cannot hold."""
    return notes.write(checkpoint.text, checkpoint.origin, key)


def read(note: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint of a note that one of these keys signed under its origin.

    Raises Invalid `checkpoint-unreadable`, or `checkpoint-unsigned` when no known key has signed it or a known one did not sign this.
    Lines of other signers (witnesses) are left alone.
    """
    try:
        found = notes.parse(note)
        checkpoint = _parse(found.text)
    except ValueError:
        raise Invalid("checkpoint-unreadable") from None
    if not found.is_signed(checkpoint.origin, keys):
        raise Invalid("checkpoint-unsigned")
    return checkpoint


def _parse(text: str) -> Checkpoint:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _HEADER or not all(lines) or not notes.is_name(lines[0]) or not _SIZE.fullmatch(lines[1]):
        raise ValueError(lines[0])
    root = notes.decoded(lines[2])
    if len(root) != HASH_BYTES:
        raise ValueError(lines[2])
    return Checkpoint(lines[0], int(lines[1]), root)
