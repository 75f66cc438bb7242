"""What the demo consists of: an organisation that anyone may join, a second beyond the wall, an account for each role, a cohort at work."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions import account, coalition, cohort, handle, passphrase, study, suggest
from elearn.actions.invite import Admission
from elearn.actions.shelf import Shelf
from elearn.course.model import Lesson
from elearn.store.base import new_id
from elearn.store.cohorts import CohortRow, list_trained_cohorts
from elearn.store.organisations import OrganisationRow, find_organisation
from elearn.store.people import PersonRow, find_person_by_handle
from elearn.store.tenancy import everyone

#: Accounts of the first organisation and of the second, then the operator's; the first four are told first.
ROLES: Final = ("learner", "trainer", "translator", "admin")
OTHERS: Final = ("other-admin", "other-trainer", "other-learner", "operator")
_SLUG: Final = "demo"
_OTHER_SLUG: Final = "demo-other"
#: Learners of the cohort, each further than the one before; nobody signs in as them.
_CLASSMATES: Final = ("Aspen", "Birch", "Cedar", "Elm", "Juniper", "Willow")
_COHORT: Final = "Spring"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One account with the passphrase of this run."""

    role: str
    handle: str
    passphrase: str


def seed(session: Session, *, chance: random.Random, now: datetime) -> list[DemoAccount]:
    """Make the organisations and their accounts; on a later run set each account right again with a new passphrase, for none is stored."""
    with everyone(session):
        first = _organisation(session, _SLUG, "Demo Organisation", open_join=True)
        other = _organisation(session, _OTHER_SLUG, "Other Demo Organisation", open_join=False)
        told = [_account(session, role, first, chance, now) for role in ROLES]
        told += [_account(session, label, other if label.startswith("other-") else first, chance, now) for label in OTHERS]
        _seat_cohort(session, first, chance, now)
        coalition.publish(session, now=now)
    return told


def _organisation(session: Session, slug: str, name: str, *, open_join: bool) -> str:
    found = find_organisation(session, slug)
    if found is None:
        found = OrganisationRow(id=new_id(), slug=slug, name=name, open_join=open_join, settings={})
        session.add(found)
        session.flush()
    return found.id


def _account(session: Session, label: str, organisation_id: str, chance: random.Random, now: datetime) -> DemoAccount:
    """Make or mend the account `demo-<label>`; the label ends in its role.

    It keeps the passphrase that is printed: elsewhere whoever is given one has to choose her own, here accounts serve at once.
    """
    words, role = suggest.passphrase("en", chance), label.removeprefix("other-")
    person = find_person_by_handle(session, handle.fold(f"demo-{label}"))
    if person is not None:
        person.passphrase_hash = passphrase.make_hash(words)
        person.role, person.state, person.erase_on = role, "active", None
        return DemoAccount(label, person.handle, words)
    return DemoAccount(label, _register(session, f"demo-{label}", "", words, Admission(organisation_id, role), now).handle, words)


def _register(session: Session, name: str, pseudonym: str, words: str, place: Admission, now: datetime) -> PersonRow:
    ready = account.prepare(account.NewPerson(handle=name, pseudonym=pseudonym, passphrase=words, language="en", country=""))
    account.register(session, ready, place, now=now)
    person = find_person_by_handle(session, handle.fold(name))
    assert person is not None, "it was just made"
    return person


def _seat_cohort(session: Session, organisation_id: str, chance: random.Random, now: datetime) -> None:
    """A cohort of the demo trainer with classmates who have read a part of its courses; made once."""
    trainer = find_person_by_handle(session, handle.fold("demo-trainer"))
    learner = find_person_by_handle(session, handle.fold("demo-learner"))
    assert trainer is not None, "it was just made"
    assert learner is not None, "it was just made"
    if list_trained_cohorts(session, trainer.id, limit=1):
        return
    shelf = Shelf()
    row = CohortRow(
        organisation_id=organisation_id,
        name=_COHORT,
        trainer_id=trainer.id,
        starts_on=now.date() - timedelta(days=14),
        ends_on=now.date() + timedelta(days=42),
        languages=["en", "ru"],
        courses=sorted(shelf.current(session, now=now)),
        closed=False,
        created_on=now.date(),
    )
    session.add(row)
    session.flush()
    cohort.seat(session, row, learner.id, now=now)
    for number, pseudonym in enumerate(_CLASSMATES):
        words = suggest.passphrase("en", chance)
        person = _register(session, f"demo-{pseudonym}", pseudonym, words, Admission(organisation_id, "learner", row.id), now)
        _read(session, shelf, person, row, number, now)


def _read(session: Session, shelf: Shelf, person: PersonRow, row: CohortRow, share: int, now: datetime) -> None:
    """Read a share of each course of the cohort, some days ago: nothing for the first classmate, every lesson for the last."""
    who = Identity(person.id, person.organisation_id, frozenset({Role.LEARNER}))
    for course_id in row.courses:
        published = shelf.course(session, course_id, now=now)
        pages = [page.id for _, page in published.course.pages() if isinstance(page, Lesson)]
        for page_id in pages[: len(pages) * share // (len(_CLASSMATES) - 1)]:
            study.read(session, who, published, page_id, now=now - timedelta(days=len(_CLASSMATES) - share))
