"""The files of a SQLite database: where they are, and that nobody but the account that serves can read them."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL

_LOG: Final = ("-wal", "-shm")


def file_of(address: URL) -> Path | None:
    """The file of a database, or None where there is none: in memory, or on a server."""
    file = address.database or ""
    plain = address.get_backend_name() == "sqlite" and file not in ("", ":memory:") and not file.startswith("file:")
    return Path(file) if plain else None


def make_private(file: Path) -> None:
    """Make the file before SQLite does, which would let everybody read it; SQLite gives its log the mode of the file.

    One that is there stays as it is. Where none can be made, SQLite says so itself.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def list_files(file: Path) -> list[Path]:
    """The file and what lies beside it now."""
    return [one for one in (file, *(file.with_name(file.name + end) for end in _LOG)) if one.exists()]
