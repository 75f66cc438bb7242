"""What one admin issues or ends within a day she does alone up to a bound; one more takes two, however it is divided into forms."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from elearn.actions import approval, certify
from elearn.actions.approval import BULK, ISSUE, WITHDRAW, Means
from elearn.actions.shelf import Shelf
from elearn.credential import keys
from elearn.errors import Refused
from elearn.store.base import JsonObject
from elearn.store.credentials import count_credentials, list_credentials
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.releases import get_release
from tests.actions import trial
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person, make_summary

Chosen = Sequence[tuple[str, str]]


@dataclass
class Evening:
    """An organisation with two admins and more people at the end of a course than one admin may certify in a day."""

    database: Database
    clock: StandingClock
    admins: list[PersonRow]
    due: Iterator[tuple[str, str]]
    shelf: Shelf = field(default_factory=Shelf)
    signer: certify.Signer = field(
        default_factory=lambda: certify.Signer(keys.signing_key(b"\x07" * 32), "Qadam", "https://learn.example", random.Random(3).randbytes)
    )

    @property
    def organisation_id(self) -> str:
        return self.admins[0].organisation_id

    def some(self, count: int) -> Chosen:
        """Choose people who have no certificate yet."""
        return [next(self.due) for _ in range(count)]

    def issue(self, chosen: Chosen, admin: int = 0) -> JsonObject:
        """Send the form of the office: read and signed before the transaction."""
        few = chosen if len(chosen) <= BULK else ()
        with self.database.read(self.organisation_id) as session:
            found = certify.propose(session, self.shelf, few, random=self.signer.random, now=self.clock.now)
        means = Means(self.shelf, {one: certify.sign(unsigned, self.signer) for one, unsigned in found.items()})
        with self.database.transaction(self.organisation_id) as session:
            return approval.issue_or_ask(session, trial.identity(self.admins[admin]), chosen, means=means, now=self.clock.now)

    def withdraw(self, serials: Sequence[str], admin: int = 0) -> JsonObject:
        with self.database.transaction(self.organisation_id) as session:
            return approval.withdraw_or_ask(session, trial.identity(self.admins[admin]), serials, "mistake", now=self.clock.now)

    def replace(self, serial: str, admin: int = 0) -> str:
        with self.database.read(self.organisation_id) as session:
            unsigned = certify.propose_replacement(session, self.shelf, serial, random=self.signer.random, now=self.clock.now)
        ready, who = certify.sign(unsigned, self.signer), trial.identity(self.admins[admin])
        with self.database.transaction(self.organisation_id) as session:
            return approval.replace_certificate(session, who, serial, "lost", shelf=self.shelf, ready=ready, now=self.clock.now)

    def agree(self, request_id: object, admin: int = 1) -> None:
        with self.database.read(self.organisation_id) as session:
            found = approval.propose(session, str(request_id), shelf=self.shelf, random=self.signer.random, now=self.clock.now)
        means = Means(self.shelf, {one: certify.sign(unsigned, self.signer) for one, unsigned in found.items()})
        with self.database.transaction(self.organisation_id) as session:
            approval.agree(session, trial.identity(self.admins[admin]), str(request_id), means=means, now=self.clock.now)

    def issued(self) -> int:
        with self.database.read(self.organisation_id) as session:
            return count_credentials(session)

    def serials(self) -> list[str]:
        with self.database.read(self.organisation_id) as session:
            return [row.id for row in list_credentials(session, status="valid")]


@pytest.fixture(autouse=True)
def short_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many in a day as at once, so that few certificates show what holds for many."""
    assert approval.A_DAY == 3 * BULK
    monkeypatch.setattr(approval, "A_DAY", BULK)


@pytest.fixture
def evening(database: Database, organisation_id: str, clock: StandingClock) -> Evening:
    with database.transaction(organisation_id) as session:
        admins = [make_person(session, organisation_id, role="admin") for _ in range(2)]
        evening = Evening(database, clock, admins, iter(()))
        release = get_release(session, trial.release(session, evening.shelf, clock.now))
        people = [make_person(session, organisation_id) for _ in range(30)]
        for person in people:
            make_summary(session, person, release, percent=100, complete_at=clock.now)
    evening.due = iter([(person.id, "trial") for person in people])
    return evening


def test_ten_a_day_are_issued_alone_and_the_eleventh_takes_two(evening: Evening) -> None:
    for few in (4, 5, 1):
        assert len(evening.issue(evening.some(few))["serials"]) == few  # type: ignore[arg-type]
    request = evening.issue(evening.some(1))["request"]
    assert evening.issued() == 10
    evening.agree(request)
    assert evening.issued() == 11


def test_what_would_be_the_eleventh_is_asked_for_with_all_of_its_form(evening: Evening) -> None:
    evening.issue(evening.some(8))
    evening.agree(evening.issue(evening.some(5))["request"])
    assert evening.issued() == 13


def test_a_day_is_twenty_four_hours_long_counted_from_the_hour(evening: Evening) -> None:
    evening.issue(evening.some(10))
    one = evening.some(1)
    with evening.database.read(evening.organisation_id) as session:
        who, at = trial.identity(evening.admins[0]), evening.clock.now
        for hours, two in ((0, True), (23, True), (24, True), (25, False)):
            assert approval.takes_two(session, who, ISSUE, 1, now=at + timedelta(hours=hours)) is two
    evening.clock.move(hours=25)
    assert "serials" in evening.issue(one)


def test_each_admin_has_ten_of_her_own(evening: Evening) -> None:
    evening.issue(evening.some(10))
    assert "serials" in evening.issue(evening.some(10), admin=1)


def test_two_forms_at_once_are_counted_one_after_the_other(evening: Evening) -> None:
    forms = [evening.some(6), evening.some(6)]
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(evening.issue, forms))
    assert sorted(key for one in made for key in one) == ["request", "serials"]
    assert evening.issued() == 6


def test_a_form_that_comes_again_counts_nothing_that_is_there(evening: Evening) -> None:
    chosen = evening.some(10)
    assert evening.issue(chosen) == evening.issue(chosen)
    asked = evening.issue([*chosen[:3], *evening.some(1)])
    evening.agree(asked["request"])
    assert evening.issued() == 11


def test_what_two_agreed_to_counts_for_whoever_asked(evening: Evening) -> None:
    evening.agree(evening.issue(evening.some(11))["request"])
    assert "request" in evening.issue(evening.some(1))
    assert "serials" in evening.issue(evening.some(1), admin=1)


def test_nothing_counts_for_another_organisation(evening: Evening) -> None:
    evening.issue(evening.some(10))
    with evening.database.transaction() as session:
        other = make_person(session, make_organisation(session).id, role="admin")
    with evening.database.read(other.organisation_id) as session:
        assert not approval.takes_two(session, trial.identity(other), ISSUE, 10, now=evening.clock.now)


def test_an_organisation_with_one_admin_is_told_to_appoint_a_second(evening: Evening) -> None:
    evening.issue(evening.some(10))
    with evening.database.transaction(evening.organisation_id) as session:
        session.get_one(PersonRow, evening.admins[1].id).role = "trainer"
    with pytest.raises(Refused, match="second-admin-needed"):
        evening.issue(evening.some(1))
    assert evening.issued() == 10


def test_ending_is_counted_apart_and_replacing_is_ending(evening: Evening) -> None:
    evening.issue(evening.some(10))
    evening.issue(evening.some(3), admin=1)
    serials = evening.serials()
    assert evening.withdraw(serials[:8]) == {"count": 8}
    for serial in serials[8:10]:
        evening.replace(serial)
    with pytest.raises(Refused, match="ended-enough"):
        evening.replace(serials[10])
    evening.agree(evening.withdraw(serials[10:11])["request"])
    assert serials[10] not in evening.serials()
    assert evening.replace(serials[11], admin=1) in evening.serials()
    with evening.database.read(evening.organisation_id) as session:
        assert not approval.takes_two(session, trial.identity(evening.admins[1]), WITHDRAW, 9, now=evening.clock.now)
