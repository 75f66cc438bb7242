"""What is kept of a person, given to her as JSON. Reads only; the edge asks for a fresh sign-in first."""

from collections.abc import Callable
from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.store.base import JsonObject, hour
from elearn.store.personal import PERSONAL, Personal, rows_of
from elearn.store.sessions import SignedIn

#: Opens a sealed cell of the person: by table, column and value; None where no key fits.
Opener = Callable[[str, str, bytes], str | None]


def export(session: Session, who: SignedIn, *, opener: Opener, now: datetime) -> JsonObject:
    """Everything shown of every table that holds something of her: {table: {purpose, retention, rows}}, ready for json.dumps."""
    tables = {
        part.table: {
            "purpose": part.purpose,
            "retention": part.retention,
            "rows": [
                {name: _plain(part, name, value, opener) for name, value in row.items()}
                for row in rows_of(session, part, who.person_id, organisation_id=who.organisation_id)
            ],
        }
        for part in reversed(PERSONAL)
        if part.shown
    }
    return {"format": 1, "made": hour(now).isoformat(), "organisation": who.organisation_name, "tables": tables}


def _plain(part: Personal, name: str, value: object, opener: Opener) -> object:
    if name in part.sealed and isinstance(value, bytes):
        return opener(part.table, name, value)
    return value.isoformat() if isinstance(value, date) else value
