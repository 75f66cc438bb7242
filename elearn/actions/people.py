"""What admins do about the people of their organisation: roles, suspension, sessions, resets. No names, no handles.

Nobody changes herself here, so whoever is left after a change has at least one admin: the one who made it.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions import invite, notices, recovery
from elearn.actions.session import lifetimes
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import audit, sessions
from elearn.store.engine import Database
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow, claim_admins, get_person

#: Roles an admin may give; operators are made on the server itself.
ROLES: Final = tuple(role.value for role in (Role.LEARNER, Role.TRAINER, Role.TRANSLATOR, Role.REVIEWER, Role.ADMIN))
#: How long the code of a reset works: up to the end of the next day.
_RESET_DAYS: Final = timedelta(days=1)


def change_role(session: Session, who: Identity, person_id: str, role: str, *, now: datetime) -> bool:
    """Give somebody another role and end all her sessions; False when she has it already. Refused as in `claim`."""
    if role not in ROLES:
        raise Invalid("unknown-role", role=role)
    person = claim(session, who, person_id)
    if person.role == role:
        return False
    person.role = role
    _close_invites(session, who, person, now=now)
    sessions.delete_sessions(session, person.id)
    notices.tell(session, person.id, "role-changed", now)
    _record(session, who, "role.changed", person, now=now)
    return True


def suspend(session: Session, who: Identity, person_id: str, *, now: datetime) -> bool:
    """Close an account for now and end all its sessions; False when it is closed already. An erasure she asked for goes on."""
    person = claim(session, who, person_id)
    if person.state == "suspended":
        return False
    person.state = "suspended"
    _close_invites(session, who, person, now=now)
    sessions.end_everywhere(session, person.id)
    _record(session, who, "person.suspended", person, now=now)
    return True


def reinstate(session: Session, who: Identity, person_id: str, *, now: datetime) -> bool:
    """Open a suspended account again; False when it is not suspended."""
    person = claim(session, who, person_id)
    if person.state != "suspended":
        return False
    person.state = "active" if person.erase_on is None else "leaving"
    _record(session, who, "person.reinstated", person, now=now)
    return True


def end_sessions(session: Session, who: Identity, person_id: str, *, now: datetime) -> int:
    """End all sessions of somebody and forget her trusted browsers; how many sessions were ended."""
    person = claim(session, who, person_id)
    ended = sessions.end_everywhere(session, person.id)
    if ended:
        notices.tell(session, person.id, "sessions-ended-by-admin", now)
        _record(session, who, "sessions.ended", person, now=now)
    return ended


def start_reset(database: Database, who: Identity, person_id: str, *, now: datetime) -> str:
    """A code with which somebody sets a new passphrase of her own, shown once; one given before is void. Refused as in `claim`.

    It opens nothing else: her second factor stays, and her sessions go on until she uses it.
    """
    sheet = recovery.new_sheet(1)
    with database.transaction(who.organisation_id) as session:
        person = claim(session, who, person_id)
        if person.state == "suspended":
            raise Refused("person-suspended")
        recovery.keep(session, person, sheet, purpose=recovery.RESET, ends_on=now.date() + _RESET_DAYS)
        notices.tell(session, person.id, "reset-started", now)
        _record(session, who, "reset.started", person, now=now)
    return sheet.codes[0]


def count_open_sessions(session: Session, person: PersonRow, *, now: datetime) -> int:
    """How many browsers are signed in as this person: sessions that have not run out."""
    idle, life = lifetimes(person.role, get_organisation(session, person.organisation_id).settings)
    rows = sessions.list_sessions(session, person.id)
    return sum(now < min(row.seen_at + idle, row.created_at + life, row.ends_at) for row in rows)


def claim(session: Session, who: Identity, person_id: str) -> PersonRow:
    """Somebody to be changed, locked; NotFound, Refused("not-oneself"), Refused("operator-untouched").

    That the asker is an admin is looked at once more, for two admins may be changing each other at this moment.
    """
    if who.person_id not in claim_admins(session):
        raise NotFound("no-page")
    person = get_person(session, person_id, for_update=True)
    if person.id == who.person_id:
        raise Refused("not-oneself")
    if person.role == Role.OPERATOR:
        raise Refused("operator-untouched")
    return person


def _close_invites(session: Session, who: Identity, person: PersonRow, *, now: datetime) -> None:
    """Her invites let people in for a week, as if she still were an admin who answers for them."""
    actor = audit.mark(session, who.person_id, organisation_id=who.organisation_id)
    invite.close_all_of(session, person.id, organisation_id=person.organisation_id, actor=actor, now=now)


def _record(session: Session, who: Identity, verb: str, person: PersonRow, *, now: datetime) -> None:
    about = audit.mark(session, person.id, organisation_id=person.organisation_id)
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, about=about, now=now)
