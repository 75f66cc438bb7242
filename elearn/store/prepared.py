"""Statements compiled once and run straight on the driver: the reads that begin every page of a signed-in reader, the save of an answer.

They must bind the organisation, or one unguessable key, themselves: the wall of elearn.store.tenancy does not stand here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import JSON, Dialect, Insert, Select
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.types import TypeEngine

from elearn.store.base import UtcTime

#: Where a pooled connection keeps the dialect it speaks.
DIALECT: Final = "dialect"
#: What most JSON columns hold.
_EMPTY: Final[dict[str | None, Callable[[], object]]] = {"{}": dict, "[]": list}


@dataclass(frozen=True, slots=True)
class Writer:
    """A writing transaction under way on a connection of the driver; what it runs must bind this organisation."""

    connection: PoolProxiedConnection
    organisation_id: str

    @property
    def locks_rows(self) -> bool:
        """Whether others may be writing at the same time, so that a row to be changed must be locked."""
        return cast("Dialect", self.connection.info[DIALECT]).name != "sqlite"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in one dialect: its text, the order of its parameters (None: by name), constants, what reads and writes which values."""

    sql: str
    names: list[str] | None
    constants: dict[str, Any]
    readers: list[tuple[int, Any]]
    writers: list[tuple[str, Any]]


class Prepared:
    """One statement; values come back as the columns' types say. Takes an eighth of the time of an execution by SQLAlchemy."""

    def __init__(self, statement: Select[Any] | Insert) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: PoolProxiedConnection, given: dict[str, str]) -> list[tuple[Any, ...]]:
        """The rows for these parameters, all of them texts."""
        ready = self._for(connection)
        cursor = connection.cursor()
        try:
            self._execute(cursor, ready, ready.constants | given)
            found = cursor.fetchall()
        finally:
            cursor.close()
        return [_read(row, ready.readers) for row in found]

    def run(self, connection: PoolProxiedConnection, given: dict[str, Any]) -> None:
        """Run it for these values, as the types of their columns take them; nothing comes back."""
        ready = self._for(connection)
        values = ready.constants | given
        for name, write in ready.writers:
            values[name] = write(values[name])
        cursor = connection.cursor()
        try:
            self._execute(cursor, ready, values)
        finally:
            cursor.close()

    @staticmethod
    def _execute(cursor: DBAPICursor, ready: _Ready, values: dict[str, Any]) -> None:
        cursor.execute(ready.sql, values if ready.names is None else [values[name] for name in ready.names])

    def _for(self, connection: PoolProxiedConnection) -> _Ready:
        dialect = cast("Dialect", connection.info[DIALECT])
        return self._ready.get(dialect.name) or self._prepare(dialect)

    def _prepare(self, dialect: Dialect) -> _Ready:
        compiled: Any = self._statement.compile(dialect=dialect)
        columns = enumerate(self._statement.selected_columns if isinstance(self._statement, Select) else ())
        all_readers = [(place, _reader(column.type, dialect)) for place, column in columns]
        readers = [(place, read) for place, read in all_readers if read is not None]
        writers = [] if isinstance(self._statement, Select) else list(compiled._bind_processors.items())  # noqa: SLF001 - as SQLAlchemy itself
        ready = _Ready(str(compiled), compiled.positiontup, dict(compiled.params), readers, writers)
        self._ready[dialect.name] = ready
        return ready


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of this type of what the driver gives; the two types that SQLite keeps as text are read straight."""
    if dialect.name == "sqlite" and isinstance(kind, UtcTime):
        return _read_time
    if dialect.name == "sqlite" and isinstance(kind, JSON):
        return _read_json
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _read_time(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")


def _read_json(stored: str | None) -> object:
    if stored in _EMPTY:
        return _EMPTY[stored]()
    return None if stored is None else json.loads(stored)


def _read(row: tuple[Any, ...], readers: list[tuple[int, Any]]) -> tuple[Any, ...]:
    values = list(row)
    for place, read in readers:
        values[place] = read(values[place])
    return tuple(values)
