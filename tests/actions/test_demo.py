import random

from sqlalchemy import select

from elearn.actions import demo, handle, passphrase
from elearn.store.engine import Database
from elearn.store.organisations import find_open_organisation
from elearn.store.people import PersonRow, count_people, find_person_by_handle, list_people
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_person


def seed(database: Database, clock: StandingClock, chance: int = 1) -> list[demo.DemoAccount]:
    with database.transaction() as session:
        return demo.seed(session, chance=random.Random(chance), now=clock.now)


def test_there_is_an_account_for_each_role_and_anybody_may_join(database: Database, clock: StandingClock) -> None:
    accounts = seed(database, clock)
    assert [account.role for account in accounts] == list(demo.ROLES)
    with database.read() as session, everyone(session):
        organisation = find_open_organisation(session)
        assert organisation is not None
        people = list_people(session)
        assert sorted((person.handle, person.role) for person in people) == sorted((one.handle, one.role) for one in accounts)
        for account in accounts:
            person = find_person_by_handle(session, handle.fold(account.handle))
            assert person is not None
            assert passphrase.verify(person.passphrase_hash, account.passphrase)
            assert account.passphrase not in person.passphrase_hash


def test_a_later_run_gives_new_passphrases_to_the_same_people(database: Database, clock: StandingClock) -> None:
    first, second = seed(database, clock, 1), seed(database, clock, 2)
    assert [account.handle for account in first] == [account.handle for account in second]
    assert {account.passphrase for account in first}.isdisjoint(account.passphrase for account in second)
    with database.read() as session, everyone(session):
        assert count_people(session) == len(demo.ROLES)


def test_people_who_joined_the_demo_are_left_alone(database: Database, clock: StandingClock) -> None:
    seed(database, clock)
    with database.transaction() as session, everyone(session):
        organisation = find_open_organisation(session)
        assert organisation is not None
        guest = make_person(session, organisation.id, "aaa-first-of-all")
        before = guest.passphrase_hash
        for number in range(120):
            make_person(session, organisation.id, f"aab-{number:03}-x")
        changed = session.scalars(select(PersonRow).where(PersonRow.handle == "demo-admin")).one()
        changed.role, changed.state = "learner", "suspended"
    accounts = seed(database, clock, 2)
    assert [account.handle for account in accounts] == [f"demo-{role}" for role in demo.ROLES]
    with database.read() as session, everyone(session):
        kept = find_person_by_handle(session, handle.fold("aaa-first-of-all"))
        admin = find_person_by_handle(session, handle.fold("demo-admin"))
        assert kept is not None
        assert kept.passphrase_hash == before
        assert admin is not None
        assert (admin.role, admin.state) == ("admin", "active")
