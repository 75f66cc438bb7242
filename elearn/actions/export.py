"""What is kept of a person, given to her as JSON. Reads only; the edge asks for a fresh sign-in first."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from elearn.store.base import JsonObject, hour
from elearn.store.personal import PERSONAL, rows_of
from elearn.store.sessions import SignedIn


def export(session: Session, who: SignedIn, *, now: datetime) -> JsonObject:
    """Everything shown of every table that holds something of her: {table: {purpose, retention, rows}}, ready for json.dumps."""
    tables = {
        part.table: {
            "purpose": part.purpose,
            "retention": part.retention,
            "rows": [
                {name: _plain(value) for name, value in row.items()}
                for row in rows_of(session, part, who.person_id, organisation_id=who.organisation_id)
            ],
        }
        for part in reversed(PERSONAL)
        if part.shown
    }
    return {"format": 1, "made": hour(now).isoformat(), "organisation": who.organisation_name, "tables": tables}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
