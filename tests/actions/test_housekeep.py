"""The daily work leaves a sound database and erases who asked for it."""

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from elearn.actions.housekeep import database_is_sound, housekeep
from elearn.actions.record import Notary
from elearn.credential.keys import signing_key
from elearn.errors import NotFound
from elearn.store import audit
from elearn.store.engine import Database
from elearn.store.people import get_person
from tests.actions.test_record import ENTRY, full_rights
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


def test_the_record_is_looked_at_and_signed_and_what_is_broken_is_told(database: Database, clock: StandingClock, tmp_path: Path) -> None:
    notary = Notary((signing_key(bytes(range(32))),), tmp_path / "checkpoints")
    with database.transaction() as session:
        audit.record(session, "verb", organisation_id="", actor="operator", about="thing", now=clock.now)
    assert housekeep(database, now=clock.now, notary=lambda: notary) == ()
    assert len(list(notary.folder.iterdir())) == 1
    with full_rights(database) as connection:
        connection.execute(sa.delete(ENTRY))
    assert housekeep(database, now=clock.now, notary=lambda: notary) == ("record-broken",)
