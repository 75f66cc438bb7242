"""The addresses of an installation on a day, as a signed note: who holds the key tells a true list from a false one, without a network.

Pure. The first line holds a space, which no checkpoint's does: what was signed as one is never read as the other.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from elearn.credential import note as notes
from elearn.credential.keys import PublicKey, SigningKey
from elearn.errors import Invalid

#: fresh: signed lately; old: so long ago that an address in it may be somebody else's by now; early: later than the asker's own day.
Age = Literal["fresh", "old", "early"]

#: A list is signed anew every day, so an older one is not what the site shows now.
FRESH: Final = timedelta(days=30)
#: Clocks and zones differ.
_SKEW: Final = timedelta(days=1)
MOST: Final = 50
_BEGINNING: Final = "addresses of "
_ADDRESS: Final = re.compile(r"https?://[!-~]{1,300}")
_HEADER: Final = 2


@dataclass(frozen=True, slots=True)
class MirrorList:
    """Where an installation can be reached, as said on a day: `origin` names its record, the main address comes first."""

    origin: str
    day: date
    addresses: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text that is signed."""
        return "".join(f"{line}\n" for line in (f"{_BEGINNING}{self.origin}", self.day.isoformat(), *self.addresses))

    def age(self, today: date) -> Age:
        """How the list is to be taken on a day."""
        if self.day > today + _SKEW:
            return "early"
        return "old" if self.day < today - FRESH else "fresh"


def write(made: MirrorList, key: SigningKey) -> str:
    """The signed note. Invalid `mirrors-form` for addresses that it cannot hold, `note-name` for such a name."""
    if not _are_addresses(made.addresses):
        raise Invalid("mirrors-form")
    return notes.write(made.text, made.origin, key)


def read(note: str, keys: Iterable[PublicKey]) -> MirrorList:
    """The list in a note that one of these keys signed; Invalid `mirrors-unreadable`, or `mirrors-unsigned` as for a checkpoint."""
    try:
        found = notes.parse(note)
        made = _parse(found.text)
    except ValueError:
        raise Invalid("mirrors-unreadable") from None
    if not found.is_signed(made.origin, keys):
        raise Invalid("mirrors-unsigned")
    return made


def _parse(text: str) -> MirrorList:
    lines = text.removesuffix("\n").split("\n")
    if len(lines) < _HEADER:
        raise ValueError(text)
    first, day, *addresses = lines
    origin = first.removeprefix(_BEGINNING)
    if not notes.is_name(origin) or not _are_addresses(addresses):
        raise ValueError(first)
    made = MirrorList(origin, date.fromisoformat(day), tuple(addresses))
    if made.text != text:
        raise ValueError(day)
    return made


def _are_addresses(lines: Iterable[str]) -> bool:
    found = list(lines)
    return 0 < len(found) <= MOST and all(_ADDRESS.fullmatch(line) for line in found)
