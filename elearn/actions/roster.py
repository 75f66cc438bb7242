"""The list of an organisation's people as a file: pseudonyms and progress, no handles; names only where that was agreed to."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import approval, contact, notices
from elearn.actions.contact import Contact, Seals
from elearn.store import audit, roster
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressSummaryRow

#: More people than this do not fit into one file.
MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class RosterCourse:
    """Where somebody stands in one course, with the numbers of her valid certificates of it."""

    course_id: str
    percent: int
    complete: bool
    certificates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterPerson:
    """One person; name and e-mail are empty unless two admins agreed to a file that holds them, and she let them be kept."""

    pseudonym: str
    role: str
    state: str
    since: date
    cohorts: tuple[str, ...]
    courses: tuple[RosterCourse, ...]
    contact: Contact


def take(session: Session, who: Identity, request_id: str, *, seals: Seals, now: datetime) -> tuple[RosterPerson, ...]:
    """Everybody of the organisation, by pseudonym, for whoever asked for the file; NotFound unless another admin agreed within the day."""
    row = approval.get_open_export(session, who, request_id, now=now)
    named = bool(row.facts["names"])
    found: list[RosterPerson] = []
    for people in _batches(session):
        contacts = contact.open_some(session, who.organisation_id, [one.id for one in people], seals=seals) if named else {}
        found += _described(session, people, contacts)
        for person_id in contacts:
            notices.tell(session, person_id, "name-viewed", now)
    audit.record_act(session, "people.exported", person_id=who.person_id, organisation_id=who.organisation_id, about=row.id, now=now)
    return tuple(sorted(found, key=lambda one: (one.pseudonym.casefold(), one.since)))


def _batches(session: Session) -> Iterator[list[PersonRow]]:
    after, count = "", 0
    while count < MOST and (people := roster.list_by_id(session, after=after)):
        yield people
        after, count = people[-1].id, count + len(people)


def _described(session: Session, people: Sequence[PersonRow], contacts: Mapping[str, Contact]) -> Iterator[RosterPerson]:
    ids = [one.id for one in people]
    cohorts, progress = roster.list_cohorts_of(session, ids), roster.list_progress_of(session, ids)
    serials = roster.list_valid_serials_of(session, ids)
    for one in people:
        yield RosterPerson(
            pseudonym=one.pseudonym,
            role=one.role,
            state=one.state,
            since=one.created_on,
            cohorts=tuple(cohort.name for cohort in cohorts.get(one.id, [])),
            courses=tuple(_course(row, serials.get(one.id, [])) for row in progress.get(one.id, [])),
            contact=contacts.get(one.id, Contact()),
        )


def _course(row: ProgressSummaryRow, serials: Sequence[tuple[str, str]]) -> RosterCourse:
    own = tuple(serial for course_id, serial in serials if course_id == row.course_id)
    return RosterCourse(row.course_id, row.percent, row.complete_at is not None, own)
