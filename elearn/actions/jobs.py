"""Doing later what a deed asked for: taken on lease, done outside of any transaction, tried again with growing delay, given up at last.

Who takes a job and dies leaves it to the next when the lease is over: so a job may be done twice, but is never lost.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from elearn.errors import ElearnError, Unavailable
from elearn.store import jobs
from elearn.store.engine import Database
from elearn.store.tenancy import everyone

#: Longer than any job may take.
LEASE: Final = timedelta(minutes=15)
#: The first wait after a failure; each further one is twice as long.
WAIT: Final = timedelta(minutes=5)
MOST_TRIES: Final = 8
#: What was given up is not asked for again at once.
_REST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Job:
    """One thing to be done, taken on lease; `tries`: how often it was begun, this time included."""

    kind: str
    person_id: str
    organisation_id: str
    due_at: datetime
    tries: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a job: done if there is no code; `away`: others would fare no better now."""

    code: str = ""
    away: bool = False


#: Does a job and says until when the next of its kind for the same person must wait.
#: Unavailable: not now, any other error with a code: never; without one something broke: again when the lease is over.
Work = Callable[[Job], datetime | None]


def work_one(database: Database, kinds: Mapping[str, Work], *, now: datetime) -> Outcome | None:
    """Do what is longest due of these kinds, or None if nothing is."""
    job = _claim(database, kinds, now)
    if job is None:
        return None
    try:
        rests_until = kinds[job.kind](job)
    except Unavailable as error:
        if job.tries >= MOST_TRIES:
            _settle(database, job, rests_until=now + _REST)
        else:
            _put_back(database, job, now + WAIT * 2 ** (job.tries - 1))
        return Outcome(error.code, away=True)
    except ElearnError as error:
        _settle(database, job, rests_until=now + _REST)
        return Outcome(error.code)
    except Exception:
        if job.tries >= MOST_TRIES:  # what breaks each time is not begun for ever
            _settle(database, job, rests_until=now + _REST)
        raise
    _settle(database, job, rests_until=rests_until)
    return Outcome()


def _claim(database: Database, kinds: Mapping[str, Work], now: datetime) -> Job | None:
    with database.read() as session, everyone(session):
        if not jobs.has_due_job(session, kinds, now):  # most of the time: then nothing is written
            return None
    with database.transaction() as session, everyone(session):
        row = jobs.claim_job(session, kinds, now)
        if row is None or row.due_at is None:
            return None
        row.leased_until = now + LEASE
        row.tries += 1
        return Job(row.kind, row.person_id, row.organisation_id, row.due_at, row.tries)


def _settle(database: Database, job: Job, *, rests_until: datetime | None) -> None:
    """It is over; what was asked for meanwhile stays, but keeps the rest."""
    with database.transaction(job.organisation_id) as session:
        row = jobs.find_job(session, job.kind, job.person_id, for_update=True)
        if row is None:  # she was erased, or wants it no more
            return
        row.leased_until, row.rests_until = None, rests_until
        if row.due_at == job.due_at or row.due_at is None:
            row.due_at, row.tries = None, 0
        elif rests_until is not None:
            row.due_at = max(row.due_at, rests_until)


def _put_back(database: Database, job: Job, due_at: datetime) -> None:
    with database.transaction(job.organisation_id) as session:
        row = jobs.find_job(session, job.kind, job.person_id, for_update=True)
        if row is not None:
            row.leased_until, row.due_at = None, due_at
