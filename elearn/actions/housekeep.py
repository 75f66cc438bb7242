"""What an installation does for itself once a day: erase whose grace is over, drop what ended, draw figures, check file and record."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from elearn.actions import coalition, setup
from elearn.actions.erase import erase_due, sweep
from elearn.actions.record import Notary, make_checkpoint
from elearn.store.engine import Database

_CHECKS: Final = {False: "PRAGMA quick_check", True: "PRAGMA integrity_check"}


def housekeep(database: Database, *, now: datetime, notary: Callable[[], Notary] | None = None) -> tuple[str, ...]:
    """Do the daily work and give the codes of what an operator must look at (empty: all is well); a notary signs the record.

    A damaged file is marked and left as it is: nothing is written to it from then on, and nothing is mended in silence.
    """
    if not database_is_sound(database):
        database.forbid_writing()
    if database.is_read_only:
        return ("database-damaged",)
    erase_due(database, now=now)
    with database.transaction() as session:
        sweep(session, now=now)
        setup.drop_ended_codes(session, now=now)
        coalition.publish(session, now=now)
    found = []
    if notary is not None and not make_checkpoint(database, notary(), now=now).whole:
        found.append("record-broken")
    return tuple(found)


def database_is_sound(database: Database, *, thoroughly: bool = False) -> bool:
    """Whether SQLite finds its file in order, its indexes too if asked; other databases check themselves."""
    if not database.is_sqlite:
        return True
    try:
        with database.engine.connect() as connection:
            return list(connection.execute(text(_CHECKS[thoroughly])).scalars()) == ["ok"]
    except DatabaseError:
        return False
