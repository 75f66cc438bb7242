"""A certificate is read, signed and written one after the other: others write meanwhile, and what changed meanwhile is not issued."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import certify, erase
from elearn.actions.certify import Signer, Signing
from elearn.actions.shelf import Shelf
from elearn.credential import keys
from elearn.credential.award import Award
from elearn.credential.signer import Signed
from elearn.credential.status import State
from elearn.errors import Conflict, ElearnError, Unavailable
from elearn.store import audit, credentials, people, progress
from elearn.store.engine import Database
from elearn.store.organisations import get_organisation
from elearn.store.tenancy import everyone
from tests.actions import trial
from tests.actions.trial import Desk
from tests.factories import make_person
from tests.servers import SERVER


@pytest.fixture
def signer() -> Signer:
    return Signer(keys.signing_key(b"\x07" * 32), "Qadam", "https://learn.example", random.Random(3).randbytes)


@dataclass(frozen=True, slots=True)
class Meddler:
    """A signer that takes its time: `meanwhile` happens in another transaction while it is at work."""

    own: Signer
    meanwhile: Callable[[], None]

    @property
    def address(self) -> str:
        return self.own.address

    @property
    def random(self) -> Callable[[int], bytes]:
        return self.own.random

    def award(self, award: Award, *, created: datetime) -> Signed:
        self.meanwhile()
        return self.own.award(award, created=created)

    def status(self, states: Mapping[str, State], *, day: date) -> bytes:
        return self.own.status(states, day=day)


@dataclass
class Counter:
    """The office of an organisation as the web has it: it reads, has signed, then writes, each by itself."""

    database: Database
    shelf: Shelf
    admin: Identity
    person_id: str
    now: datetime

    def issue(self, signer: Signing) -> str:
        with self.database.read(self.admin.organisation_id) as session:
            due = certify.propose(session, self.shelf, [(self.person_id, "trial")], random=signer.random, now=self.now)
        ready = {one: certify.sign(unsigned, signer) for one, unsigned in due.items()}
        with self.database.transaction(self.admin.organisation_id) as session:
            return certify.issue(session, self.shelf, self.admin, ready, self.person_id, "trial", now=self.now)

    def replace(self, serial: str, signer: Signing) -> str:
        with self.database.read(self.admin.organisation_id) as session:
            unsigned = certify.propose_replacement(session, self.shelf, serial, random=signer.random, now=self.now)
        ready = certify.sign(unsigned, signer)
        with self.database.transaction(self.admin.organisation_id) as session:
            return certify.replace_certificate(session, self.shelf, self.admin, serial, "lost", ready=ready, now=self.now)

    def change(self, deed: Callable[[Session], object]) -> None:
        with self.database.transaction() as session, everyone(session):
            deed(session)

    def rename(self) -> None:
        self.change(lambda session: setattr(get_organisation(session, self.admin.organisation_id), "name", "Another name"))

    def erase(self) -> None:
        self.change(lambda session: erase.erase_person(session, people.get_person(session, self.person_id), now=self.now))

    def undo(self) -> None:
        """The course is no longer completed."""
        self.change(lambda session: setattr(progress.find_summary_row(session, self.person_id, "trial"), "complete_at", None))

    def kept(self) -> tuple[list[str], list[str]]:
        """The states of certificates, and what the record says of them."""
        with self.database.read(self.admin.organisation_id) as session:
            verbs = [one.verb for one in audit.list_entries(session, self.admin.organisation_id)]
            rows = credentials.list_credentials(session)
        return sorted(row.status for row in rows), sorted(verb for verb in verbs if verb.startswith("certificate"))


@pytest.fixture
def counter(database: Database, desk: Desk, organisation_id: str) -> Counter:
    """A learner has completed the course."""
    trial.complete(desk)
    admin = trial.identity(make_person(desk.session, organisation_id, role="admin"))
    desk.session.commit()
    return Counter(database, desk.shelf, admin, desk.who.person_id, desk.now)


def test_others_write_while_the_signer_works(counter: Counter, signer: Signer, organisation_id: str) -> None:
    """On SQLite one writer at a time is let in: a signer that was waited for in a transaction would keep all out."""
    wrote: list[str] = []

    def write() -> None:
        with counter.database.transaction(organisation_id) as session:
            wrote.append(make_person(session, organisation_id).id)

    serial = counter.issue(Meddler(signer, write))
    counter.replace(serial, Meddler(signer, write))
    assert len(wrote) == 2
    assert counter.kept() == (["replaced", "valid"], ["certificate-issued"] * 2 + ["certificate-replaced"])


@pytest.mark.parametrize(("change", "code"), [("rename", "certificate-facts-changed"), ("erase", "not-complete"), ("undo", "not-complete")])
def test_what_was_signed_and_is_no_longer_so_is_not_issued(counter: Counter, signer: Signer, change: str, code: str) -> None:
    with pytest.raises(ElearnError, match=code):
        counter.issue(Meddler(signer, getattr(counter, change)))
    assert counter.kept() == ([], [])


@pytest.mark.parametrize(("change", "code"), [("rename", "certificate-facts-changed"), ("erase", "holder-erased")])
def test_what_was_signed_and_is_no_longer_so_replaces_nothing(counter: Counter, signer: Signer, change: str, code: str) -> None:
    serial = counter.issue(signer)
    with pytest.raises(ElearnError, match=code):
        counter.replace(serial, Meddler(signer, getattr(counter, change)))
    assert counter.kept() == (["valid"], ["certificate-issued"])


def test_whoever_was_faster_while_the_signer_worked_issued_the_one_there_is(counter: Counter, signer: Signer) -> None:
    first: list[str] = []
    assert [counter.issue(Meddler(signer, lambda: first.append(counter.issue(signer))))] == first
    assert counter.kept() == (["valid"], ["certificate-issued"])


def test_one_that_was_valid_and_is_withdrawn_meanwhile_is_not_issued_unsigned(counter: Counter, signer: Signer) -> None:
    counter.issue(signer)
    with counter.database.transaction(counter.admin.organisation_id) as session:
        (row,) = credentials.list_credentials(session)
        certify.withdraw(session, counter.admin, row.id, "lost", now=counter.now)
        with pytest.raises(Conflict, match="certificate-facts-changed"):
            certify.issue(session, counter.shelf, counter.admin, {}, counter.person_id, "trial", now=counter.now)


def test_a_signer_that_is_away_leaves_nothing_half_done(counter: Counter, signer: Signer) -> None:
    def away() -> None:
        raise Unavailable("signer-away")

    with pytest.raises(Unavailable):
        counter.issue(Meddler(signer, away))
    assert counter.kept() == ([], [])
    serial = counter.issue(signer)
    with pytest.raises(Unavailable):
        counter.replace(serial, Meddler(signer, away))
    assert counter.kept() == (["valid"], ["certificate-issued"])


class Watched(dict[tuple[str, str], certify.Ready]):
    """Certificates that are ready; whenever one is asked for, it is noted whether somebody is locked."""

    def __init__(self, database: Database, person_id: str) -> None:
        super().__init__()
        self._database = database
        self._wanted = select(people.PersonRow.id).where(people.PersonRow.id == person_id).with_for_update(nowait=True, key_share=True)
        self.locked: list[bool] = []

    def get(self, key: object, default: object = None) -> None:  # type: ignore[override] # there are none
        with self._database.transaction() as session, everyone(session):
            try:
                session.execute(self._wanted)
            except OperationalError:
                session.rollback()
                self.locked.append(True)
            else:
                self.locked.append(False)


@pytest.mark.skipif(not SERVER, reason="SQLite lets one writer in at a time")
def test_all_holders_are_locked_before_the_first_certificate_is_recorded(counter: Counter, organisation_id: str) -> None:
    """Whoever changes her own account locks herself, then the record: locked the other way round, each would wait for the other."""
    with counter.database.transaction(organisation_id) as session:
        other = make_person(session, organisation_id).id
    ready, chosen = Watched(counter.database, other), [(counter.person_id, "trial"), (other, "trial")]
    with pytest.raises(Conflict), counter.database.transaction(organisation_id) as session:
        certify.issue_each(session, counter.shelf, counter.admin, ready, chosen, now=counter.now)
    assert ready.locked == [True]
