"""The daily work leaves a sound database and erases who asked for it."""

from datetime import date
from pathlib import Path

import pytest

from elearn.actions.housekeep import database_is_sound, housekeep
from elearn.errors import NotFound
from elearn.store.engine import Database
from elearn.store.people import get_person
from tests.conftest import StandingClock
from tests.factories import make_person


def test_people_whose_grace_is_over_are_erased_and_others_stay(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        gone = make_person(session, organisation_id, state="leaving", erase_on=date(2026, 3, 1)).id
        stays = make_person(session, organisation_id, state="leaving", erase_on=date(2026, 3, 9)).id
    assert housekeep(database, now=clock.now) == ()
    with database.read(organisation_id) as session:
        assert get_person(session, stays).state == "leaving"
        with pytest.raises(NotFound):
            get_person(session, gone)


def test_a_damaged_file_is_told(database: Database, tmp_path: Path, clock: StandingClock) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL checks its own files")
    assert database_is_sound(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    file = tmp_path / "elearn.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\x55" * (4096 * 6)
    file.write_bytes(content)
    assert not database_is_sound(Database(f"sqlite:///{file}"))
