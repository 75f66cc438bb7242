"""A restore is whole or not at all: what was acknowledged is there, who left is gone, no door is open, nothing altered passes."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from elearn.actions import setup
from elearn.actions.account import NewPerson
from elearn.actions.backup import Backup, BackupPlan, back_up, keep_tombstones, list_files
from elearn.actions.erase import erase_again
from elearn.actions.restore import Order, drill, restore
from elearn.actions.session import open_session
from elearn.errors import ElearnError, Refused
from elearn.store import audit, backup_seal, migrate, people
from elearn.store.account_notices import list_notices
from elearn.store.engine import Database
from elearn.store.invites import InviteRow
from elearn.store.rows import METADATA
from elearn.store.tenancy import everyone
from tests.actions.safekeeping import Keyring, new_place, restored
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_attempt, make_credential, make_person, make_release, make_step, make_traces
from tests.servers import SERVER, seen_as

LOST = ("web_session", "trusted_device", "sign_in_step", "invite", "job")


@pytest.fixture
def learner(database: Database, organisation_id: str, clock: StandingClock) -> str:
    """Somebody signed in, with an answer, a certificate, and a row in every table of safety."""
    with database.transaction(organisation_id) as session:
        release = make_release(session)
        person = make_person(session, organisation_id, "first-learner")
        make_step(session, make_attempt(session, person, release))
        make_credential(session, person, release)
        make_traces(session, person)
        open_session(session, person, now=clock.now)
        ends = clock.now + timedelta(days=7)
        session.add(
            InviteRow(
                organisation_id=organisation_id,
                code_hash="hash",
                role="learner",
                ends_at=ends,
                uses_left=1,
                cohort_id=None,
                sheet="",
                made_on=clock.now.date(),
            )
        )
        return person.id


@pytest.fixture
def made(database: Database, learner: str, plan: BackupPlan, clock: StandingClock) -> Backup:
    return back_up(database, plan, now=clock.now)


def rows(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.whole.connect() as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr) for name, table in METADATA.tables.items()
        }


def test_everything_comes_back_but_what_opens_doors(
    database: Database, made: Backup, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    before = rows(database)
    with restored(Order(file=made.file, identity=ring.second, into=tmp_path / "new"), clock) as (verdict, again):
        after = rows(again)
        assert {file.stat().st_mode & 0o777 for file in again.list_files()} <= {0o600}
    assert {name for name in LOST if after[name]} == set()
    same = set(before) - {*LOST, "audit_entry", "approval", "account_notice"}
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert verdict.shut == {"sessions": 1, "devices": 0, "steps": 1, "invites": 1, "resets": 0, "setup": 0, "approvals": 1, "jobs": 1}
    assert (verdict.hour, verdict.erased_again, verdict.broken_at, verdict.upgraded) == ("2026-03-02T09", 0, None, False)
    assert verdict.counts == made.contents.counts
    assert len(after["audit_entry"]) == len(before["audit_entry"]) + 1


def test_a_setup_code_that_was_used_since_lets_nobody_in_again(
    database: Database, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    with database.transaction() as session:
        _id, code = setup.found(session, slug="second", name="Second", now=clock.now)
    file = back_up(database, plan, now=clock.now).file
    with restored(Order(file=file, identity=ring.first, into=tmp_path / "new"), clock) as (verdict, again):
        admin = NewPerson(handle="first-admin-7", passphrase=PASSPHRASE, language="en", country="")
        with pytest.raises(Refused, match="wrong-setup-code"):
            setup.take_over(again, code, admin=admin, now=clock.now)
    assert verdict.shut["setup"] == 1


def test_a_restore_stands_in_the_record(made: Backup, ring: Keyring, clock: StandingClock, tmp_path: Path) -> None:
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), clock) as (_, again), again.read() as session:
        last = audit.find_last_entry(session)
        assert last is not None
        assert (last.verb, last.actor, last.organisation) == ("installation.restored", "operator", "")
        assert audit.find_break(session) is None


def test_everybody_is_told_to_change_again_what_was_changed_since(
    database: Database, made: Backup, learner: str, organisation_id: str, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    order = Order(file=made.file, identity=ring.first, into=tmp_path / "new")
    with restored(order, clock) as (_, again), again.read(organisation_id) as session:
        assert "restored" in {notice.code for notice in list_notices(session, learner)}


def test_who_was_erased_after_the_backup_is_erased_again(
    database: Database, made: Backup, plan: BackupPlan, learner: str, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    erase_again(database, [learner], now=clock.move(days=1))
    keep_tombstones(database, plan, now=clock.now)
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), clock) as (verdict, again):
        assert verdict.erased_again == 1
        with again.read() as session, everyone(session):
            assert people.count_people(session) == 0
        if again.is_sqlite:
            assert b"first-learner" not in b"".join(file.read_bytes() for file in (tmp_path / "new").iterdir())


def test_tombstones_outlive_a_restore(
    database: Database, made: Backup, plan: BackupPlan, organisation_id: str, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    """Somebody who came and left after this backup may be in a later one, which may be restored next."""
    with database.transaction(organisation_id) as session:
        late = make_person(session, organisation_id).id
    erase_again(database, [late], now=clock.now)
    file = keep_tombstones(database, plan, now=clock.now)
    order = Order(file=made.file, identity=ring.first, into=tmp_path / "new", tombstones=(file,))
    with restored(order, clock) as (verdict, again), again.read() as session:
        assert verdict.erased_again == 0
        assert [row.person_id for row in people.list_tombstones(session)] == [late]


def test_a_backup_without_a_list_of_the_erased_is_restored_only_when_that_is_meant(
    made: Backup, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    for _, file in list_files(plan.folder, tombstones=True):
        file.unlink()
    with pytest.raises(Refused, match="no-tombstones"):
        restore(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), now=clock.now)
    assert not (tmp_path / "new").exists()
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new", tombstones=()), clock) as (verdict, _):
        assert verdict.erased_again == 0


def damaged(content: bytes) -> Iterator[bytes]:
    """A file cut at many places, with a byte flipped at many places, with something behind it, and no file of ours at all."""
    chance = random.Random(4)
    size = len(content)
    yield from (content[:at] for at in {0, 1, 20, 100, 200, size // 2, size - 1, *(chance.randrange(size) for _ in range(20))})
    for at in {0, 10, 50, 150, size // 2, size - 1, *(chance.randrange(size) for _ in range(40))}:
        yield content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]
    yield content + b"\0"
    yield b"no backup"
    yield bytes(size)


def test_a_wrong_key_a_cut_and_a_flipped_byte_are_refused_and_leave_nothing(
    made: Backup, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    content = made.file.read_bytes()
    into = tmp_path / "new"
    tried = refused = 0
    for number, (bad, identity) in enumerate([(content, ring.stranger), *((bad, ring.first) for bad in damaged(content))]):
        file = tmp_path / f"bad-{number}.age"
        file.write_bytes(bad)
        tried += 1
        with pytest.raises(Refused, match="backup-unopened"):
            restore(Order(file=file, identity=identity, into=into, tombstones=()), now=clock.now)
        refused += not into.exists()
        file.unlink()
    assert refused == tried > 60


def test_a_damaged_list_of_the_erased_is_refused(
    made: Backup, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    file = keep_tombstones_damaged(plan)
    assert file.exists()
    with pytest.raises(Refused, match="backup-unopened"):
        restore(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), now=clock.now)
    assert not (tmp_path / "new").exists()


def keep_tombstones_damaged(plan: BackupPlan) -> Path:
    ((_, file),) = list_files(plan.folder, tombstones=True)
    file.write_bytes(file.read_bytes()[:-1])
    return file


@pytest.mark.parametrize("identity", ["", "# nothing\n", "age1public", "AGE-SECRET-KEY-1WRONG"])
def test_what_is_no_private_key_is_said(made: Backup, identity: str, clock: StandingClock, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="identity-unusable"):
        restore(Order(file=made.file, identity=identity, into=tmp_path / "new", tombstones=()), now=clock.now)


def test_a_folder_with_something_in_it_is_left_alone(made: Backup, ring: Keyring, clock: StandingClock, tmp_path: Path) -> None:
    into = tmp_path / "new"
    into.mkdir()
    (into / "letter").write_text("mine")
    for place in (into, into / "letter"):
        with pytest.raises(Refused, match="folder-not-empty"):
            restore(Order(file=made.file, identity=ring.first, into=place), now=clock.now)
    assert [file.name for file in into.iterdir()] == ["letter"]
    assert (into / "letter").read_text() == "mine"


#: What a file may say that opens with the right key and was made by somebody else.
FORGED = [
    ({"format": 2}, "backup-newer"),
    ({"schema": "9999"}, "backup-newer"),
    ({"kind": "other"}, "backup-kind"),
    ({"sha256": "0" * 64}, "backup-unopened"),
    ({"counts": {}}, "backup-unopened"),
    ({"hour": None, "extra": 1}, "backup-unopened"),
    ({"format": "x"}, "backup-unopened"),
]


@pytest.mark.parametrize(("change", "code"), FORGED)
def test_what_does_not_fit_its_manifest_is_refused(
    made: Backup, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path, change: dict[str, object], code: str
) -> None:
    work = tmp_path / "opened"
    work.mkdir()
    backup_seal.unseal(made.file, ring.first, work, ("manifest.json", "database"))
    facts = json.loads((work / "manifest.json").read_bytes()) | change
    forged = tmp_path / "forged.age"
    backup_seal.seal({"manifest.json": json.dumps(facts).encode(), "database": work / "database"}, forged, ring.recipients)
    refuse(forged, ring, clock, tmp_path / "new", code)


#: Archives that open with the right key and are none of ours.
FOREIGN = [{}, {"manifest.json": b"{}"}, {"../manifest.json": b"{}", "database": b""}, {"manifest.json": b"[]", "database": b""}]


@pytest.mark.parametrize("members", FOREIGN)
def test_other_members_are_refused(ring: Keyring, clock: StandingClock, tmp_path: Path, members: dict[str, bytes]) -> None:
    forged = tmp_path / "forged.age"
    backup_seal.seal(members, forged, ring.recipients)
    refuse(forged, ring, clock, tmp_path / "new", "backup-unopened")


def refuse(forged: Path, ring: Keyring, clock: StandingClock, into: Path, code: str) -> None:
    with new_place(into) as (place, url):
        with pytest.raises(ElearnError, match=code):
            restore(Order(file=forged, identity=ring.first, into=place, tombstones=(), database_url=url), now=clock.now)
        assert nothing_in(url)
    assert not into.exists()


def nothing_in(url: str) -> bool:
    """Whether a database of the server is empty; where there is no server, nothing can be in it."""
    if not url:
        return True
    database = Database(url)
    with database.engine.connect() as connection:
        tables = sa.inspect(connection).get_table_names()
        routines = connection.scalar(sa.text("SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"))
    database.dispose()
    return (tables, routines) == ([], 0)


def test_a_restore_that_fails_after_the_rows_are_there_leaves_nothing(
    empty_url: str, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    """Its schema says that it is older than it is, so that bringing it up to date fails."""
    database = Database(empty_url)
    migrate.upgrade(database)
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0004'"))
    made = back_up(database, plan, now=clock.now)
    database.dispose()
    with new_place(tmp_path / "new") as (place, url):
        order = Order(file=made.file, identity=ring.first, into=place, database_url=url)
        for _ in range(2):
            with pytest.raises(DatabaseError):
                restore(order, now=clock.now)
            assert nothing_in(url)
            assert not place.exists()


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    empty_url: str, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    old = Database(empty_url)
    migrate.upgrade(old, "0004")
    made = back_up(old, plan, now=clock.now)
    old.dispose()
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), clock) as (verdict, again):
        assert verdict.upgraded
        assert verdict.schema == migrate.current(again) != "0004"


def test_a_record_that_was_changed_is_told(
    database: Database, learner: str, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    with database.transaction() as session:
        for _ in range(3):
            audit.record(session, "thing.done", organisation_id="", actor="a", about="b", now=clock.now)
    change_entry(database)
    made = back_up(database, plan, now=clock.now)
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), clock) as (verdict, _):
        assert verdict.broken_at == 2


def change_entry(database: Database) -> None:
    """Change the second entry as somebody could who owns the database."""
    url = database.engine.url.render_as_string(hide_password=False)
    owner = Database(url if database.is_sqlite else seen_as(url, "elearn_owner"))
    with owner.whole.connect() as connection:
        off, on = ["ALTER TABLE audit_entry DISABLE TRIGGER USER"], ["ALTER TABLE audit_entry ENABLE TRIGGER USER"]
        if database.is_sqlite:
            asked = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_entry'"
            off, on = [f"DROP TRIGGER {name}" for name in connection.execute(sa.text(asked)).scalars()], []
        for statement in (*off, "UPDATE audit_entry SET verb = 'other' WHERE number = 2", *on):
            connection.execute(sa.text(statement))
        connection.commit()
    owner.dispose()


def test_a_drill_tells_and_leaves_nothing(
    database: Database, learner: str, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    before = sorted(file.name for file in tmp_path.iterdir() if not file.name.startswith("elearn.sqlite3"))
    with new_place(tmp_path / "unused") as (_, url):
        verdict = drill(database, plan, ring.first, database_url=url, now=clock.now)
        assert (verdict.counts["person"], verdict.broken_at) == (1, None)
        assert 0 < verdict.seconds < 60
        assert nothing_in(url)
    with pytest.raises(Refused, match="backup-unopened"):
        drill(database, plan, ring.stranger, now=clock.now)
    after = sorted(file.name for file in tmp_path.iterdir() if not file.name.startswith("elearn.sqlite3"))
    assert [name for name in after if name not in before] == ["work"]
    assert list(plan.work.iterdir()) == []


def test_a_database_that_holds_something_is_not_restored_into(
    database: Database, made: Backup, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    if not SERVER:
        pytest.skip("PostgreSQL only")
    url = database.engine.url.render_as_string(hide_password=False)
    with pytest.raises(Refused, match="database-not-empty"):
        restore(Order(file=made.file, identity=ring.first, into=tmp_path / "new", database_url=url), now=clock.now)


def test_the_role_for_backups_may_make_one(
    database: Database, learner: str, plan: BackupPlan, ring: Keyring, clock: StandingClock, tmp_path: Path
) -> None:
    if not SERVER:
        pytest.skip("PostgreSQL only")
    reader = Database(seen_as(database.engine.url.render_as_string(hide_password=False), "elearn_backup"))
    made = back_up(reader, plan, now=clock.now)
    reader.dispose()
    with restored(Order(file=made.file, identity=ring.first, into=tmp_path / "new"), clock) as (verdict, _):
        assert verdict.counts["attempt_step"] == 1
