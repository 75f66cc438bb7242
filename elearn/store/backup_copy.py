"""A copy of a whole database as it stands at one moment, checked, and the way back into an empty one. No encryption, no rules.

SQLite is copied through its backup API, PostgreSQL through pg_dump and pg_restore, which never see a passphrase on their command line.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Select, func, inspect, make_url, select, text

from elearn.errors import Refused
from elearn.store.backup_seal import private_file
from elearn.store.engine import Database, sqlite_module
from elearn.store.filling import refuse_half_restored
from elearn.store.rows import METADATA

_SERVICE: Final = "qadam"
#: pg_dump reads through the wall between organisations, and takes the time it needs.
_SEE_ALL: Final = "-c elearn.everyone=on -c statement_timeout=0 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=0"
_REVISION: Final = "SELECT version_num FROM alembic_version"


@dataclass(frozen=True, slots=True)
class Contents:
    """What a database holds: the revision of its schema, and how many rows in each table."""

    schema: str
    counts: dict[str, int]


def kind_of(database: Database) -> str:
    """What kind of database this is, as a manifest names it."""
    return "sqlite" if database.is_sqlite else "postgresql"


def copy(database: Database, target: Path) -> Contents:
    """Copy the database, as it stands at one moment, into a new file; Refused when the copy is not sound or the tools are missing."""
    if not database.is_sqlite:
        return _dump(database, target)
    private_file(target).close()
    try:
        with closing(sqlite_module().connect(target)) as copied, closing(database.engine.raw_connection()) as source:
            driver: Any = source.dbapi_connection
            driver.backup(copied)  # all pages in one step: one moment, and writers go on
            copied.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    except sqlite_module().DatabaseError as error:
        raise Refused("database-damaged") from error
    return examine(target)


def examine(file: Path) -> Contents:
    """Look a SQLite file over from end to end; Refused("database-damaged") when anything in it is wrong."""
    try:
        with closing(sqlite_module().connect(file)) as opened:
            opened.execute("PRAGMA trusted_schema=OFF")
            opened.execute("PRAGMA cell_size_check=ON")
            sound = opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            if not sound or opened.execute("PRAGMA foreign_key_check").fetchall():
                raise Refused("database-damaged")
            there = {name for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            ((schema,),) = opened.execute(_REVISION).fetchall()
            tables = sorted(there & set(METADATA.tables))
            counts = {name: int(opened.execute(str(_count(name))).fetchone()[0]) for name in tables}
    except (sqlite_module().DatabaseError, ValueError) as error:
        raise Refused("database-damaged") from error
    return Contents(schema, counts)


def contents(database: Database) -> Contents:
    """What a database holds now."""
    with database.whole.connect() as connection:
        return _contents(connection)


def _contents(connection: Connection) -> Contents:
    tables = sorted(set(inspect(connection).get_table_names()) & set(METADATA.tables))
    counts = {name: connection.scalars(_count(name)).one() for name in tables}
    return Contents(connection.execute(text(_REVISION)).scalar_one(), counts)


def _count(table: str) -> Select[int]:
    return select(func.count()).select_from(METADATA.tables[table])


def _dump(database: Database, target: Path) -> Contents:
    """One snapshot for the counts and for pg_dump; Refused("database-half-restored") as well."""
    refuse_half_restored(database)
    private_file(target).close()
    steady = database.whole.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with steady.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        found = _contents(connection)
        words = ("--format=custom", "--compress=0", "--enable-row-security", f"--snapshot={snapshot}", f"--file={target}")
        _run("pg_dump", *words, database=database, folder=target.parent)
    return found


def load(file: Path, database: Database) -> None:
    """Fill an empty PostgreSQL database from a dump, all or nothing; Refused when the tools refuse."""
    _run("pg_restore", "--single-transaction", "--exit-on-error", str(file), database=database, folder=file.parent)


def _run(tool: str, *words: str, database: Database, folder: Path) -> None:
    path = shutil.which(tool)
    if path is None:
        raise Refused("tool-missing", tool=tool)
    with _service(database, folder) as (file, passphrase):
        surroundings = {"PATH": os.defpath, "HOME": str(Path.home()), "LC_ALL": "C", "PGSERVICEFILE": str(file)} | passphrase
        command = (path, f"--dbname=service={_SERVICE}", "--no-owner", "--no-privileges", *words)
        done = subprocess.run(command, env=surroundings, capture_output=True, check=False)  # noqa: S603 - our own words only
    if done.returncode:  # what the tool says may name people's rows: it is not repeated
        raise Refused("tool-failed", tool=tool, status=done.returncode)


@contextmanager
def _service(database: Database, folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """The connection as libpq reads it from a private file, and its passphrase for the environment of one child."""
    address = make_url(database.engine.url)
    known = {"host": address.host, "port": address.port, "user": address.username, "dbname": address.database}
    given = {key: value if isinstance(value, str) else " ".join(value) for key, value in address.query.items()}
    given["options"] = f"{given.get('options', '')} {_SEE_ALL}".strip()
    lines = [f"{key}={value}" for key, value in (known | given).items() if value not in (None, "")]
    if any("\n" in line for line in lines):
        raise Refused("database-url")
    file = folder / "service.conf"
    with private_file(file) as written:
        written.write("\n".join((f"[{_SERVICE}]", *lines, "")).encode())
    try:
        yield file, {"PGPASSWORD": address.password} if address.password else {}
    finally:
        file.unlink(missing_ok=True)


def sweep_folder(folder: Path) -> None:
    """Empty a working folder of ours of what an interrupted job left behind."""
    for left in folder.iterdir():
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
