"""Filling an empty PostgreSQL database: it bears a mark until all is done, so that nobody takes half of it for the whole.

What fails takes everything away again; who is killed in the middle leaves the mark. SQLite needs neither: a file is renamed at the end.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from elearn.errors import Refused
from elearn.store.alone import alone
from elearn.store.engine import Database

_MARK: Final = "half_restored"
#: Takes away what a restore makes: tables with all that hangs on them, then functions, but nothing that belongs to an extension.
_EMPTY: Final = """DO $$
DECLARE made record;
BEGIN
  FOR made IN SELECT oid::regclass AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
      AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
  LOOP EXECUTE 'DROP TABLE IF EXISTS ' || made.name || ' CASCADE'; END LOOP;
  FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND oid NOT IN (SELECT objid FROM pg_depend WHERE deptype = 'e')
  LOOP EXECUTE 'DROP ROUTINE IF EXISTS ' || made.name || ' CASCADE'; END LOOP;
END $$"""


@contextmanager
def filling(database: Database, *, keep: bool = True) -> Iterator[None]:
    """Fill an empty database inside the block: afterwards it holds all of it, or nothing, as always when it is not to be kept.

    One that bears the mark of a restore that was killed counts as empty. Refused("database-not-empty"), Refused("restore-running").
    """
    if database.is_sqlite:
        yield
        return
    with alone(database) as is_ours:
        if not is_ours:
            raise Refused("restore-running")
        _begin(database)
        try:
            yield
        except BaseException:
            with suppress(SQLAlchemyError):  # whoever asked hears of the first fault; the mark is still there
                _empty(database)
            raise
        (_finish if keep else _empty)(database)


def refuse_half_restored(database: Database) -> None:
    """Refused("database-half-restored") for one whose restore did not come to its end; a database that does not answer is let pass."""
    if database.is_sqlite:
        return
    with suppress(SQLAlchemyError), database.engine.connect() as connection:
        if inspect(connection).has_table(_MARK):
            raise Refused("database-half-restored")


def _begin(database: Database) -> None:
    with database.whole.begin() as connection:
        there = inspect(connection).get_table_names()
        if _MARK in there:
            connection.execute(text(_EMPTY))
        elif there:
            raise Refused("database-not-empty")
        connection.execute(text("CREATE TABLE half_restored ()"))


def _empty(database: Database) -> None:
    with database.whole.begin() as connection:
        connection.execute(text(_EMPTY))


def _finish(database: Database) -> None:
    with database.whole.begin() as connection:
        connection.execute(text("DROP TABLE half_restored"))
