"""A backup is whole or not there, opens to its recipients only, holds no key, and lives no longer than promised."""

import io
import json
import tarfile
from pathlib import Path

import pyrage
import pytest
from pyrage import x25519

from elearn.actions.backup import LONGEST, BackupPlan, back_up, keep_tombstones, list_files, prune
from elearn.actions.erase import erase_again
from elearn.errors import Invalid, Refused
from elearn.store import backup_copy
from elearn.store.engine import Database
from elearn.store.people import put_tombstones
from tests.actions.safekeeping import Keyring, make_plan, public
from tests.conftest import StandingClock
from tests.factories import make_person


def opened(file: Path, identity: str) -> dict[str, bytes]:
    """What age and tar alone find in a file of ours."""
    plain = io.BytesIO(pyrage.decrypt(file.read_bytes(), [x25519.Identity.from_str(identity)]))
    with tarfile.open(fileobj=plain, mode="r:gz") as archive:
        return {one.name: stored.read() for one in archive if (stored := archive.extractfile(one))}


def test_age_and_tar_alone_open_a_backup_with_either_key(
    database: Database, organisation_id: str, plan: BackupPlan, ring: Keyring, clock: StandingClock
) -> None:
    made = back_up(database, plan, now=clock.now)
    for identity in (ring.first, ring.second):
        members = opened(made.file, identity)
        assert list(members) == ["manifest.json", "database"]
        manifest = json.loads(members["manifest.json"])
        assert (manifest["format"], manifest["hour"], manifest["counts"]["organisation"]) == (1, "2026-03-02T09", 1)
        assert manifest["kind"] == ("sqlite" if database.is_sqlite else "postgresql")
    with pytest.raises(pyrage.DecryptError):
        opened(made.file, ring.stranger)


def test_names_tell_the_hour_and_nothing_else(database: Database, plan: BackupPlan, clock: StandingClock) -> None:
    made = back_up(database, plan, now=clock.now)
    assert [file.name[:13] for _, file in list_files(plan.folder)] == ["2026-03-02T09"]
    assert {file.name for file in plan.folder.iterdir()} == {made.file.name, made.file.with_suffix(".tombstones.age").name}
    assert {file.stat().st_mode & 0o777 for file in plan.folder.iterdir()} == {0o600}


def test_nothing_unencrypted_is_left(database: Database, plan: BackupPlan, clock: StandingClock) -> None:
    plan.work.mkdir(mode=0o700)
    (plan.work / "database").write_bytes(b"left by a crash")
    (plan.work / "old").mkdir()
    back_up(database, plan, now=clock.now)
    assert list(plan.work.iterdir()) == []


@pytest.mark.parametrize("count", [0, 1, 2])
def test_fewer_than_two_different_recipients_are_refused(
    database: Database, tmp_path: Path, ring: Keyring, clock: StandingClock, count: int
) -> None:
    plan = BackupPlan(folder=tmp_path / "b", recipients=(public(ring.first),) * count, keep_days=35, work=tmp_path / "w")
    with pytest.raises(Refused, match="backup-recipients"):
        back_up(database, plan, now=clock.now)
    assert not plan.folder.exists()


@pytest.mark.parametrize(("wrong", "code"), [("age1nobody", "backup-recipient-form"), ("secret", "backup-recipient-secret")])
def test_a_recipient_must_be_a_public_key(
    database: Database, tmp_path: Path, ring: Keyring, clock: StandingClock, wrong: str, code: str
) -> None:
    third = ring.stranger if wrong == "secret" else wrong
    plan = BackupPlan(folder=tmp_path / "b", recipients=(*ring.recipients, third), keep_days=35, work=tmp_path / "w")
    with pytest.raises(Invalid, match=code):
        back_up(database, plan, now=clock.now)


@pytest.mark.parametrize("days", [0, LONGEST + 1])
def test_backups_that_would_outlive_the_promise_are_refused(
    database: Database, tmp_path: Path, ring: Keyring, clock: StandingClock, days: int
) -> None:
    with pytest.raises(Invalid, match="backup-keep-days"):
        back_up(database, make_plan(tmp_path, ring, keep_days=days), now=clock.now)


def test_old_backups_go_and_of_days_past_the_last_stays(database: Database, plan: BackupPlan, clock: StandingClock) -> None:
    plan.folder.mkdir()
    for name in ("2026-01-25T09-00000001.age", "2026-01-26T09-00000001.age", "2026-02-20T08-00000001.age", "2026-02-20T19-00000001.age"):
        (plan.folder / name).touch()
    for name in ("2026-03-01T08-00000001.age", "2026-03-01T19-00000001.age", "2026-01-25T09-00000001.tombstones.age", "notes.txt"):
        (plan.folder / name).touch()
    clock.move(minutes=-17, seconds=-30)
    prune(plan, now=clock.now)
    assert sorted(file.name for file in plan.folder.iterdir()) == [
        "2026-01-26T09-00000001.age",
        "2026-02-20T19-00000001.age",
        "2026-03-01T08-00000001.age",
        "2026-03-01T19-00000001.age",
        "notes.txt",
    ]


def test_halves_of_a_crash_go_after_a_day(database: Database, plan: BackupPlan, clock: StandingClock) -> None:
    back_up(database, plan, now=clock.now)
    half = plan.folder / ".2026-03-01T08-00000001.age.0123abcd.part"
    half.touch()
    plan.drill.mkdir()
    (plan.drill / "database").touch()
    made = half.stat().st_mtime
    clock.now = clock.now.fromtimestamp(made, clock.now.tzinfo)
    prune(plan, now=clock.now)
    assert half.exists()
    assert plan.drill.exists()
    prune(plan, now=clock.move(days=2))
    assert not half.exists()
    assert not plan.drill.exists()


def test_one_backup_is_made_at_a_time(database: Database, plan: BackupPlan, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    refused: list[str] = []

    def second(*_given: object) -> backup_copy.Contents:
        with pytest.raises(Refused, match="backup-running") as error:
            back_up(database, plan, now=clock.now)
        refused.append(error.value.code)
        raise Refused("enough")

    monkeypatch.setattr("elearn.actions.backup.copy", second)
    with pytest.raises(Refused, match="enough"):
        back_up(database, plan, now=clock.now)
    assert (refused, list(plan.folder.iterdir()), list(plan.work.iterdir())) == (["backup-running"], [], [])


def test_a_full_disk_leaves_no_half(database: Database, plan: BackupPlan, clock: StandingClock, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise pyrage.EncryptError("No space left on device")  # noqa: TRY003 - as the library says it

    monkeypatch.setattr(pyrage, "encrypt_io", full)
    with pytest.raises(Refused, match="backup-unwritten"):
        back_up(database, plan, now=clock.now)
    assert list(plan.folder.iterdir()) == []


def test_a_damaged_database_is_not_backed_up(database: Database, plan: BackupPlan, clock: StandingClock, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL checks its own files")
    database.scrub()
    database.dispose()
    file = tmp_path / "elearn.sqlite3"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 9] = b"\x55" * (4096 * 6)
    file.write_bytes(content)
    with pytest.raises(Refused, match="database-damaged"):
        back_up(Database(f"sqlite:///{file}"), plan, now=clock.now)
    assert list(plan.folder.iterdir()) == []


def test_the_list_of_the_erased_is_sealed_and_complete(
    database: Database, organisation_id: str, plan: BackupPlan, ring: Keyring, clock: StandingClock
) -> None:
    with database.transaction(organisation_id) as session:
        ids = sorted(make_person(session, organisation_id).id for _ in range(3))
    erase_again(database, ids, now=clock.now)
    file = keep_tombstones(database, plan, now=clock.now)
    assert ids[0].encode() not in file.read_bytes()
    assert json.loads(opened(file, ring.second)["tombstones.json"]) == [[one, "2026-03-02"] for one in ids]
    assert [found for _, found in list_files(plan.folder, tombstones=True)] == [file]


def test_more_erased_than_one_page_are_listed(database: Database, plan: BackupPlan, ring: Keyring, clock: StandingClock) -> None:
    with database.transaction() as session:
        put_tombstones(session, {f"{number:032x}": clock.now.date() for number in range(2_500)})
    assert len(json.loads(opened(keep_tombstones(database, plan, now=clock.now), ring.first)["tombstones.json"])) == 2_500


def test_nothing_of_an_erased_person_is_in_the_next_backup(
    database: Database, organisation_id: str, plan: BackupPlan, ring: Keyring, clock: StandingClock
) -> None:
    with database.transaction(organisation_id) as session:
        person = make_person(session, organisation_id, "canary-kanareika")
    assert b"canary" in opened(back_up(database, plan, now=clock.now).file, ring.first)["database"]
    erase_again(database, [person.id], now=clock.now)
    held = opened(back_up(database, plan, now=clock.now).file, ring.first)["database"]
    assert b"anary" not in held
    assert person.id.encode() in held  # its tombstone
