import random
from pathlib import Path

from sqlalchemy import select

from elearn.actions import coalition, demo, handle, passphrase
from elearn.actions.publish import publish
from elearn.course.source import Source
from elearn.store.cohorts import find_standings, list_members, list_trained_cohorts
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
    assert [account.role for account in accounts] == [*demo.ROLES, *demo.OTHERS]
    with database.read() as session, everyone(session):
        organisation = find_open_organisation(session)
        assert organisation is not None
        people = {person.handle: person for person in list_people(session)}
        for one in accounts:
            assert people[one.handle].role == one.role.removeprefix("other-")
            assert (people[one.handle].organisation_id == organisation.id) is not one.role.startswith("other-")
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
        assert count_people(session) == len(demo.ROLES) + len(demo.OTHERS) + len(demo._CLASSMATES)


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
    assert [account.handle for account in accounts] == [f"demo-{role}" for role in (*demo.ROLES, *demo.OTHERS)]
    with database.read() as session, everyone(session):
        kept = find_person_by_handle(session, handle.fold("aaa-first-of-all"))
        admin = find_person_by_handle(session, handle.fold("demo-admin"))
        assert kept is not None
        assert kept.passphrase_hash == before
        assert admin is not None
        assert (admin.role, admin.state) == ("admin", "active")


def test_the_trainer_has_one_cohort_with_people_at_different_points_of_its_courses(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        publish(session, Source.from_folder(Path(__file__).parents[1] / "courses" / "minimal"), now=clock.now)
    for chance in (1, 2):
        seed(database, clock, chance)
    with database.read() as session, everyone(session):
        trainer = find_person_by_handle(session, handle.fold("demo-trainer"))
        assert trainer is not None
        (line,) = list_trained_cohorts(session, trainer.id)
        assert (line.members, line.row.courses) == (7, ["minimal"])
        people = list_members(session, line.row.id)
        stands = find_standings(session, [person.id for person in people], line.row.courses)
    reached = [stands.get((person.id, "minimal")) for person in people if person.pseudonym in demo._CLASSMATES]
    percents = [one.percent if one else 0 for one in reached]
    assert percents == sorted(percents)
    assert percents[0] < percents[-1]


def test_the_figures_of_the_coalition_are_there_at_once(database: Database, clock: StandingClock) -> None:
    seed(database, clock)
    with database.read() as session:
        report = coalition.find_report(session, f"{clock.now:%Y-%m}")
    assert report is not None
    assert report.sums["learner"] == 5
