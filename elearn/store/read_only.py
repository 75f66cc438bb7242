"""Read-only mode: a mark beside a damaged SQLite file, which every writing transaction looks for. Nothing here repairs anything.

Looking costs a microsecond; every process of the server sees the mark at its next transaction.
"""

from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.exc import SQLAlchemyError

_SUFFIX: Final = ".read-only"


class ReadOnlyError(SQLAlchemyError):
    """Nothing is written while the database is marked as damaged; reading goes on."""


def mark_beside(address: URL) -> Path | None:
    """Where the mark of a database stands, if it is a SQLite file; other databases look after themselves."""
    file = address.database
    return Path(f"{file}{_SUFFIX}") if address.get_backend_name() == "sqlite" and file and file != ":memory:" else None
