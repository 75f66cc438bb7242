"""Organisations that the operator founds: the first admin comes in by a code that works once, for seven days, and for that one alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from elearn.actions import setup
from elearn.actions.account import NewPerson
from elearn.actions.housekeep import housekeep
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.store import audit, settings
from elearn.store.engine import Database
from elearn.store.organisations import count_organisations, get_organisation
from elearn.store.people import get_person, list_people
from tests.conftest import StandingClock
from tests.factories import make_person, make_signed_in


def admin(handle: str = "first-of-all") -> NewPerson:
    return NewPerson(handle=handle, passphrase="lanterns over quiet rivers", language="ru", country="")


@pytest.fixture
def founded(database: Database, clock: StandingClock) -> tuple[str, str]:
    with database.transaction() as session:
        return setup.found(session, slug="second-ngo", name=" Second NGO ", now=clock.now)


def test_the_code_lets_one_admin_into_that_organisation_once(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    organisation_id, code = founded
    joined = setup.take_over(database, code.upper(), admin=admin(), now=clock.now)
    assert joined.organisation_id == organisation_id
    assert len(joined.recovery_codes) == 10
    with database.read(organisation_id) as session:
        assert get_organisation(session, organisation_id).name == "Second NGO"
        assert get_person(session, joined.person_id).role == "admin"
        assert not get_organisation(session, organisation_id).open_join
    with pytest.raises(Refused, match="wrong-setup-code"):
        setup.take_over(database, code, admin=admin("second-one"), now=clock.now)
    with database.transaction() as session, pytest.raises(Conflict, match="has-admin"):
        setup.renew_code(session, "second-ngo", now=clock.now)


def test_the_code_is_kept_as_its_hash_alone(database: Database, founded: tuple[str, str]) -> None:
    plain = founded[1].replace("-", "")
    assert len(plain) == 32
    with database.read() as session:
        kept = str(settings.list_settings(session, "setup "))
    assert plain not in kept
    assert plain[:8] not in kept


def test_the_code_is_over_after_seven_days_and_forgotten(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    with database.read() as session:
        assert setup.is_open(session, now=clock.now)
        assert not setup.is_founding(session)
    clock.move(days=7, seconds=-1)
    with database.read() as session:
        assert setup.is_open(session, now=clock.now)
    with pytest.raises(Refused, match="wrong-setup-code"):
        setup.take_over(database, founded[1], admin=admin(), now=clock.move(seconds=1))
    with database.read() as session:
        assert not setup.is_open(session, now=clock.now)
    housekeep(database, now=clock.now)
    with database.read() as session:
        assert settings.list_settings(session, "setup ") == {}


def test_a_new_code_voids_the_one_before(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    with database.transaction() as session:
        code = setup.renew_code(session, "second-ngo", now=clock.now + timedelta(days=6))
    with pytest.raises(Refused):
        setup.take_over(database, founded[1], admin=admin(), now=clock.now)
    assert setup.take_over(database, code, admin=admin(), now=clock.move(days=12)).organisation_id == founded[0]


def test_of_two_codes_each_opens_its_own_organisation(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    with database.transaction() as session:
        third = setup.found(session, slug="third-ngo", name="Third", now=clock.now)
    assert setup.take_over(database, third[1], admin=admin(), now=clock.now).organisation_id == third[0]
    assert setup.take_over(database, founded[1], admin=admin("other-one"), now=clock.now).organisation_id == founded[0]


@pytest.mark.parametrize("code", ["", "0" * 32, "x", "setup"])
def test_no_other_code_opens_anything(database: Database, founded: tuple[str, str], clock: StandingClock, code: str) -> None:
    with pytest.raises(Refused, match="wrong-setup-code"):
        setup.take_over(database, code, admin=admin(), now=clock.now)


def test_what_is_wrong_with_the_admin_uses_no_code_up(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    with pytest.raises(Invalid):
        setup.take_over(database, founded[1], admin=admin("a"), now=clock.now)
    with database.transaction(founded[0]) as session:
        make_person(session, founded[0], "first-of-all")
    with pytest.raises(Conflict, match="handle-taken"):
        setup.take_over(database, founded[1], admin=admin(), now=clock.now)
    assert setup.take_over(database, founded[1], admin=admin("other-one"), now=clock.now).organisation_id == founded[0]


def test_of_those_who_come_at_once_with_one_code_one_is_let_in(database: Database, founded: tuple[str, str], clock: StandingClock) -> None:
    def come(number: int) -> bool:
        try:
            setup.take_over(database, founded[1], admin=admin(f"first-{number}x"), now=clock.now)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(4))) == 1
    with database.read(founded[0]) as session:
        assert len(list_people(session)) == 1


def test_of_those_who_set_up_at_once_one_founds(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        code = setup.begin_setup(session)

    def come(number: int) -> bool:
        try:
            setup.set_up(database, code, slug=f"ngo-{number}", name="NGO", admin=admin(f"first-{number}x"), now=clock.now)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(4))) == 1
    with database.read() as session:
        assert count_organisations(session) == 1


def test_who_founded_stands_in_the_record(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        operator = make_signed_in(make_person(session, organisation_id, role="operator"))
        made, _ = setup.found(session, slug="second-ngo", name="Second", who=operator, now=clock.now)
        setup.renew_code(session, "second-ngo", who=operator, now=clock.now)
        mark = audit.mark(session, operator.person_id, organisation_id=organisation_id)
        entries = audit.list_entries(session, made)
    assert [(entry.verb, entry.actor) for entry in entries] == [("organisation.code", mark), ("organisation.founded", mark)]


def test_a_code_is_not_drawn_for_what_is_not_there(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session, pytest.raises(NotFound):
        setup.renew_code(session, "nobody", now=clock.now)
