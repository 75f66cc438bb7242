import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError
from sqlalchemy.orm import Session

from elearn.errors import NotFound
from elearn.store import engine
from elearn.store.answering import add_step, get_answering
from elearn.store.attempts import list_steps
from elearn.store.base import hour, new_id
from elearn.store.engine import Database, journal, wal_is_safe
from elearn.store.one_time import OneTimeKeyRow
from elearn.store.prepared import Writer
from elearn.store.settings import SettingRow, delete_setting, find_setting, put_setting
from elearn.store.standby import CommitUnsureError
from tests.factories import NOW, make_attempt, make_organisation, make_person, make_release
from tests.servers import SERVER, seen_as

sqlite_only = pytest.mark.skipif(bool(SERVER), reason="about SQLite")
postgres_only = pytest.mark.skipif(not SERVER, reason="about PostgreSQL; ELEARN_TEST_DATABASE_URL names no server")


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 53, 4), True),
        ((3, 51, 3), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 45, 0), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 40, 1), False),
    ],
)
def test_wal_is_used_only_where_its_fault_is_fixed(version: tuple[int, int, int], *, safe: bool) -> None:
    assert wal_is_safe(version) is safe
    assert journal(version) == (("WAL", "FULL") if safe else ("DELETE", "EXTRA"))


@sqlite_only
def test_every_connection_keeps_nothing_deleted_and_loses_nothing(database: Database) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000, "trusted_schema": 0, "secure_delete": 1}
    with database.engine.connect() as first, database.engine.connect() as second:
        for connection in (first, second):
            assert {name: connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in expected} == expected


@sqlite_only
def test_the_library_in_use_is_safe_for_wal() -> None:
    assert wal_is_safe(tuple(engine.sqlite_module().sqlite_version_info))


@sqlite_only
def test_an_old_library_gets_a_rollback_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "wal_is_safe", lambda _version: False)
    database = Database(f"sqlite:///{tmp_path / 'old.sqlite3'}")
    with database.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "delete"
        assert connection.execute(sa.text("PRAGMA synchronous")).scalar() == 3
    database.dispose()


@postgres_only
def test_connections_have_time_limits_and_speak_utc(database: Database) -> None:
    with database.engine.connect() as connection:
        for name, value in (("statement_timeout", "15s"), ("lock_timeout", "8s"), ("TimeZone", "UTC")):
            assert connection.execute(sa.text(f"SHOW {name}")).scalar() == value


@postgres_only
def test_reading_is_read_only_in_the_database_too(database: Database) -> None:
    with database.read() as session:
        assert session.connection().exec_driver_sql("SHOW transaction_read_only").scalar() == "on"


@postgres_only
def test_a_commit_that_the_standby_did_not_confirm_is_an_error(database: Database) -> None:
    body = "BEGIN RAISE WARNING USING ERRCODE='01000', MESSAGE='cancelled'; RETURN NULL; END"
    statement = f"CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
    owner = sa.create_engine(seen_as(database.engine.url.render_as_string(hide_password=False), "elearn_owner"))
    with owner.begin() as connection:
        connection.execute(sa.text(statement))
        connection.execute(
            sa.text(
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON setting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()"
            )
        )
    with pytest.raises(CommitUnsureError), database.transaction() as session:
        put_setting(session, "a", {})
    with pytest.raises(CommitUnsureError), database.write(new_id()) as writer:
        writer.connection.cursor().execute("INSERT INTO setting (key, value) VALUES ('c', '{}')")
    with owner.begin() as connection:
        connection.execute(sa.text("DROP TRIGGER late ON setting"))
        connection.execute(sa.text("DROP FUNCTION warn"))
    owner.dispose()
    with database.transaction() as session:
        put_setting(session, "b", {})


def test_a_transaction_is_kept_whole_or_not_at_all(database: Database) -> None:
    with database.transaction() as session:
        put_setting(session, "a", {"x": 1})
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        _fail_half_way(session)
    with database.read() as session:
        assert (find_setting(session, "a"), find_setting(session, "b")) == ({"x": 1}, None)


def test_what_is_written_straight_on_the_driver_is_kept_whole_or_not_at_all(database: Database, organisation_id: str) -> None:
    with database.transaction(organisation_id) as session:
        sitting = make_attempt(session, make_person(session, organisation_id), make_release(session)).id
    values = {"kind": "answer", "question_id": "q", "response": {"kind": "single", "value": "a"}, "language": "en", "at": NOW}
    with database.write(organisation_id) as writer:
        add_step(writer, sitting, {"number": 1, **values})
    with pytest.raises(ZeroDivisionError), database.write(organisation_id) as writer:
        _add_and_fail(writer, sitting, {"number": 2, **values})
    with database.write(organisation_id) as writer:
        assert get_answering(writer, sitting, "q").last_number == 1
        add_step(writer, sitting, {"number": 2, **values})
    with database.read(organisation_id) as session:
        assert [step.number for step in list_steps(session, sitting)] == [1, 2]


def test_whoever_writes_straight_on_the_driver_stays_within_one_organisation(database: Database, organisation_id: str) -> None:
    with database.transaction(organisation_id) as session:
        sitting = make_attempt(session, make_person(session, organisation_id), make_release(session)).id
        other = make_organisation(session).id
    with pytest.raises(NotFound), database.write(other) as writer:
        get_answering(writer, sitting, "q")


def _add_and_fail(writer: Writer, sitting: str, values: dict[str, object]) -> None:
    add_step(writer, sitting, values)
    raise ZeroDivisionError


def _fail_half_way(session: Session) -> None:
    put_setting(session, "a", {"x": 2})
    put_setting(session, "b", {"x": 2})
    session.flush()
    raise ZeroDivisionError


def test_a_setting_can_be_dropped(database: Database) -> None:
    with database.transaction() as session:
        put_setting(session, "a", {"x": 1})
        delete_setting(session, "a")
    with database.read() as session:
        assert find_setting(session, "a") is None


def test_writers_take_turns_and_none_is_lost(database: Database) -> None:
    with database.transaction() as session:
        put_setting(session, "sum", {"n": 0})

    def add() -> None:
        for _ in range(10):
            with database.transaction() as session:
                row = session.get(SettingRow, "sum", with_for_update=True)
                assert row is not None
                row.value = {"n": int(str(row.value["n"])) + 1}

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert find_setting(session, "sum") == {"n": 40}


@sqlite_only
def test_reading_goes_on_while_somebody_writes(database: Database) -> None:
    with database.transaction() as writer:
        put_setting(writer, "a", {"x": 1})
        writer.flush()
        with database.read() as reader:
            assert find_setting(reader, "a") is None


def test_times_are_utc_and_never_naive(database: Database) -> None:
    almaty = datetime(2026, 3, 2, 12, 30, 15, 123456, tzinfo=timezone(timedelta(hours=5)))
    with database.transaction() as session:
        session.add(OneTimeKeyRow(key="k", person_id="", deed="", result=None, at=almaty))
    with database.read() as session:
        kept = session.get(OneTimeKeyRow, "k")
        assert kept is not None
        assert kept.at == almaty
        assert kept.at.tzinfo is UTC
        assert kept.result is None
    with pytest.raises(StatementError, match="without zone"), database.transaction() as session:
        session.add(OneTimeKeyRow(key="n", person_id="", deed="", result=None, at=almaty.replace(tzinfo=None)))
    with database.read() as session:
        assert session.scalar(sa.select(OneTimeKeyRow.at).where(OneTimeKeyRow.at > almaty)) is None
    assert hour(almaty) == datetime(2026, 3, 2, 7, tzinfo=UTC)


def test_ids_are_128_random_bits() -> None:
    assert len({new_id() for _ in range(100)}) == 100
    assert len(new_id()) == 32


def test_a_row_that_points_nowhere_is_refused(database: Database) -> None:
    statement = sa.text("INSERT INTO release_page (release_id, page_id, language, title, body, text) VALUES (99, 'p', 'en', '', '{}', '')")
    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(statement)


def test_scrubbing_is_harmless(database: Database) -> None:
    database.scrub()
    with database.read() as session:
        assert find_setting(session, "a") is None


def test_an_error_of_the_database_says_nothing_of_what_was_to_be_stored(database: Database) -> None:
    """On PostgreSQL the server itself adds the key that is there already: see docs/logs.md for its own log."""
    with database.transaction() as session:
        session.add(OneTimeKeyRow(key="k", person_id="canary", deed="canary", result={"a": "canary"}, at=datetime(2026, 3, 2, tzinfo=UTC)))
    with pytest.raises(IntegrityError) as caught, database.transaction() as session:
        session.add(OneTimeKeyRow(key="k", person_id="canary", deed="canary", result={"a": "canary"}, at=datetime(2026, 3, 2, tzinfo=UTC)))
    assert "canary" not in str(caught.value)
    assert "hidden" in str(caught.value)
