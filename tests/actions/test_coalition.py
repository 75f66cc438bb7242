"""What organisations tell each other: no cell under five, no sum that gives one away, no two reports that differ by a few people."""

import random
from collections.abc import Mapping
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.actions import coalition
from elearn.actions.coalition import COLUMNS, STEP, Cells, coarse, sums
from elearn.actions.housekeep import housekeep
from elearn.store.base import hour
from elearn.store.coalition import Counts
from elearn.store.engine import Database
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_credential, make_fact, make_organisation, make_person, make_release, make_summary

ORGANISATIONS = ["a", "b", "c", "d"]
TABLES = st.dictionaries(
    st.tuples(st.sampled_from(ORGANISATIONS), st.sampled_from(COLUMNS)), st.one_of(st.integers(0, 12), st.integers(0, 10_000))
)


def shown(counts: Counts) -> tuple[Mapping[str, Cells], Cells]:
    rows = coarse(counts, ORGANISATIONS)
    return rows, sums(rows)


@given(TABLES)
def test_nothing_under_five_is_published_in_no_cell_and_in_no_sum(counts: Counts) -> None:
    rows, totals = shown(counts)
    cells = [cell for row in (*rows.values(), totals) for cell in row.values() if cell is not None]
    assert all(cell >= STEP and cell % STEP == 0 for cell in cells)
    for (organisation, column), count in counts.items():
        cell = rows[organisation][column]
        assert (cell is None) is (count < STEP)
        assert cell is None or cell <= count < cell + STEP


@given(TABLES, st.sampled_from(ORGANISATIONS), st.sampled_from(COLUMNS), st.integers(0, STEP - 1))
def test_whatever_a_hidden_cell_holds_the_report_is_the_same_to_the_letter(
    counts: Counts, organisation: str, column: str, other: int
) -> None:
    """So neither a sum nor what an admin knows of her own organisation tells more of it than that it is under five."""
    hidden = {**counts, (organisation, column): 0}
    assert shown(hidden) == shown({**hidden, (organisation, column): other})


@given(TABLES, st.sampled_from(ORGANISATIONS), st.sampled_from(COLUMNS), st.integers(0, STEP - 1))
def test_a_shown_cell_says_no_more_than_its_whole_five(counts: Counts, organisation: str, column: str, other: int) -> None:
    count = counts.get((organisation, column), 0)
    near = count - count % STEP + other
    assert shown(counts) == shown({**counts, (organisation, column): near})


@settings(max_examples=50)
@given(st.integers(0, 2**32))
def test_no_two_reports_differ_by_fewer_than_five_people(seed: int) -> None:
    """Two hundred histories an example, ten thousand in all: people come and go, and any two months are held against each other."""
    chance = random.Random(seed)
    for _ in range(200):
        count, months = chance.randrange(30), []
        for _month in range(4):
            months.append(shown({("a", "learner"): count, ("b", "learner"): 7}))
            count = max(0, count + chance.randint(-6, 6))
        for rows, totals in months:
            for earlier, sum_before in months:
                for now, before in ((rows["a"]["learner"], earlier["a"]["learner"]), (totals["learner"], sum_before["learner"])):
                    assert now == before or abs((now or 0) - (before or 0)) >= STEP


@pytest.fixture
def peopled(database: Database, clock: StandingClock) -> dict[str, str]:
    """A large organisation and a small one, with people in every column."""
    with database.transaction() as session, everyone(session):
        release, second = make_release(session, "rights"), make_release(session, "safety")
        made = {name: make_organisation(session, name).id for name in ("large", "small")}
        for name, count in (("large", 13), ("small", 4)):
            for _ in range(count):
                person = make_person(session, made[name])
                for one in (release, second):
                    make_summary(session, person, one, percent=100, complete_at=clock.now)
                    make_fact(session, person, one)
                    make_credential(session, person, one)
        for number in range(6):
            idle = make_person(session, made["small"], role="trainer")
            fact = make_fact(session, idle, release)
            fact.hour = hour(clock.now - timedelta(days=31))
            make_person(session, made["large"], role="admin", state="suspended" if number else "active")
            make_credential(session, idle, release, status="withdrawn")
        session.flush()
    return made


def test_people_are_counted_once_in_a_cell_and_only_those_who_are_there(
    database: Database, peopled: dict[str, str], clock: StandingClock
) -> None:
    with database.transaction() as session:
        assert coalition.publish(session, now=clock.now)
        report = coalition.find_report(session, "2026-03")
    assert report is not None
    nothing = dict.fromkeys(COLUMNS)
    assert report.rows == {
        peopled["large"]: {**nothing, "learner": 10, "active": 10, "completed": 10, "certified": 10},
        peopled["small"]: {**nothing, "trainer": 5},
    }
    assert report.sums == {**nothing, "learner": 10, "trainer": 5, "active": 10, "completed": 10, "certified": 10}
    assert report.day == clock.now.date()


def test_a_server_without_an_organisation_spends_no_report_on_nothing(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        assert not coalition.publish(session, now=clock.now)
    with database.transaction() as session, everyone(session):
        make_organisation(session, "first")
    with database.transaction() as session:
        assert coalition.publish(session, now=clock.now)
        assert coalition.find_report(session, f"{clock.now:%Y-%m}") is not None


def test_a_report_is_drawn_once_a_month_and_stays_as_it_was(database: Database, peopled: dict[str, str], clock: StandingClock) -> None:
    housekeep(database, now=clock.now)
    with database.transaction() as session, everyone(session):
        for _ in range(20):
            make_person(session, peopled["large"])
    housekeep(database, now=clock.move(days=20))
    with database.read() as session:
        frozen = coalition.find_report(session, "2026-03")
    assert frozen is not None
    assert frozen.rows[peopled["large"]]["learner"] == 10
    housekeep(database, now=clock.move(days=20))
    with database.read() as session:
        assert list(coalition.list_months(session)) == ["2026-04", "2026-03"]
        assert coalition.find_report(session, "2026-03") == frozen
        later = coalition.find_report(session, "2026-04")
        assert later is not None
        assert (later.rows[peopled["large"]]["learner"], later.rows[peopled["large"]]["active"]) == (30, None)
        assert coalition.find_report(session, "2026-05") is None
