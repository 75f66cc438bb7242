"""What people are told about their own account: once a day, to her alone, until she has read it or 90 days are over."""

import pytest

from elearn.actions import erase, notices
from elearn.store.account_notices import list_notices
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person, make_signed_in


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id)


def told(database: Database, person: PersonRow) -> list[tuple[str, str]]:
    with database.read(person.organisation_id) as session:
        return [(row.code, row.on.isoformat()) for row in list_notices(session, person.id)]


def tell(database: Database, person: PersonRow, code: str, clock: StandingClock) -> None:
    with database.transaction(person.organisation_id) as session:
        notices.tell(session, person.id, code, clock.now)


def test_the_same_is_told_once_a_day(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for _ in range(2):
        tell(database, person, "name-viewed", clock)
    clock.move(days=1)
    tell(database, person, "name-viewed", clock)
    assert told(database, person) == [("name-viewed", "2026-03-03"), ("name-viewed", "2026-03-02")]


def test_it_can_be_told_where_everyone_is_seen(database: Database, person: PersonRow, clock: StandingClock) -> None:
    with database.transaction() as session, everyone(session):
        notices.tell(session, person.id, "passphrase-changed", clock.now)
    assert told(database, person) == [("passphrase-changed", "2026-03-02")]


def test_nothing_is_told_that_has_no_words(database: Database, person: PersonRow, clock: StandingClock) -> None:
    with pytest.raises(ValueError, match="hair-cut"):
        tell(database, person, "hair-cut", clock)


def test_only_she_herself_puts_it_away(database: Database, person: PersonRow, organisation_id: str, clock: StandingClock) -> None:
    tell(database, person, "role-changed", clock)
    with database.transaction() as session:
        same = make_person(session, organisation_id)
        outside = make_person(session, make_organisation(session).id)
    with database.read(organisation_id) as session:
        (row,) = list_notices(session, person.id)
    for other in (same, outside):
        with database.transaction(other.organisation_id) as session:
            notices.dismiss(session, make_signed_in(other), [row.id])
        assert told(database, person)
    with database.transaction(organisation_id) as session:
        notices.dismiss(session, make_signed_in(person), [row.id, "no-such-notice"])
    assert told(database, person) == []


def test_what_nobody_reads_is_dropped_after_90_days(database: Database, person: PersonRow, clock: StandingClock) -> None:
    tell(database, person, "factor-removed", clock)
    for days, kept in ((90, 1), (1, 0)):
        clock.move(days=days)
        with database.transaction() as session:
            erase.sweep(session, now=clock.now)
        assert len(told(database, person)) == kept
