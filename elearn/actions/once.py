"""Doing a thing once though its form comes twice."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.errors import Conflict, Invalid
from elearn.store.base import JsonObject
from elearn.store.one_time import claim_key, find_key, get_key

_SHORTEST: Final = 16
_LONGEST: Final = 128


def once(session: Session, key: str, person_id: str, deed: str, act: Callable[[], JsonObject], *, now: datetime) -> JsonObject:
    """What `act` returns, which is done at most once for a key; Conflict when the key served another person or deed.

    The result is kept: it must hold no secret. A rival with the same key waits and gets the first one's result.
    """
    if not _SHORTEST <= len(key) <= _LONGEST:
        raise Invalid("bad-form-key")
    claimed = claim_key(session, key, person_id=person_id, deed=deed, at=now)
    row = get_key(session, key)
    if (row.person_id, row.deed) != (person_id, deed):
        raise Conflict("form-key-used")
    if not claimed:
        return row.result or {}
    result = act()
    row.result = result
    session.flush()
    return result


def has_come(session: Session, key: str) -> bool:
    """Whether a form with this key has done its work, so that nothing has to be prepared for it."""
    return find_key(session, key) is not None
