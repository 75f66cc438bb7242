import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from elearn import paths
from elearn.store import audit, migrate
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.rows import METADATA
from elearn.store.search import SearchPageRow, index_release, search
from elearn.store.tenancy import everyone
from tests.factories import (
    NOW,
    make_attempt,
    make_credential,
    make_enrolment,
    make_fact,
    make_organisation,
    make_page,
    make_person,
    make_release,
    make_step,
    make_summary,
    make_traces,
)


def fill(database: Database) -> None:
    """A row in every larger table."""
    with database.transaction() as session, everyone(session):
        organisation = make_organisation(session)
        person = make_person(session, organisation.id)
        release = make_release(session)
        index_release(session, course_id=release.course_id, release_id=release.id, pages=[make_page(session, release, text="dignity")])
        make_enrolment(session, person)
        make_fact(session, person, release)
        make_summary(session, person, release)
        make_step(session, make_attempt(session, person, release))
        make_credential(session, person, release)
        make_traces(session, person)
        audit.record(session, "test", organisation_id=organisation.id, actor="a", about="b", now=NOW)


@pytest.fixture
def empty(empty_url: str) -> Database:
    return Database(empty_url)


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(paths.data("migrations")))
    return ScriptDirectory.from_config(config)


def test_head_equals_the_rows(database: Database) -> None:
    migrate.check(database)


def test_up_and_down_and_up_again_with_data(empty: Database) -> None:
    for _ in range(2):
        migrate.upgrade(empty)
        assert migrate.current(empty) == scripts().get_current_head()
        fill(empty)
        migrate.downgrade(empty, "base")
        assert migrate.current(empty) is None
        assert set(sa.inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    empty.dispose()


def test_upgrading_twice_keeps_what_is_there(database: Database) -> None:
    fill(database)
    migrate.upgrade(database)
    with database.read() as session, everyone(session):
        assert session.scalar(sa.select(sa.func.count()).select_from(PersonRow)) == 1
        assert len(search(session, "en", "dignity")) == 1


def test_a_migration_that_breaks_leaves_nothing_behind(empty: Database) -> None:
    sa.event.listen(empty.engine, "before_cursor_execute", _break_at_attempts)
    with pytest.raises(ZeroDivisionError):
        migrate.upgrade(empty)
    sa.event.remove(empty.engine, "before_cursor_execute", _break_at_attempts)
    assert set(sa.inspect(empty.engine).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(empty)
    migrate.check(empty)
    empty.dispose()


def _break_at_attempts(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
    if "CREATE TABLE attempt_step" in statement:
        raise ZeroDivisionError


def test_rows_that_point_nowhere_stop_a_migration_on_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'broken.sqlite3'}")
    migrate.upgrade(database)
    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        connection.connection.cursor().execute("INSERT INTO audit_key VALUES ('nobody', 'none', x'00')")
    with pytest.raises(RuntimeError, match="point nowhere"):
        migrate.upgrade(database)
    database.dispose()


def test_there_is_one_head_and_files_are_numbered() -> None:
    directory = scripts()
    assert len(directory.get_heads()) == 1
    for script in directory.walk_revisions():
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+\.py", Path(script.path).name)
        assert re.fullmatch(r"\d{4}", script.revision)


def test_migrations_import_no_rows() -> None:
    for file in (paths.data("migrations") / "versions").glob("*.py"):
        assert not re.search(r"^\s*(from|import) elearn\b", file.read_text(encoding="utf-8"), re.MULTILINE), file.name


def test_every_table_of_an_organisation_says_so() -> None:
    shared = {"organisation", "course", "release", "release_page", "search_page", "setting", "sign_in_counter", "one_time_key"}
    shared |= {"tombstone", "audit_entry", "audit_checkpoint"}
    for table in METADATA.tables.values():
        if table.name in shared:
            assert "organisation_id" not in table.c
        else:
            assert not table.c.organisation_id.nullable, table.name


def test_an_audit_entry_is_neither_changed_nor_deleted(database: Database) -> None:
    fill(database)
    for statement in (sa.update(audit.AuditEntryRow).values(verb="other"), sa.delete(audit.AuditEntryRow)):
        with pytest.raises(DatabaseError, match=r"never changed|permission denied"), database.transaction() as session:
            session.execute(statement)
    with database.read() as session:
        assert audit.find_break(session) is None


def test_the_index_follows_its_pages(database: Database) -> None:
    fill(database)
    with database.transaction() as session:
        session.execute(sa.delete(SearchPageRow))
    with database.read() as session:
        assert search(session, "en", "dignity") == []


def test_every_table_of_an_organisation_is_walled() -> None:
    walled = [table for script in scripts().walk_revisions() for table in getattr(script.module, "WALLED", ())]
    of_organisations = {table.name for table in METADATA.tables.values() if "organisation_id" in table.c}
    assert set(walled) == of_organisations, "a migration walls its new tables as 0005 does"
    assert len(walled) == len(set(walled))
