"""Cohorts: who may be in one, what joining and leaving do, and what closing one ends."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from elearn.actions import cohort, invite
from elearn.actions.cohort import Plan
from elearn.errors import Invalid, NotFound, Refused
from elearn.store.audit import list_entries
from elearn.store.cohorts import count_members, find_last_hours, find_standings, get_cohort, list_cohorts, list_members, list_outsiders
from elearn.store.engine import Database
from elearn.store.enrolments import EnrolmentRow, count_enrolments, find_enrolment, list_course_enrolments, list_enrolments
from elearn.store.people import get_person
from elearn.store.progress import list_summaries
from elearn.store.sessions import SignedIn
from tests.conftest import StandingClock
from tests.factories import (
    make_cohort,
    make_credential,
    make_enrolment,
    make_fact,
    make_organisation,
    make_person,
    make_release,
    make_signed_in,
    make_summary,
)

PUBLISHED = ("rights", "safety")
PLAN = Plan(name="Spring", trainer_id=None, starts_on=date(2026, 3, 2), ends_on=None, languages=("ru",), courses=("rights",))


@pytest.fixture
def admin(session: Session, organisation_id: str) -> SignedIn:
    for course_id in PUBLISHED:
        make_release(session, course_id)
    return make_signed_in(make_person(session, organisation_id, role="admin"))


def test_a_cohort_is_founded_with_its_trainer_and_courses(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    trainer = make_person(session, admin.organisation_id, role="trainer")
    made = cohort.found(session, admin, replace(PLAN, name="  Spring ", trainer_id=trainer.id), published=PUBLISHED, now=clock.now)
    (line,) = list_cohorts(session)
    assert (line.row.id, line.row.name, line.trainer, line.members) == (made, "Spring", trainer.pseudonym, 0)
    assert [entry.verb for entry in list_entries(session, admin.organisation_id)] == ["cohort.made"]


@pytest.mark.parametrize(
    ("wrong", "field", "code"),
    [
        ({"name": " "}, "name", "name-form"),
        ({"name": "x" * 81}, "name", "name-form"),
        ({"name": "Spr\u202eing"}, "name", "name-form"),
        ({"trainer_id": "nobody"}, "trainer", "unknown-trainer"),
        ({"ends_on": PLAN.starts_on - timedelta(days=1)}, "ends_on", "cohort-dates"),
        ({"languages": ()}, "languages", "cohort-languages"),
        ({"languages": ("ru", "xx")}, "languages", "cohort-languages"),
        ({"courses": ("unknown",)}, "courses", "cohort-courses"),
        ({"courses": ("rights",) * 21}, "courses", "cohort-courses"),
    ],
)
def test_what_cannot_be_is_said_by_field(
    session: Session, admin: SignedIn, clock: StandingClock, wrong: dict[str, object], field: str, code: str
) -> None:
    with pytest.raises(Invalid) as raised:
        cohort.found(session, admin, replace(PLAN, **wrong), published=PUBLISHED, now=clock.now)  # type: ignore[arg-type]
    assert [(problem.where.file, problem.code) for problem in raised.value.problems] == [(field, code)]
    assert list_cohorts(session) == []


def test_only_an_active_trainer_of_the_same_organisation_trains(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    other = make_organisation(session)
    people = [
        make_person(session, other.id, role="trainer"),
        make_person(session, admin.organisation_id, role="trainer", state="suspended"),
        make_person(session, admin.organisation_id, role="translator"),
    ]
    for person in people:
        with pytest.raises(Invalid, match="unknown-trainer"):
            cohort.found(session, admin, replace(PLAN, trainer_id=person.id), published=PUBLISHED, now=clock.now)


def test_members_are_enrolled_in_the_courses_and_in_those_that_come_later(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    person = make_person(session, admin.organisation_id)
    made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    assert cohort.add_members(session, admin, made, [person.id, person.id], now=clock.now) == 1
    assert cohort.add_members(session, admin, made, [person.id], now=clock.now) == 0
    assert [row.course_id for row in list_enrolments(session, person.id)] == ["rights"]
    cohort.change(session, admin, made, replace(PLAN, courses=("safety", "rights")), published=PUBLISHED, now=clock.now)
    assert {row.course_id for row in list_enrolments(session, person.id)} == {"rights", "safety"}


def test_who_left_a_course_takes_it_again_with_her_cohort_and_who_finished_keeps_that(
    session: Session, admin: SignedIn, clock: StandingClock
) -> None:
    left, done = make_person(session, admin.organisation_id), make_person(session, admin.organisation_id)
    make_enrolment(session, left, state="left")
    make_enrolment(session, done, state="complete")
    made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    cohort.add_members(session, admin, made, [left.id, done.id], now=clock.now)
    states = [find_enrolment(session, person.id, "rights") for person in (left, done)]
    assert [row.state for row in states if row] == ["active", "complete"]


def test_a_course_that_was_taken_away_meanwhile_stays_possible_and_enrols_nobody(
    session: Session, admin: SignedIn, clock: StandingClock
) -> None:
    made = make_cohort(session, admin.organisation_id)  # takes rights-and-obligations, which nobody published here
    person = make_person(session, admin.organisation_id)
    plan = replace(PLAN, courses=("rights-and-obligations",))
    cohort.change(session, admin, made.id, plan, published=PUBLISHED, now=clock.now)
    cohort.add_members(session, admin, made.id, [person.id], now=clock.now)
    assert list_enrolments(session, person.id) == []


def test_leaving_a_cohort_takes_nothing_away_that_was_learned(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    person = make_person(session, admin.organisation_id)
    make_summary(session, person, make_release(session, number=2), percent=70)
    made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    cohort.add_members(session, admin, made, [person.id], now=clock.now)
    cohort.remove_member(session, admin, made, person.id, now=clock.now)
    assert count_members(session, made) == 0
    assert [row.percent for row in list_summaries(session, person.id)] == [70]
    assert [row.state for row in list_enrolments(session, person.id)] == ["active"]
    with pytest.raises(NotFound):
        cohort.remove_member(session, admin, made, person.id, now=clock.now)


def test_people_and_cohorts_of_another_organisation_are_not_there(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    other = make_organisation(session)
    stranger = make_person(session, other.id)
    foreign = make_cohort(session, other.id, stranger)
    own = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    person = make_person(session, admin.organisation_id)
    with pytest.raises(NotFound):
        cohort.add_members(session, admin, own, [stranger.id], now=clock.now)
    for deed in (
        lambda: cohort.add_members(session, admin, foreign.id, [person.id], now=clock.now),
        lambda: cohort.remove_member(session, admin, foreign.id, stranger.id, now=clock.now),
        lambda: cohort.change(session, admin, foreign.id, PLAN, published=PUBLISHED, now=clock.now),
        lambda: cohort.close(session, admin, foreign.id, now=clock.now),
        lambda: get_cohort(session, foreign.id),
    ):
        with pytest.raises(NotFound):
            deed()
    assert [line.row.id for line in list_cohorts(session)] == [own]
    assert list_members(session, foreign.id) == []
    assert stranger.id not in {person.id for person in list_outsiders(session, own)}


def test_closing_voids_the_invites_and_takes_no_more_members_until_it_is_opened(
    session: Session, admin: SignedIn, clock: StandingClock
) -> None:
    made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    code = invite.invite_many(session, admin, role="learner", cohort_id=made, now=clock.now).slips[0].code
    kept = invite.invite(session, admin, role="learner", now=clock.now)
    cohort.close(session, admin, made, now=clock.now)
    cohort.close(session, admin, made, now=clock.now)
    with pytest.raises(Refused, match="bad-invite"):
        invite.find_usable(session, code, now=clock.now)
    assert invite.find_usable(session, kept, now=clock.now).uses_left == 1
    person = make_person(session, admin.organisation_id)
    with pytest.raises(Refused, match="cohort-closed"):
        cohort.add_members(session, admin, made, [person.id], now=clock.now)
    cohort.close(session, admin, made, closed=False, now=clock.now)
    assert cohort.add_members(session, admin, made, [person.id], now=clock.now) == 1
    verbs = [entry.verb for entry in list_entries(session, admin.organisation_id)]
    assert verbs == ["cohort.joined", "cohort.opened", "cohort.closed", "invite.made", "invite.made", "cohort.made"]


def test_a_cohort_has_a_largest_size(session: Session, admin: SignedIn, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cohort, "MOST_MEMBERS", 2)
    people = [make_person(session, admin.organisation_id).id for _ in range(3)]
    made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)
    with pytest.raises(Refused, match="cohort-full"):
        cohort.add_members(session, admin, made, people, now=clock.now)
    cohort.add_members(session, admin, made, people[:2], now=clock.now)
    with pytest.raises(Refused, match="cohort-full"):
        cohort.add_members(session, admin, made, people[2:], now=clock.now)


def test_adding_the_same_person_twice_at_once_makes_her_a_member_once(
    database: Database, organisation_id: str, clock: StandingClock
) -> None:
    with database.transaction(organisation_id) as session:
        make_release(session)
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        person_id = make_person(session, organisation_id).id
        made = cohort.found(session, admin, PLAN, published=PUBLISHED, now=clock.now)

    def add(_number: int) -> int:
        with database.transaction(organisation_id) as session:
            return cohort.add_members(session, admin, made, [person_id], now=clock.now)

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(add, range(6))) == 1
    with database.read(organisation_id) as session:
        assert count_members(session, made) == 1


def test_what_a_trainer_sees_is_read_for_all_members_at_once(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    release = make_release(session, number=3)
    begun, done, idle = (make_person(session, admin.organisation_id) for _ in range(3))
    make_summary(session, begun, release, percent=40)
    make_fact(session, begun, release)
    make_summary(session, done, release, percent=100, complete_at=clock.now)
    make_credential(session, done, release)
    standings = find_standings(session, [begun.id, done.id, idle.id], PUBLISHED)
    assert {key: (one.percent, one.complete_at is not None, one.certified) for key, one in standings.items()} == {
        (begun.id, "rights"): (40, False, False),
        (done.id, "rights"): (100, True, True),
    }
    assert find_last_hours(session, [begun.id, done.id], PUBLISHED) == {begun.id: clock.now.replace(minute=0, second=0)}
    assert find_last_hours(session, [begun.id], ["safety"]) == {}
    assert find_standings(session, [], PUBLISHED) == {}


def test_a_new_course_enrols_a_whole_cohort_by_a_few_statements(database: Database, organisation_id: str, clock: StandingClock) -> None:
    """Whoever saves an answer at this moment waits for it."""
    who, cohort_id, members = a_full_cohort(database, organisation_id, 60)
    with database.transaction(organisation_id) as session:
        make_enrolment(session, get_person(session, members[7]), course_id="safety", state="left")
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _k, statement, *_a: statements.append(statement))
    with database.transaction(organisation_id) as session:
        cohort.change(session, who, cohort_id, replace(PLAN, courses=PUBLISHED), published=PUBLISHED, now=clock.now)
    assert len(statements) < 60
    with database.read(organisation_id) as session:
        assert [row.state for row in list_course_enrolments(session, "safety")] == ["active"] * 60


def test_whoever_enrols_herself_at_the_same_time_hinders_nobody(database: Database, organisation_id: str, clock: StandingClock) -> None:
    who, cohort_id, members = a_full_cohort(database, organisation_id, 3)

    def change() -> None:
        with database.transaction(organisation_id) as session:
            cohort.change(session, who, cohort_id, replace(PLAN, courses=PUBLISHED), published=PUBLISHED, now=clock.now)

    with ThreadPoolExecutor(1) as pool:
        with database.transaction(organisation_id) as session:
            session.add(
                EnrolmentRow(
                    organisation_id=organisation_id, person_id=members[1], course_id="safety", state="active", created_on=clock.now.date()
                )
            )
            session.flush()
            changing = pool.submit(change)
            with suppress(TimeoutError):  # it waits for this transaction
                changing.result(timeout=1)
        changing.result()
    with database.read(organisation_id) as session:
        assert count_enrolments(session, "safety") == 3


def a_full_cohort(database: Database, organisation_id: str, size: int) -> tuple[SignedIn, str, list[str]]:
    """An admin, a cohort, and the ids of the people in it."""
    with database.transaction(organisation_id) as session:
        for course_id in PUBLISHED:
            make_release(session, course_id)
        who = make_signed_in(make_person(session, organisation_id, role="admin"))
        people = [make_person(session, organisation_id) for _ in range(size)]
        row = make_cohort(session, organisation_id, *people)
        return who, row.id, [person.id for person in people]
