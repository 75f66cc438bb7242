"""Asking for a mail that says that something is new in an account: only where somebody sends mails, and she wants them.

Nothing is asked for where mail is off, which is the default.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.store import jobs, settings
from elearn.store.base import hour
from elearn.store.contacts import wants_mail
from elearn.store.jobs import JobRow
from elearn.store.people import PersonRow

KIND: Final = "mail"
#: The next full hour: what happens meanwhile goes into the same mail, and nobody on the way sees when an admin did something.
_STEP: Final = timedelta(hours=1)


def is_on(session: Session) -> bool:
    """Whether somebody here sends mails."""
    return settings.find_setting(session, KIND) is not None


def switch_on(session: Session) -> None:
    """Let mails be asked for: whoever says this sends them."""
    settings.put_setting(session, KIND, {"on": True})


def switch_off(session: Session) -> None:
    """Let none be asked for, and drop those that wait. The session must see everyone."""
    settings.delete_setting(session, KIND)
    jobs.delete_jobs(session, KIND)


def ask_for(session: Session, person: PersonRow, now: datetime) -> None:
    """Let a person have a mail in the next hour if she wants any; one that waits already is enough."""
    if is_on(session) and wants_mail(session, person.id):
        hers = {"person_id": person.id, "organisation_id": person.organisation_id}
        jobs.put_job(session, JobRow(**hers, kind=KIND, due_at=hour(now) + _STEP, tries=0))


def call_off(session: Session, person_id: str) -> None:
    """Drop a mail that waits: she wants none any more."""
    jobs.delete_jobs(session, KIND, person_id=person_id)
