"""Sending the mail that a person is owed, if it still says something true: her address opened for this moment, in her language."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy.orm import Session

from elearn.actions import contact
from elearn.actions.contact import Seals
from elearn.actions.jobs import Job
from elearn.store.account_notices import list_notices
from elearn.store.base import hour
from elearn.store.engine import Database
from elearn.store.people import list_people_by_id

#: Nobody gets two within a day.
REST: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says, in one language."""

    subject: str
    body: str


class Post(Protocol):
    """Who carries mails; Unavailable: not now, Refused: never to this address."""

    def send(self, address: str, words: Words, *, now: datetime) -> None:
        """Hand one mail over for one address."""


@dataclass(frozen=True, slots=True)
class Sender:
    """What is needed to send: keys of kept addresses, words by language, the post."""

    seals: Seals
    words: Callable[[str], Words]
    post: Post


def deliver(database: Database, job: Job, sender: Sender, *, now: datetime) -> datetime | None:
    """Send what a job asks for, unless she has read everything, left or wants none any more; until when the next must wait."""
    with database.read(job.organisation_id) as session:
        found = _recipient(session, job.person_id, sender.seals)
    if found is None:
        return None
    address, language = found
    sender.post.send(address, sender.words(language), now=now)
    return hour(now) + REST  # kept no finer than the hour


def _recipient(session: Session, person_id: str, seals: Seals) -> tuple[str, str] | None:
    """Address and language of whoever is still to be told something, or None."""
    people = [person for person in list_people_by_id(session, [person_id]) if person.state == "active"]
    if not people or not list_notices(session, person_id, limit=1):
        return None
    address = contact.mail_address(session, person_id, seals=seals)
    return (address, people[0].language) if address else None
