"""Jobs: taken by one worker at a time, tried again with growing delay, given up at last, never lost with a worker that dies."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from elearn.actions.erase import erase_person, sweep
from elearn.actions.jobs import LEASE, MOST_TRIES, WAIT, Job, Outcome, work_one
from elearn.errors import Refused, Unavailable
from elearn.store.engine import Database
from elearn.store.jobs import JobRow, find_job, put_job
from elearn.store.people import PersonRow, get_person
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person

Work = Callable[[Job], datetime | None]


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id)


def put(database: Database, person: PersonRow, due_at: datetime, kind: str = "wave") -> None:
    with database.transaction(person.organisation_id) as session:
        put_job(session, JobRow(person_id=person.id, organisation_id=person.organisation_id, kind=kind, due_at=due_at, tries=0))


def row_of(database: Database, person: PersonRow, kind: str = "wave") -> JobRow | None:
    with database.read(person.organisation_id) as session:
        return find_job(session, kind, person.id)


def doing(done: list[Job], rests_until: datetime | None = None, error: Exception | None = None) -> Work:
    def act(job: Job) -> datetime | None:
        done.append(job)
        if error:
            raise error
        return rests_until

    return act


def test_nothing_is_done_before_its_time_and_what_is_longest_due_first(
    database: Database, person: PersonRow, organisation_id: str, clock: StandingClock
) -> None:
    with database.transaction() as session:
        other = make_person(session, make_organisation(session).id)
    put(database, person, clock.now + timedelta(hours=2))
    put(database, other, clock.now + timedelta(hours=1))
    done: list[Job] = []
    assert work_one(database, {"wave": doing(done)}, now=clock.now) is None
    now = clock.move(hours=3)
    assert work_one(database, {"elsewhere": doing(done)}, now=now) is None
    outcomes = [work_one(database, {"wave": doing(done)}, now=now) for _ in range(3)]
    assert outcomes == [Outcome(), Outcome(), None]
    assert [(job.person_id, job.organisation_id, job.tries) for job in done] == [
        (other.id, other.organisation_id, 1),
        (person.id, organisation_id, 1),
    ]


def test_what_waits_already_is_asked_for_once(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for minutes in (10, 5, 20):
        put(database, person, clock.now + timedelta(minutes=minutes))
    row = row_of(database, person)
    assert row is not None
    assert row.due_at == clock.now + timedelta(minutes=10)


def test_it_rests_before_the_next(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    rest = clock.now + timedelta(days=1)
    assert work_one(database, {"wave": doing([], rest)}, now=clock.now) == Outcome()
    row = row_of(database, person)
    assert row is not None
    assert (row.due_at, row.rests_until, row.leased_until, row.tries) == (None, rest, None, 0)
    put(database, person, clock.move(hours=1))
    row = row_of(database, person)
    assert row is not None
    assert row.due_at == rest
    put(database, person, clock.move(days=3))
    again = row_of(database, person)
    assert again is not None
    assert again.due_at == rest  # it waits already


def test_a_failure_is_tried_again_later_and_later_and_given_up(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    waits: list[timedelta] = []
    done: list[Job] = []
    for _ in range(MOST_TRIES):
        outcome = work_one(database, {"wave": doing(done, error=Unavailable("away"))}, now=clock.now)
        assert outcome == Outcome("away", away=True)
        row = row_of(database, person)
        assert row is not None
        if row.due_at:
            assert work_one(database, {"wave": doing(done)}, now=clock.now) is None
            waits.append(row.due_at - clock.now)
            clock.now = row.due_at
    assert waits == [WAIT * 2**number for number in range(MOST_TRIES - 1)]
    assert [job.tries for job in done] == list(range(1, MOST_TRIES + 1))
    assert row is not None
    assert (row.due_at, row.tries, row.rests_until) == (None, 0, clock.now + timedelta(days=1))


def test_what_can_never_be_done_is_given_up_at_once(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    assert work_one(database, {"wave": doing([], error=Refused("nobody"))}, now=clock.now) == Outcome("nobody")
    assert work_one(database, {"wave": doing([])}, now=clock.move(hours=20)) is None


def test_a_worker_that_dies_leaves_its_job_to_the_next(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    with pytest.raises(ZeroDivisionError):
        work_one(database, {"wave": doing([], error=ZeroDivisionError())}, now=clock.now)
    done: list[Job] = []
    assert work_one(database, {"wave": doing(done)}, now=clock.move(minutes=10)) is None
    assert work_one(database, {"wave": doing(done)}, now=clock.now + LEASE) == Outcome()
    assert [job.tries for job in done] == [2]


def test_what_breaks_each_time_is_given_up_too(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    done: list[Job] = []
    for _ in range(MOST_TRIES):
        with pytest.raises(ZeroDivisionError):
            work_one(database, {"wave": doing(done, error=ZeroDivisionError())}, now=clock.now)
        clock.move(minutes=15)
    assert work_one(database, {"wave": doing(done)}, now=clock.now) is None
    row = row_of(database, person)
    assert row is not None
    assert (row.due_at, row.leased_until, row.tries, len(done)) == (None, None, 0, MOST_TRIES)


@pytest.mark.parametrize("rests", [True, False])
def test_what_is_asked_for_while_it_is_done_is_done_once_more(
    database: Database, person: PersonRow, clock: StandingClock, rests: bool
) -> None:
    put(database, person, clock.now)
    later, rest = clock.now + timedelta(hours=1), clock.now + timedelta(days=1) if rests else None

    def act(_job: Job) -> datetime | None:
        put(database, person, later)
        return rest

    assert work_one(database, {"wave": act}, now=clock.now) == Outcome()
    row = row_of(database, person)
    assert row is not None
    assert (row.due_at, row.leased_until) == (rest or later, None)


def test_who_is_erased_meanwhile_is_not_brought_back(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for error in (None, Unavailable("away")):
        put(database, person, clock.now)

        def act(job: Job, error: Exception | None = error) -> None:
            with database.transaction() as session, everyone(session):
                session.delete(find_job(session, job.kind, job.person_id))
            if error:
                raise error

        assert work_one(database, {"wave": act}, now=clock.now) is not None
        assert row_of(database, person) is None
    put(database, person, clock.now)
    with database.transaction() as session, everyone(session):
        erase_person(session, get_person(session, person.id), now=clock.now)
    assert row_of(database, person) is None


def test_two_workers_never_do_the_same(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction() as session:
        people = [make_person(session, organisation_id) for _ in range(20)]
    for person in people:
        put(database, person, clock.now)
    done: list[Job] = []

    def worker() -> None:
        while work_one(database, {"wave": doing(done)}, now=clock.now) is not None:
            pass

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(worker) for _ in range(4)]:
            one.result()
    assert sorted(job.person_id for job in done) == sorted(person.id for person in people)


def test_asking_twice_at_once_makes_one(database: Database, person: PersonRow, clock: StandingClock) -> None:
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(put, database, person, clock.now) for _ in range(8)]:
            one.result()
    assert row_of(database, person) is not None


def test_what_has_rested_is_swept(database: Database, person: PersonRow, clock: StandingClock) -> None:
    put(database, person, clock.now)
    put(database, person, clock.now + timedelta(days=3), "other")
    assert work_one(database, {"wave": doing([], clock.now + timedelta(days=1))}, now=clock.now) == Outcome()
    for hours, left in ((23, 1), (1, 0)):
        clock.move(hours=hours)
        with database.transaction() as session:
            sweep(session, now=clock.now)
        assert (row_of(database, person) is not None) == bool(left)
    assert row_of(database, person, "other") is not None
