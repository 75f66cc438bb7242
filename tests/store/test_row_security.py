"""The second wall on PostgreSQL: with the filter of the ORM out of the way, the database itself keeps organisations apart."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from elearn.store import audit, migrate, row_security
from elearn.store.engine import Database
from elearn.store.rows import METADATA
from elearn.store.tenancy import Sight, bind, everyone
from tests.factories import (
    NOW,
    make_attempt,
    make_credential,
    make_enrolment,
    make_fact,
    make_organisation,
    make_person,
    make_release,
    make_step,
    make_summary,
    make_traces,
)
from tests.servers import SERVER

pytestmark = pytest.mark.skipif(not SERVER, reason="SQLite has no row security")

WALLED = sorted(table.name for table in METADATA.tables.values() if "organisation_id" in table.c)
#: Tables whose rows no factory makes; the policy is the same.
EMPTY = {"credential_print", "invite", "recovery_code", "trusted_device", "web_session"}


@pytest.fixture
def two(database: Database) -> tuple[str, str]:
    """Two organisations with a row in almost every table each."""
    with database.transaction() as session, everyone(session):
        release = make_release(session)
        made = []
        for name in ("first", "second"):
            organisation = make_organisation(session, name)
            person = make_person(session, organisation.id, f"canary-{name}")
            make_enrolment(session, person)
            make_fact(session, person, release)
            make_summary(session, person, release)
            make_step(session, make_attempt(session, person, release))
            make_credential(session, person, release)
            make_traces(session, person)
            audit.mark(session, person.id, organisation_id=organisation.id)
            made.append(organisation.id)
    return made[0], made[1]


def raw(session: Session, statement: str, **values: str) -> sa.CursorResult[Any]:
    """Run SQL past the filter of the ORM."""
    return session.connection().execute(sa.text(statement), values)


def count(session: Session, table: str) -> int:
    return int(str(raw(session, f"SELECT count(*) FROM {table}").scalar()))


def test_nobody_here_goes_round_the_wall(database: Database) -> None:
    with database.engine.connect() as connection:
        row = connection.execute(sa.text("SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")).one()
        assert tuple(row) == ("elearn_app", False, False)


def test_every_table_of_an_organisation_has_the_policy(database: Database) -> None:
    statement = """SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid
        WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = 'organisation' AND p.polcmd = '*'"""
    with database.engine.connect() as connection:
        assert sorted(connection.scalars(sa.text(statement))) == WALLED


def test_a_session_sees_its_own_rows_only_with_the_filter_switched_off(database: Database, two: tuple[str, str]) -> None:
    with database.read() as session, everyone(session):
        whole = {table: count(session, table) for table in WALLED}
    assert {table for table, rows in whole.items() if not rows} == EMPTY
    for own, other in (two, two[::-1]):
        with database.read(own) as session:
            for table in WALLED:
                foreign = raw(session, f"SELECT count(*) FROM {table} WHERE organisation_id = :other", other=other)
                assert foreign.scalar() == 0, table
                assert count(session, table) * 2 == whole[table], table


def test_a_session_of_nobody_sees_nothing(database: Database, two: tuple[str, str]) -> None:
    with database.read() as session:
        assert {count(session, table) for table in WALLED} == {0}
    with database.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM person")) == 0
    with database.look() as looking:
        assert looking.cursor().execute("SELECT count(*) FROM person").fetchone() == (0,)


def test_what_is_told_ends_with_its_transaction(database: Database, two: tuple[str, str]) -> None:
    for _ in range(3):
        with database.transaction(two[0]) as session:
            assert count(session, "person") == 1
        with database.whole.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM person")) == 2
        with database.look(two[1]) as looking:
            assert looking.cursor().execute("SELECT count(*) FROM person").fetchone() == (1,)
        with database.engine.connect() as connection:
            assert connection.scalar(sa.text("SELECT count(*) FROM person")) == 0


def test_everyone_is_told_and_taken_back(database: Database, two: tuple[str, str]) -> None:
    with database.transaction() as session:
        with everyone(session):
            assert count(session, "person") == 2
        assert count(session, "person") == 0
        bind(session, two[0])
        assert count(session, "person") == 1
        with everyone(session):
            assert count(session, "person") == 2
        assert count(session, "person") == 1


def test_what_was_told_survives_a_savepoint_that_failed(database: Database, two: tuple[str, str]) -> None:
    with database.transaction(two[0]) as session:
        assert count(session, "person") == 1
        with pytest.raises(IntegrityError):
            _look_around_and_fail(session)
        assert count(session, "person") == 1
        with everyone(session):
            assert count(session, "person") == 2
            with pytest.raises(IntegrityError):
                _look_around_and_fail(session)
            assert count(session, "person") == 2
        assert count(session, "person") == 1


def _look_around_and_fail(session: Session) -> None:
    with session.begin_nested():
        with everyone(session):
            assert count(session, "person") == 2
        raw(session, "INSERT INTO tombstone VALUES ('a', '2026-01-01'), ('a', '2026-01-01')")


@pytest.mark.parametrize("table", [table for table in WALLED if table not in EMPTY])
def test_rows_of_another_organisation_are_neither_changed_nor_made_nor_given_away(
    database: Database, two: tuple[str, str], table: str
) -> None:
    hers, changed = "WHERE organisation_id = :other", "jsonb_build_object('organisation_id', CAST(:other AS text))"
    with database.transaction(two[0]) as session:
        for statement in (f"UPDATE {table} SET organisation_id = organisation_id {hers}", f"DELETE FROM {table} {hers}"):
            assert raw(session, statement, other=two[1]).rowcount == 0
    for statement in (
        f"UPDATE {table} SET organisation_id = :other",
        f"INSERT INTO {table} SELECT (jsonb_populate_record(t, {changed})).* FROM {table} t",
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), database.transaction(two[0]) as session:
            raw(session, statement, other=two[1])


def test_a_transaction_that_stays_with_one_organisation_is_told_once(
    database: Database, two: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Sight] = []
    tell = row_security.tell

    def listen(connection: PoolProxiedConnection, sight: Sight) -> None:
        told.append(sight)
        tell(connection, sight)

    monkeypatch.setattr(row_security, "tell", listen)
    with database.transaction(two[0]) as session:
        for _ in range(3):
            count(session, "person")
    assert told == [Sight(two[0], everyone=False)]
    with database.read() as session:
        raw(session, "SELECT 1")
    assert len(told) == 1


def test_the_owner_is_behind_the_wall_too_and_still_migrates(empty_url: str) -> None:
    owned = Database(empty_url)
    migrate.upgrade(owned)
    with owned.transaction() as session:
        make_person(session, make_organisation(session).id)
    with owned.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM person")) == 0
    migrate.downgrade(owned, "0004")
    with owned.engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM person")) == 1
    migrate.upgrade(owned)
    owned.dispose()


def test_the_record_of_acts_can_be_added_to_and_read_only(database: Database) -> None:
    with database.transaction() as session:
        audit.record(session, "test", organisation_id="", actor="a", about="b", now=NOW)
    for statement in ("UPDATE audit_entry SET verb = 'other'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"):
        with pytest.raises(ProgrammingError, match="permission denied"), database.transaction() as session:
            raw(session, statement)
