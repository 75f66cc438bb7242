"""Read-only mode: a mark beside a damaged SQLite file, which every writing transaction looks for. Nothing here repairs anything.

Looking costs a microsecond; every process of the server sees the mark at its next transaction.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

from elearn.store.sqlite_file import file_of

_SUFFIX: Final = ".read-only"


class ReadOnlyError(SQLAlchemyError):
    """Nothing is written while the database is marked as damaged; reading goes on."""


def mark_beside(address: URL) -> Path | None:
    """Where the mark of a database stands, if it is a SQLite file; other databases look after themselves."""
    file = file_of(address)
    return Path(f"{file}{_SUFFIX}") if file else None
