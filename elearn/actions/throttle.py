"""Slowing down guessers: tries are counted before they are made, so that many at once gain nothing.

Windows slide: whenever one looks back five minutes, an hour or a day, there are never more tries in them than there may be.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Final

from sqlalchemy.orm import Session

from elearn.errors import Refused
from elearn.store.counters import claim_counter, delete_counter

DAY: Final = timedelta(days=1)
_MINUTES: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many tries fit in which windows, the shortest first, none longer than a day.

    From the `patient`-th try of the shortest on, each doubles the wait, up to `longest`.
    """

    bounds: tuple[tuple[timedelta, int], ...] = ((_MINUTES, 10), (DAY, 50))
    patient: int = 3
    longest: timedelta = timedelta(minutes=1)


SIGN_IN: Final = Limits()
#: Codes are short: fewer tries in a short window, and an hour that has its own bound (safety requirement 30).
FACTOR: Final = Limits(bounds=((_MINUTES, 5), (timedelta(hours=1), 20), (DAY, 50)))


def bucket(name: str) -> str:
    """A coarse key for a typed name: 32 bits of its hash, too few to give away what somebody typed into the wrong field."""
    return hashlib.sha256(name.encode()).hexdigest()[:8]


def count_try(session: Session, key: str, *, now: datetime, limits: Limits = SIGN_IN) -> None:
    """Count a try under a key before it is made; Refused("too-many-tries", seconds=…) without counting when it may not be made yet."""
    counter = claim_counter(session, key, now)
    tries = _within(counter.tries, DAY, now)
    until = max(counter.wait_until, *(_free_at(tries, window, most) for window, most in limits.bounds))
    if until > now:
        raise Refused("too-many-tries", seconds=int((until - now).total_seconds()) + 1)
    counter.tries = sorted([*tries, ceil(now.timestamp())])  # up, never down: no try leaves a window too early
    counter.last_at = now
    counter.wait_until = now + _delay(len(_within(counter.tries, limits.bounds[0][0], now)), limits)


def forget(session: Session, person_id: str) -> None:
    """Drop the counter that is kept under the id of a person."""
    delete_counter(session, factor_key(person_id))


def factor_key(person_id: str) -> str:
    """The key of the tries at a person's second factor."""
    return f"factor:{person_id}"


def forgive(session: Session, key: str, *, now: datetime) -> None:
    """Take back the try that succeeded; those that failed before it stay counted."""
    counter = claim_counter(session, key, now)
    counter.tries = counter.tries[:-1]
    counter.wait_until = now


def _within(tries: list[int], window: timedelta, now: datetime) -> list[int]:
    """The tries that lie in the window which ends now."""
    return [second for second in tries if second + window.total_seconds() > now.timestamp()]


def _free_at(tries: list[int], window: timedelta, most: int) -> datetime:
    """When there is room in a window for one try more."""
    if len(tries) < most:
        return datetime.min.replace(tzinfo=UTC)
    return datetime.fromtimestamp(tries[-most], UTC) + window


def _delay(tries: int, limits: Limits) -> timedelta:
    if tries < limits.patient:
        return timedelta(0)
    return min(timedelta(seconds=2.0 ** (tries - limits.patient)), limits.longest)
