"""Deeds of two admins: one asks, another agrees or refuses in time, exactly one agreement counts, and both are in the record."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import pytest

from elearn.access.identity import Identity
from elearn.actions import approval, certify, erase
from elearn.actions.approval import Means
from elearn.actions.shelf import Shelf
from elearn.credential import keys
from elearn.errors import Conflict, ElearnError, Invalid, NotFound, Refused
from elearn.store import approvals, audit, credentials, factors, people
from elearn.store.account_notices import list_notices
from elearn.store.base import new_id
from elearn.store.engine import Database
from elearn.store.factors import SecondFactorRow
from elearn.store.people import PersonRow
from elearn.store.releases import get_release
from elearn.store.sealed import Key
from elearn.store.tenancy import everyone
from tests.actions import trial
from tests.conftest import StandingClock
from tests.factories import make_factor, make_organisation, make_person, make_summary

KEY = keys.signing_key(b"\x07" * 32)


@dataclass
class Office:
    """An organisation with admins, a person whose second factor is lost, and what carrying out needs."""

    database: Database
    clock: StandingClock
    admins: list[PersonRow]
    person: PersonRow
    shelf: Shelf
    signer: certify.Signing

    def who(self, number: int) -> Identity:
        return trial.identity(self.admins[number])

    def ask(self, number: int = 0) -> str:
        """Ask for the deed at hand: the second factor of the person."""
        with self.database.transaction(self.person.organisation_id) as session:
            return approval.ask_to_remove_factor(session, self.who(number), self.person.id, now=self.clock.now)

    def agree(self, request_id: str, number: int = 1) -> None:
        means = self.means(request_id)
        with self.database.transaction(self.person.organisation_id) as session:
            approval.agree(session, self.who(number), request_id, means=means, now=self.clock.now)

    def means(self, request_id: str) -> Means:
        """What carrying a request out needs, signed before."""
        with self.database.read(self.person.organisation_id) as session:
            due = approval.propose(session, request_id, shelf=self.shelf, random=self.signer.random, now=self.clock.now)
        return Means(self.shelf, {one: certify.sign(unsigned, self.signer) for one, unsigned in due.items()})

    def refuse(self, request_id: str, number: int = 1) -> None:
        with self.database.transaction(self.person.organisation_id) as session:
            approval.refuse(session, self.who(number), request_id, now=self.clock.now)

    def state(self, request_id: str) -> str:
        with self.database.read(self.person.organisation_id) as session:
            return approval.state_of(approvals.get_approval(session, request_id), now=self.clock.now)

    def has_factor(self) -> bool:
        with self.database.read(self.person.organisation_id) as session:
            return factors.has_factor(session, self.person.id)

    def change(self, number: int, *, role: str = "admin", state: str = "active") -> None:
        with self.database.transaction(self.person.organisation_id) as session:
            row = people.get_person(session, self.admins[number].id)
            row.role, row.state = role, state

    def record(self) -> list[tuple[str, str]]:
        """The verbs of the record and whose mark acted, in order."""
        with self.database.transaction() as session, everyone(session):
            names = {audit.mark(session, row.id, organisation_id=row.organisation_id): str(at) for at, row in enumerate(self.admins)}
            entries = audit.list_entries(session, self.person.organisation_id)
        return [(entry.verb, names.get(entry.actor, "?")) for entry in reversed(entries)]


@pytest.fixture
def office(database: Database, organisation_id: str, clock: StandingClock) -> Office:
    with database.transaction() as session:
        admins = [make_person(session, organisation_id, role="admin") for _ in range(3)]
        person = make_person(session, organisation_id)
        with everyone(session):
            row = SecondFactorRow(
                person_id=person.id, organisation_id=organisation_id, seed=b"sealed", last_step=1, confirmed_on=clock.now.date()
            )
            session.add(row)
    signer = certify.Signer(KEY, "Qadam", "https://learn.example", random.Random(3).randbytes)
    return Office(database, clock, admins, person, Shelf(), signer)


def test_another_admin_agrees_and_it_is_done(office: Office) -> None:
    request_id = office.ask()
    assert (office.state(request_id), office.has_factor()) == ("waiting", True)
    office.agree(request_id)
    assert (office.state(request_id), office.has_factor()) == ("agreed", False)
    assert office.record() == [("request.asked", "0"), ("factor.removed", "0"), ("request.agreed", "1")]
    with office.database.read(office.person.organisation_id) as session:
        assert [row.code for row in list_notices(session, office.person.id)] == ["factor-removed"]


def test_another_admin_refuses_and_nothing_is_done(office: Office) -> None:
    request_id = office.ask()
    office.refuse(request_id)
    assert (office.state(request_id), office.has_factor()) == ("refused", True)
    assert office.record() == [("request.asked", "0"), ("request.refused", "1")]


def test_nobody_agrees_to_her_own_request_but_may_take_it_back(office: Office) -> None:
    request_id = office.ask()
    with pytest.raises(Refused, match="own-request"):
        office.agree(request_id, 0)
    office.refuse(request_id, 0)
    assert office.state(request_id) == "refused"


def test_nobody_agrees_to_what_is_about_herself(office: Office) -> None:
    office.admins.append(office.person)
    office.change(3, role="admin")
    request_id = office.ask()
    with pytest.raises(Refused, match="request-about-you"):
        office.agree(request_id, 3)


@pytest.mark.parametrize("deed", ["agree", "refuse"])
def test_what_is_decided_or_over_stays_so(office: Office, deed: str) -> None:
    decide: Callable[[str], None] = getattr(office, deed)
    for first in (office.agree, office.refuse):
        request_id = office.ask() if office.has_factor() else _export(office)
        first(request_id)
        with pytest.raises(Conflict, match="request-decided"):
            decide(request_id)
    late = _export(office)
    office.clock.move(days=3)
    assert office.state(late) == "over"
    with pytest.raises(Conflict, match="request-over"):
        decide(late)


def _export(office: Office, *, names: bool = False) -> str:
    with office.database.transaction(office.person.organisation_id) as session:
        return approval.ask_to_export(session, office.who(0), names=names, now=office.clock.now)


@pytest.mark.parametrize("deed", ["agree", "refuse"])
def test_only_working_admins_of_the_organisation_decide(office: Office, deed: str) -> None:
    decide: Callable[[str, int], None] = getattr(office, deed)
    request_id = office.ask()
    office.change(1, role="trainer")
    office.change(2, state="suspended")
    for number in (1, 2):
        with pytest.raises(NotFound, match="no-page"):
            decide(request_id, number)
    with office.database.transaction() as session:
        outside = make_person(session, make_organisation(session).id, role="admin")
    with office.database.transaction(outside.organisation_id) as session, pytest.raises(NotFound, match="no-request"):
        approval.refuse(session, trial.identity(outside), request_id, now=office.clock.now)
    with office.database.transaction(outside.organisation_id) as session, pytest.raises(NotFound, match="no-request"):
        approval.agree(session, trial.identity(outside), request_id, means=Means(office.shelf), now=office.clock.now)
    assert office.state(request_id) == "waiting"


def test_the_request_of_a_former_admin_is_carried_out_no_more(office: Office) -> None:
    request_id = office.ask()
    office.change(0, role="learner")
    with pytest.raises(Refused, match="asker-gone"):
        office.agree(request_id)
    with office.database.transaction() as session, everyone(session):
        erase.erase_person(session, people.get_person(session, office.admins[0].id), now=office.clock.now)
    with pytest.raises(Refused, match="asker-gone"):
        office.agree(request_id)
    assert office.has_factor()


def test_an_organisation_with_one_admin_must_appoint_a_second(office: Office) -> None:
    office.change(1, role="trainer")
    office.change(2, state="suspended")
    with pytest.raises(Refused, match="second-admin-needed"):
        office.ask()
    office.change(1)
    assert office.state(office.ask()) == "waiting"


def test_two_admins_together_take_no_factor_from_an_operator(office: Office) -> None:
    asked = office.ask()
    with office.database.transaction(office.person.organisation_id) as session:
        people.get_person(session, office.person.id).role = "operator"
    with pytest.raises(Refused, match="operator-untouched"):
        office.agree(asked)
    with pytest.raises(Refused, match="operator-untouched"):
        office.ask()
    assert office.has_factor()


def test_an_admin_who_lost_her_factor_is_not_the_second_admin(office: Office) -> None:
    office.change(2, role="learner")
    office.person = office.admins[1]
    with office.database.transaction(office.person.organisation_id) as session:
        session.add(
            SecondFactorRow(
                person_id=office.person.id,
                organisation_id=office.person.organisation_id,
                seed=b"sealed",
                last_step=1,
                confirmed_on=office.clock.now.date(),
            )
        )
    with pytest.raises(Refused, match="second-admin-needed"):
        office.ask()


def test_what_cannot_be_removed_is_not_asked_for(office: Office) -> None:
    first = office.ask()
    assert office.ask(1) == first
    with office.database.transaction(office.person.organisation_id) as session:
        for person_id, error, code in (
            (office.admins[0].id, Refused, "not-oneself"),
            (office.admins[1].id, Refused, "no-factor"),
            (new_id(), NotFound, "no-person"),
        ):
            with pytest.raises(error, match=code):
                approval.ask_to_remove_factor(session, office.who(0), person_id, now=office.clock.now)


def test_whoever_asks_waits_for_admins_before_the_person_herself(office: Office) -> None:
    """In another order two admins who deal with a third one would wait for each other for ever."""
    first, office.person = (sorted(office.admins, key=lambda one: one.id)[place] for place in (0, 2))
    with office.database.transaction() as session:
        make_factor(session, office.person, (Key("k1", bytes(range(32))),))
    with ThreadPoolExecutor(1) as pool:
        with office.database.transaction(office.person.organisation_id) as session:
            people.get_person(session, first.id, for_update=True)
            asking = pool.submit(office.ask, office.admins.index(first))
            with suppress(TimeoutError):  # it waits for this transaction
                asking.result(timeout=1)
            people.claim_admins(session)
        assert office.state(asking.result()) == "waiting"


def test_of_two_who_agree_at_once_one_is_counted(office: Office) -> None:
    for _ in range(4):
        request_id = _export(office)
        with ThreadPoolExecutor(2) as pool:
            codes = list(pool.map(partial(_try, office, request_id), (1, 2)))
        assert sorted(codes) == ["", "request-decided"]
    assert [verb for verb, _ in office.record()].count("request.agreed") == 4


def _try(office: Office, request_id: str, number: int) -> str:
    try:
        office.agree(request_id, number)
    except ElearnError as error:
        return error.code
    return ""


@pytest.fixture
def due(office: Office) -> list[tuple[str, str]]:
    """Three people who have completed the trial course."""
    with office.database.transaction(office.person.organisation_id) as session:
        release_id = trial.release(session, office.shelf, office.clock.now)
        release = get_release(session, release_id)
        found = [make_person(session, office.person.organisation_id) for _ in range(3)]
        for person in found:
            make_summary(session, person, release, percent=100, complete_at=office.clock.now)
    return [(person.id, "trial") for person in found]


def _ask_to_issue(office: Office, chosen: list[tuple[str, str]]) -> str:
    with office.database.transaction(office.person.organisation_id) as session:
        return approval.ask_to_issue(session, office.who(0), chosen, now=office.clock.now)


def _credentials(office: Office) -> list[tuple[str | None, str]]:
    with office.database.read(office.person.organisation_id) as session:
        return [(row.person_id, row.status) for row in credentials.list_credentials(session)]


def test_certificates_are_issued_to_whom_was_asked_for(office: Office, due: list[tuple[str, str]]) -> None:
    request_id = _ask_to_issue(office, due[:2])
    with office.database.read(office.person.organisation_id) as session:
        row = approvals.get_approval(session, request_id)
        assert {one.person_id for one in approval.chosen_of(session, row)} == {person_id for person_id, _ in due[:2]}
        assert not any(person_id in str(row.facts) for person_id, _ in due)
    office.agree(request_id)
    assert {person_id for person_id, _ in _credentials(office)} == {person_id for person_id, _ in due[:2]}
    assert sorted(office.record())[:2] == [("certificate-issued", "0"), ("certificate-issued", "0")]


def test_what_becomes_due_while_the_signer_works_is_not_left_out_in_silence(office: Office, due: list[tuple[str, str]]) -> None:
    """One of two had a certificate when the others were signed, and it was withdrawn a moment later."""
    request_id = _ask_to_issue(office, due[:2])
    only = {due[0]: office.means(request_id).ready[due[0]]}
    with pytest.raises(Conflict, match="certificate-facts-changed"), office.database.transaction(office.person.organisation_id) as session:
        approval.agree(session, office.who(1), request_id, means=Means(office.shelf, only), now=office.clock.now)
    assert (_credentials(office), office.state(request_id)) == ([], "waiting")
    office.agree(request_id)
    assert len(_credentials(office)) == 2


def test_who_has_been_erased_meanwhile_gets_nothing(office: Office, due: list[tuple[str, str]]) -> None:
    request_id = _ask_to_issue(office, due[:2])
    with office.database.transaction() as session, everyone(session):
        erase.erase_person(session, people.get_person(session, due[0][0]), now=office.clock.now)
    office.agree(request_id)
    assert [person_id for person_id, _ in _credentials(office)] == [due[1][0]]


def test_certificates_are_not_asked_for_that_are_not_due(office: Office, due: list[tuple[str, str]]) -> None:
    for wrong in ((office.person.id, "trial"), (due[0][0], "nothing")):
        with pytest.raises(Refused, match="not-complete"):
            _ask_to_issue(office, [due[0], wrong])


def test_certificates_are_withdrawn_together(office: Office, due: list[tuple[str, str]]) -> None:
    office.agree(_ask_to_issue(office, due))
    with office.database.transaction(office.person.organisation_id) as session:
        serials = [row.id for row in credentials.list_credentials(session)]
        for wrong, error, code in (
            ((serials, "boredom"), Invalid, "reason-needed"),
            (([*serials, "nothing"], "lost"), NotFound, "no-credential"),
        ):
            with pytest.raises(error, match=code):
                approval.ask_to_withdraw(session, office.who(0), *wrong, now=office.clock.now)
        request_id = approval.ask_to_withdraw(session, office.who(0), serials, "mistake", now=office.clock.now)
        certify.withdraw(session, office.who(0), serials[0], "lost", now=office.clock.now)
    office.agree(request_id)
    assert [status for _, status in _credentials(office)] == ["withdrawn"] * 3
    with office.database.read(office.person.organisation_id) as session:
        assert sorted(credentials.get_credential(session, serial).reason for serial in serials) == ["lost", "mistake", "mistake"]


def test_a_file_that_was_agreed_to_is_taken_by_whoever_asked_within_a_day(office: Office) -> None:
    request_id = _export(office)

    def take(number: int) -> str:
        with office.database.read(office.person.organisation_id) as session:
            return approval.get_open_export(session, office.who(number), request_id, now=office.clock.now).id

    with pytest.raises(NotFound):
        take(0)
    office.clock.move(days=2)
    office.agree(request_id)
    assert take(0) == request_id
    with pytest.raises(NotFound):
        take(1)
    office.clock.move(days=1)
    with pytest.raises(NotFound):
        take(0)


def test_requests_are_dropped_after_90_days(office: Office) -> None:
    request_id = office.ask()
    for move, left in ((timedelta(days=90), 1), (timedelta(seconds=1), 0)):
        office.clock.now += move
        with office.database.transaction() as session:
            erase.sweep(session, now=office.clock.now)
        with office.database.read(office.person.organisation_id) as session:
            assert approvals.count_approvals(session) == left
    with pytest.raises(NotFound):
        office.agree(request_id)
