"""Files that a command is given: a signed note, or lines of keys that are believed."""

from pathlib import Path
from typing import Final

import click

from elearn.credential.keys import PublicKey
from elearn.credential.note import LONGEST, read_key

FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


def read_text(file: Path) -> str:
    """What a file holds, no more of it than a note may be long."""
    return file.read_bytes()[: LONGEST + 1].decode("utf-8", "replace")


def read_key_lines(file: Path) -> tuple[PublicKey, ...]:
    """The keys of a file, a line each as `elearn audit key` prints them; Invalid `note-key`."""
    return tuple(read_key(line)[1] for line in read_text(file).splitlines() if line.strip())
