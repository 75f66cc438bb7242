"""Leaving for good: asked for, called off by signing in, carried out after seven days."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import approval, invite, notices, throttle
from elearn.errors import Refused
from elearn.store import audit, sessions
from elearn.store.counters import delete_old_counters
from elearn.store.engine import Database
from elearn.store.invites import delete_ended_invites
from elearn.store.jobs import delete_rested_jobs
from elearn.store.one_time import delete_old_keys
from elearn.store.people import (
    PersonRow,
    TombstoneRow,
    claim_admins,
    count_people,
    delete_ended_recovery_codes,
    get_person,
    list_people_by_id,
    list_people_to_erase,
)
from elearn.store.personal import PERSONAL, forget
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone

GRACE: Final = timedelta(days=7)
_FORMS: Final = timedelta(days=1)
_AT_ONCE: Final = 50


def request_erasure(session: Session, who: SignedIn, *, now: datetime) -> date:
    """Ask for erasure and end all her sessions; the day it will happen. The edge asks for a fresh sign-in first.

    Refused("last-admin") for the only admin who can act, unless nobody else belongs to the organisation.
    """
    if claim_admins(session) == {who.person_id} and count_people(session) > 1:
        raise Refused("last-admin")
    person = get_person(session, who.person_id, for_update=True)
    person.state, person.erase_on = "leaving", now.date() + GRACE
    sessions.end_everywhere(session, person.id)
    _close_invites(session, person, now=now)
    audit.record_act(session, "person.leaving", person_id=person.id, organisation_id=person.organisation_id, now=now)
    return person.erase_on


def erase_due(database: Database, *, now: datetime) -> int:
    """Erase everybody whose grace is over, some fifty in one transaction; how many. A daily job of the operator."""
    erased = 0
    while True:
        with database.transaction() as session, everyone(session):
            due = list_people_to_erase(session, now.date(), limit=_AT_ONCE)
            for person in due:
                erase_person(session, person, now=now)
        erased += len(due)
        if not due:
            break
    database.scrub()
    return erased


def erase_person(session: Session, person: PersonRow, *, now: datetime) -> None:
    """Take a person out of every table and leave a tombstone. The session must see everyone."""
    _close_invites(session, person, now=now)
    audit.record_act(session, "person.erased", person_id=person.id, organisation_id=person.organisation_id, now=now)
    session.merge(TombstoneRow(person_id=person.id, erased_on=now.date()))
    session.flush()
    throttle.forget(session, person.id)
    for part in PERSONAL:
        forget(session, part, person.id)
    session.expunge(person)


def _close_invites(session: Session, person: PersonRow, *, now: datetime) -> None:
    """An admin who goes lets nobody in any more; whoever has another role has no open invites, see `people.change_role`."""
    if person.role == "admin":
        mark = audit.mark(session, person.id, organisation_id=person.organisation_id)
        invite.close_all_of(session, person.id, organisation_id=person.organisation_id, actor=mark, now=now)


def erase_again(database: Database, person_ids: Iterable[str], *, now: datetime) -> int:
    """Erase people whom a restored backup brought back, by the ids of their tombstones; how many were there."""
    wanted = list(person_ids)
    erased = 0
    for at in range(0, len(wanted), _AT_ONCE):
        with database.transaction() as session, everyone(session):
            back = list_people_by_id(session, wanted[at : at + _AT_ONCE])
            for person in back:
                erase_person(session, person, now=now)
            erased += len(back)
    database.scrub()
    return erased


def sweep(session: Session, *, now: datetime) -> None:
    """Drop what is over in all organisations, from sessions and codes to notices and requests. A daily job."""
    with everyone(session):
        sessions.delete_ended_sessions(session, now)
        delete_ended_invites(session, now)
        delete_old_keys(session, now - _FORMS)
        delete_old_counters(session, now - _FORMS)
        delete_ended_recovery_codes(session, now.date())
        notices.drop_old(session, now=now)
        delete_rested_jobs(session, now)
        approval.drop_old(session, now=now)
