"""Slowing down guessers: tries are counted before they are made, so that many at once gain nothing."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.errors import Refused
from elearn.store.counters import SignInCounterRow, claim_counter, delete_counter

DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tries fit in a window and in a day; from the `patient`-th on, each doubles the wait, up to `longest`."""

    window: timedelta = timedelta(minutes=5)
    per_window: int = 10
    per_day: int = 50
    patient: int = 3
    longest: timedelta = timedelta(minutes=1)


SIGN_IN: Final = Limits()
#: Codes are short: fewer tries in a short window, and an hour that has its own (safety requirement 30).
FACTOR: Final = Limits(per_window=5)
_FACTOR_HOUR: Final = Limits(window=timedelta(hours=1), per_window=20, patient=1_000)


def bucket(name: str) -> str:
    """A coarse key for a typed name: 32 bits of its hash, too few to give away what somebody typed into the wrong field."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def count_try(session: Session, key: str, *, now: datetime, limits: Limits = SIGN_IN) -> None:
    """Count a try under a key before it is made; Refused("too-many-tries", seconds=…) without counting when it may not be made yet."""
    counter = claim_counter(session, key, now)
    _begin_again(counter, now, limits)
    waits = [counter.wait_until]
    if counter.window_count >= limits.per_window:
        waits.append(counter.window_at + limits.window)
    if counter.day_count >= limits.per_day:
        waits.append(counter.day_at + DAY)
    if (until := max(waits)) > now:
        raise Refused("too-many-tries", seconds=int((until - now).total_seconds()) + 1)
    counter.window_count += 1
    counter.day_count += 1
    counter.wait_until = now + _delay(counter.window_count, limits)


def count_factor_try(session: Session, key: str, *, now: datetime) -> None:
    """Count a try at a second factor as `count_try` does, in five minutes, an hour and a day."""
    count_try(session, key, now=now, limits=FACTOR)
    count_try(session, _hour_key(key), now=now, limits=_FACTOR_HOUR)


def forgive_factor_try(session: Session, key: str, *, now: datetime) -> None:
    """Take back the try at a second factor that succeeded."""
    forgive(session, key, now=now)
    forgive(session, _hour_key(key), now=now)


def forget(session: Session, person_id: str) -> None:
    """Drop the counters that are kept under the id of a person."""
    key = factor_key(person_id)
    for name in (key, _hour_key(key)):
        delete_counter(session, name)


def factor_key(person_id: str) -> str:
    """The key of the tries at a person's second factor."""
    return f"factor:{person_id}"


def _hour_key(key: str) -> str:
    return f"{key}:hour"


def forgive(session: Session, key: str, *, now: datetime) -> None:
    """Take back the try that succeeded; those that failed before it stay counted."""
    counter = claim_counter(session, key, now)
    counter.window_count = max(0, counter.window_count - 1)
    counter.day_count = max(0, counter.day_count - 1)
    counter.wait_until = now


def _begin_again(counter: SignInCounterRow, now: datetime, limits: Limits) -> None:
    if now - counter.window_at >= limits.window:
        counter.window_at, counter.window_count = now, 0
    if now - counter.day_at >= DAY:
        counter.day_at, counter.day_count = now, 0


def _delay(tries: int, limits: Limits) -> timedelta:
    if tries < limits.patient:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** (tries - limits.patient)), limits.longest)
