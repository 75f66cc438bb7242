"""The database behind one URL: connections, pragmas, reading and writing transactions. No tables, no queries."""

import os
import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from elearn.store import read_only, row_security, standby, tenancy
from elearn.store.prepared import DIALECT, Writer
from elearn.store.read_only import ReadOnlyError
from elearn.store.sqlite_file import file_of, list_files, make_private
from elearn.store.together import TOGETHER, give_way

try:  # the wheel carries a current SQLite; Debian 12's own may corrupt a WAL file
    from pysqlite3 import dbapi2 as _sqlite
except ImportError:  # pragma: no cover - systems without the wheel
    _sqlite = sqlite3

_PRAGMAS: Final = ("foreign_keys=ON", "busy_timeout=10000", "trusted_schema=OFF", "secure_delete=ON", "temp_store=MEMORY")
_POSTGRES: Final = {
    "connect_timeout": 2,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 3000,
    "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=8000 -c idle_in_transaction_session_timeout=60000",
}

#: Connections of a process: kept, and opened beside them while they are in use. Whoever gets none in five seconds is told so.
_POOL: Final = {"pool_size": 5, "max_overflow": 10, "pool_timeout": 5}
MOST_CONNECTIONS: Final = _POOL["pool_size"] + _POOL["max_overflow"]


class Database:
    """One database; `read()` and `transaction()` give sessions, everything else is for migrations and jobs.

    `engine` sees no organisation, `whole` sees all: it is for what looks at the database as a whole, and writes.
    """

    def __init__(self, url: str) -> None:
        address = make_url(url)
        self.is_sqlite: bool = address.get_backend_name() == "sqlite"
        self.engine: Engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._idle: deque[PoolProxiedConnection] = deque()  # the one used last is taken first: its memory of pages is the newest
        self._mark = read_only.mark_beside(address)
        self.whole: Engine = self.engine.execution_options(begin="BEGIN IMMEDIATE", **row_security.WHOLE)
        self._write = _sessions(self.engine.execution_options(begin="BEGIN IMMEDIATE"))
        self._read = _sessions(self.engine if self.is_sqlite else self.engine.execution_options(postgresql_readonly=True))
        if not self.is_sqlite:
            row_security.attend(self.engine, self._write, self._read)

    @contextmanager
    def read(self, organisation_id: str | None = None) -> Iterator[Session]:
        """A session that cannot write; with an organisation it sees that one's rows."""
        with self._read() as session:
            session.info[tenancy.READ_ONLY] = True
            if organisation_id is not None:
                tenancy.bind(session, organisation_id)
            yield session

    @contextmanager
    def look(self, organisation_id: str = "", *, everyone: bool = False) -> Iterator[PoolProxiedConnection]:
        """A connection of the driver, for prepared statements; SQLite's are kept open, where only `write` begins a transaction.

        It sees one organisation; `everyone` is for statements that bind an unguessable key. Where writes share a commit it is theirs:
        nobody else can be writing meanwhile, so it sees what any other would.
        """
        others = TOGETHER.get()
        if others is not None and others.connection is not None:
            yield others.connection
            return
        connection = self._any_idle() or self.engine.raw_connection()
        try:
            if not self.is_sqlite:
                row_security.tell(connection, tenancy.Sight(organisation_id, everyone))
            yield connection
        except BaseException:
            connection.close()
            raise
        if self.is_sqlite:
            self._idle.append(connection)
        else:
            connection.close()

    def _any_idle(self) -> PoolProxiedConnection | None:
        try:
            return self._idle.pop()
        except IndexError:  # asked first, another thread might come between
            return None

    @contextmanager
    def transaction(self, organisation_id: str | None = None) -> Iterator[Session]:
        """A writing session: committed at the end of the block, rolled back by any exception; ReadOnlyError on a damaged file."""
        self._refuse_if_damaged()
        with self._write() as session:
            if organisation_id is not None:
                tenancy.bind(session, organisation_id)
            yield session
            session.flush()
            connection = session.connection()
            with self._confirmed(connection.connection):
                connection.commit()  # the session would give it to the next asker before it is known whether the standby confirmed

    @contextmanager
    def write(self, organisation_id: str, *, together: bool = False) -> Iterator[Writer]:
        """As `transaction`, for prepared statements only, straight on the driver: without what a session costs.

        SQLite uses the connection of `look`, whose memory of pages is then as new as the file. `together`: where requests of this
        moment share their commit, this write joins them; the request must not look at what it wrote.
        """
        others = TOGETHER.get() if self.is_sqlite and together else None
        if others is not None:
            with others.write(self._look_undamaged, organisation_id) as writer:
                yield writer
            return
        self._refuse_if_damaged()
        give_way()
        with self.look(organisation_id) as connection:
            try:
                if self.is_sqlite:
                    connection.cursor().execute("BEGIN IMMEDIATE")
                yield Writer(connection, organisation_id)
                with self._confirmed(connection):
                    connection.commit()
            except BaseException:
                if connection.is_valid:
                    connection.rollback()
                raise

    def _look_undamaged(self) -> AbstractContextManager[PoolProxiedConnection]:
        self._refuse_if_damaged()
        return self.look()

    @contextmanager
    def _confirmed(self, connection: PoolProxiedConnection) -> Iterator[None]:
        """A commit in this block was confirmed by the standby too, where there is one; else CommitUnsureError."""
        if self.is_sqlite:
            yield
            return
        with standby.confirmed(connection.info["notices"], connection, patience=standby.PATIENCE):
            yield

    @property
    def is_read_only(self) -> bool:
        """Whether this database is marked as damaged."""
        return self._mark is not None and os.access(
            self._mark, os.F_OK
        )  # each transaction asks this: a path object takes ten times as long

    def list_files(self) -> list[Path]:
        """The files of SQLite as they lie there now; none where a server keeps the database."""
        file = file_of(make_url(self.engine.url))
        return list_files(file) if file else []

    def forbid_writing(self) -> None:
        """Mark the database as damaged: from now on no process writes to it."""
        if self._mark is not None:
            self._mark.touch(mode=0o600)

    def allow_writing(self) -> None:
        """Take the mark away; whoever asks for this has looked whether the file is sound."""
        if self._mark is not None:
            self._mark.unlink(missing_ok=True)

    def _refuse_if_damaged(self) -> None:
        if self.is_read_only:
            raise ReadOnlyError("read-only")

    def scrub(self) -> None:
        """Let what was deleted leave the files too: SQLite's log is emptied; PostgreSQL's vacuum does this by itself in time."""
        if self.is_sqlite:
            with self.engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close all connections."""
        while self._idle:
            self._idle.pop().close()
        self.engine.dispose()


def wal_is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix of the WAL-reset fault (3.51.3, 3.50.7, 3.44.6)."""
    return version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51) or (3, 44, 6) <= version < (3, 45)


def journal(version: tuple[int, ...]) -> tuple[str, str]:
    """Journal mode and synchronous level that lose nothing on this SQLite."""
    return ("WAL", "FULL") if wal_is_safe(version) else ("DELETE", "EXTRA")


def _sessions(engine: Engine) -> sessionmaker[Session]:
    maker = sessionmaker(engine, expire_on_commit=False)
    event.listen(maker, "do_orm_execute", tenancy.guard_query)
    event.listen(maker, "before_flush", tenancy.guard_flush)
    return maker


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, module=_sqlite, hide_parameters=True, connect_args={"isolation_level": None, "check_same_thread": False})
    mode, level = journal(tuple(_sqlite.sqlite_version_info))
    file = file_of(make_url(url))

    def before_connect(*_words: object) -> None:
        if file is not None:
            make_private(file)

    def on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info[DIALECT] = engine.dialect
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"journal_mode={mode}", f"synchronous={level}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def on_begin(connection: Connection) -> None:
        # straight on the driver: it is neither a statement of ours nor worth the cost of one
        word = connection.get_execution_options().get("begin", "BEGIN")
        if word != "BEGIN":
            give_way()
        connection.connection.cursor().execute(word)

    event.listen(engine, "do_connect", before_connect)
    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _postgres_engine(url: str) -> Engine:
    given = make_url(url).query.get("options", "")  # such as the role to act in
    options = f"{given if isinstance(given, str) else ' '.join(given)} {_POSTGRES['options']}".strip()
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=_POSTGRES | {"options": options}, **_POOL)

    def on_connect(connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver is an optional extra
        record.info[DIALECT] = engine.dialect
        notices: list[str] = record.info.setdefault("notices", [])
        connection.add_notice_handler(lambda notice: notices.append(notice.sqlstate or ""))

    event.listen(engine, "connect", on_connect)
    return engine


def sqlite_module() -> ModuleType:
    """The SQLite driver in use, for backups and checks beside the engine."""
    module: ModuleType = _sqlite
    return module
