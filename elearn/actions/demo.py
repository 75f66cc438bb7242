"""What the demo consists of: one organisation that anyone may join and one account for each role."""

import random
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import account, handle, passphrase, suggest
from elearn.actions.invite import Admission
from elearn.store.base import new_id
from elearn.store.organisations import OrganisationRow, find_organisation
from elearn.store.people import find_person_by_handle
from elearn.store.tenancy import bind, everyone

ROLES: Final = ("learner", "trainer", "translator", "admin")
_SLUG: Final = "demo"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account with the passphrase of this run."""

    role: str
    handle: str
    passphrase: str


def seed(session: Session, *, chance: random.Random, now: datetime) -> list[DemoAccount]:
    """Make the organisation and its accounts; on a later run set each account right again with a new passphrase, for none is stored."""
    with everyone(session):
        organisation = find_organisation(session, _SLUG)
        if organisation is None:
            organisation = OrganisationRow(id=new_id(), slug=_SLUG, name="Demo Organisation", open_join=True, settings={})
            session.add(organisation)
            session.flush()
    bind(session, organisation.id)
    return [_account(session, role, organisation.id, chance, now) for role in ROLES]


def _account(session: Session, role: str, organisation_id: str, chance: random.Random, now: datetime) -> DemoAccount:
    words = suggest.passphrase("en", chance)
    person = find_person_by_handle(session, handle.fold(f"demo-{role}"))
    if person is not None:
        person.passphrase_hash = passphrase.make_hash(words)
        person.role, person.state, person.erase_on = role, "active", None
        return DemoAccount(role, person.handle, words)
    ready = account.prepare(account.NewPerson(handle=f"demo-{role}", passphrase=words, language="en", country=""))
    with everyone(session):
        account.register(session, ready, Admission(organisation_id, role), now=now)
    return DemoAccount(role, ready.handle, words)
