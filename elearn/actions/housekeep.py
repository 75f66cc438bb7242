"""What an installation does for itself once a day: erase whose grace is over, drop what ended, draw figures, check file and record."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from elearn.actions import coalition, setup
from elearn.actions.erase import erase_due, sweep
from elearn.actions.record import Notary, find_state, make_checkpoint
from elearn.store.alone import alone
from elearn.store.engine import Database
from elearn.store.settings import find_setting, put_setting

#: The setting that says on which day the work was done last.
_DONE: Final = "housekeeping"
_CHECKS: Final = {False: "PRAGMA quick_check", True: "PRAGMA integrity_check"}


def housekeep(database: Database, *, now: datetime, notary: Callable[[], Notary] | None = None) -> tuple[str, ...]:
    """Do the daily work unless it was done today, and give the codes of what an operator must look at (empty: all is well).

    A damaged file is marked and left as it is: nothing is written to it from then on, and nothing is mended in silence.
    Of several servers on one database one does the work; the others, and one that is started again, tell what it found.
    """
    if not database_is_sound(database):
        database.forbid_writing()
    if database.is_read_only:
        return ("database-damaged",)
    with alone(database) as is_ours:
        if is_ours and not _is_done(database, now):
            _do_chores(database, now=now, notary=notary)
    with database.read() as session:
        state = find_state(session)
    return () if state is None or state.whole else ("record-broken",)


def _is_done(database: Database, now: datetime) -> bool:
    with database.read() as session:
        done = find_setting(session, _DONE)
    return done is not None and done["day"] == now.date().isoformat()


def _do_chores(database: Database, *, now: datetime, notary: Callable[[], Notary] | None) -> None:
    """All of it; what fails is raised, and then the day does not count as done. A notary signs the record."""
    erase_due(database, now=now)
    with database.transaction() as session:
        sweep(session, now=now)
        setup.drop_ended_codes(session, now=now)
        coalition.publish(session, now=now)
    if notary is not None:
        make_checkpoint(database, notary(), now=now)
    with database.transaction() as session:
        put_setting(session, _DONE, {"day": now.date().isoformat()})


def database_is_sound(database: Database, *, thoroughly: bool = False) -> bool:
    """Whether SQLite finds its file in order, its indexes too if asked; other databases check themselves."""
    if not database.is_sqlite:
        return True
    try:
        with database.engine.connect() as connection:
            return list(connection.execute(text(_CHECKS[thoroughly])).scalars()) == ["ok"]
    except DatabaseError:
        return False
