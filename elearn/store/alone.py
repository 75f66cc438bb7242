"""One at a time: work that several processes may begin at the same moment, and only one of them shall do. Rows and rules stand elsewhere.

The lock goes with its process: whoever is killed in the middle keeps nobody out.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from elearn.store.engine import Database

#: The number of the advisory lock on PostgreSQL; that of the record is another one.
_LOCK: Final = 0x51414442


@contextmanager
def alone(database: Database) -> Iterator[bool]:
    """Whether nobody else is inside such a block on this database; nobody waits. The block may take as long as it needs.

    PostgreSQL keeps an advisory lock for a connection that is open meanwhile, SQLite's folder is locked, which leaves no file behind.
    """
    with _alone_on_server(database) if not database.is_sqlite else _alone_in_folder(database) as locked:
        yield locked


@contextmanager
def _alone_on_server(database: Database) -> Iterator[bool]:
    # no transaction: an idle one is ended by the server after a minute
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        locked = bool(connection.scalar(select(func.pg_try_advisory_lock(_LOCK))))
        try:
            yield locked
        finally:
            if locked:  # the connection goes back to the pool and would keep it
                connection.scalar(select(func.pg_advisory_unlock(_LOCK)))


@contextmanager
def _alone_in_folder(database: Database) -> Iterator[bool]:
    handle = os.open(Path(database.engine.url.database or ".").parent, os.O_RDONLY)
    try:
        yield _locked(handle)
    finally:
        fcntl.flock(handle, fcntl.LOCK_UN)  # closing is not enough: a process forked meanwhile has the folder open too
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
