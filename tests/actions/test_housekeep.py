"""The daily work leaves a sound database and erases who asked for it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from elearn.actions.housekeep import database_is_sound, housekeep
from elearn.actions.record import Notary
from elearn.credential.keys import signing_key
from elearn.errors import NotFound, Refused
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
    assert housekeep(database, now=clock.now, notary=lambda: notary) == ()
    assert housekeep(database, now=clock.move(days=1), notary=lambda: notary) == ("record-broken",)
    assert housekeep(database, now=clock.now, notary=lambda: notary) == ("record-broken",), "told again by whoever starts again"


def leaving(database: Database, organisation_id: str, count: int) -> None:
    with database.transaction(organisation_id) as session:
        for _ in range(count):
            make_person(session, organisation_id, state="leaving", erase_on=date(2026, 3, 1))


def test_of_two_servers_at_once_one_does_the_work(database: Database, organisation_id: str, clock: StandingClock, tmp_path: Path) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    leaving(database, organisation_id, 120)
    notary = Notary((signing_key(bytes(range(32))),), tmp_path / "checkpoints")
    looked: list[int] = []

    def looking() -> Notary:
        looked.append(1)
        return notary

    def serve(barrier: Barrier) -> tuple[str, ...]:
        other = Database(url)
        try:
            barrier.wait()
            return housekeep(other, now=clock.now, notary=looking)
        finally:
            other.dispose()

    barrier = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        assert [done.result() for done in [threads.submit(serve, barrier) for _ in range(2)]] == [(), ()]
    with database.read() as session:
        entries = audit.list_entries(session, organisation_id, limit=1_000)
    assert [entry.verb for entry in entries] == ["person.erased"] * 120
    assert looked == [1]


def test_the_work_of_a_day_is_done_once_and_again_on_the_next(database: Database, organisation_id: str, clock: StandingClock) -> None:
    housekeep(database, now=clock.now)
    with database.transaction(organisation_id) as session:
        late = make_person(session, organisation_id, state="leaving", erase_on=date(2026, 3, 1)).id
    housekeep(database, now=clock.move(hours=2))
    with database.read(organisation_id) as session:
        assert get_person(session, late).state == "leaving"
    housekeep(database, now=clock.move(hours=22))
    with database.read(organisation_id) as session, pytest.raises(NotFound):
        get_person(session, late)


def test_work_that_failed_is_not_taken_for_done(database: Database, clock: StandingClock, tmp_path: Path) -> None:
    def no_keys() -> Notary:
        raise Refused("key-missing")

    with pytest.raises(Refused, match="key-missing"):
        housekeep(database, now=clock.now, notary=no_keys)
    looked: list[int] = []

    def keys() -> Notary:
        looked.append(1)
        return Notary((signing_key(bytes(range(32))),), tmp_path / "checkpoints")

    housekeep(database, now=clock.now, notary=keys)
    assert looked == [1]
