"""Each unsafe setting is found in an installation that has exactly this fault; an installation without one passes."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from elearn.actions.backup import BackupPlan, back_up
from elearn.actions.setup import found
from elearn.cli import check_deploy, deployment, deployment_postgres
from elearn.config import Settings
from elearn.runtime import make_keys, utc_now
from elearn.store import audit, engine, migrate
from elearn.store.engine import Database
from elearn.store.factors import confirm_factor, put_seed
from elearn.store.settings import put_setting
from elearn.store.tenancy import everyone
from tests.actions.safekeeping import Keyring, public
from tests.cli.place import Place
from tests.factories import make_organisation, make_person
from tests.servers import SERVER, seen_as

#: What the server of a test run is not: it writes to no disk, has no standby, and is entered as a superuser who takes the role of the app.
SAFE_SERVER = {
    "entry_is_strong": False,
    "fsync": "on",
    "full_page_writes": "on",
    "standby_names": "FIRST 1 (s1)",
    "standbys": 1,
    "connections": 10**6,
}


@pytest.fixture
def place(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    ring = Keyring()
    swaps = tmp_path / "swaps"
    swaps.write_text("Filename Type Size Used Priority\n/dev/zram0 partition 100 0 5\n")
    monkeypatch.setattr(deployment, "SWAPS", swaps)
    look = deployment_postgres.facts
    monkeypatch.setattr(deployment_postgres, "facts", lambda connection: {**look(connection), **SAFE_SERVER})
    monkeypatch.delenv("FLASK_DEBUG", raising=False)
    settings = Settings(
        data=tmp_path / "data",
        keys=tmp_path / "keys",
        database_url=database.engine.url.render_as_string(hide_password=False),
        site_name="Qadam",
        public_url="https://learn.example",
        proxy_hops=1,
        neutral_titles=True,
        backup_folder=str(tmp_path / "backups"),
        backup_recipients=ring.recipients,
    )
    settings.data.mkdir(mode=0o700)
    make_keys(settings.keys, data=settings.data)
    with database.transaction() as session, everyone(session):
        organisation_id = make_organisation(session).id
        admin = make_person(session, organisation_id, role="admin")
        put_seed(session, admin.id, b"seed", organisation_id=organisation_id)
        confirm_factor(session, admin.id, utc_now().date())
    made = Place(settings, database, ring, monkeypatch, organisation_id)
    made.backup()
    return made


def test_a_safe_installation_passes(place: Place) -> None:
    drop_backups(place)
    folder, work = Path(place.settings.backup_folder), place.settings.data / "backup-work"
    back_up(place.database, BackupPlan(folder=folder, recipients=place.ring.recipients, keep_days=35, work=work), now=utc_now())
    result = place.look()
    assert (result.output, result.exit_code) == ("Unsafe: 0. Warnings: 0.\n", 0)


def test_mails_from_a_neutral_sender_pass(place: Place) -> None:
    mail(place)
    assert place.codes() == []
    mail(place, mail_host="localhost", mail_tls="none", mail_port=25, mail_name="News", mail_subject="Something is new")
    assert place.codes() == []


def chmod(path: Path, mode: int) -> None:
    path.chmod(mode)


def write(path: Path, text: str) -> None:
    path.write_text(text)


def loosen_keys(place: Place) -> None:
    (place.settings.keys / "seal.key").chmod(0o644)


def example_key(place: Place) -> None:
    write(place.settings.keys / "seal.key", "abcd " + "00" * 32 + "\n")


def same_key(place: Place) -> None:
    write(place.settings.keys / "seal.key", (place.settings.keys / "session.key").read_text())


def move_keys(place: Place) -> None:
    place.settings.keys.rename(place.settings.data / "keys")
    place.spoil(keys=place.settings.data / "keys")


def drop_backups(place: Place) -> None:
    for file in Path(place.settings.backup_folder).iterdir():
        file.unlink()


def old_backup(place: Place) -> None:
    drop_backups(place)
    place.backup(days_ago=2)


def backup_from_tomorrow(place: Place) -> None:
    drop_backups(place)
    place.backup(days_ago=-1)


def backups_inside_data(place: Place) -> None:
    place.spoil(backup_folder=str(place.settings.data / "backups"))
    place.backup()


def file_from_tomorrow(place: Place) -> None:
    file = place.settings.data / "note"
    file.touch()
    os.utime(file, (utc_now().timestamp() + 86_400,) * 2)


def entry_from_tomorrow(place: Place) -> None:
    with place.database.transaction() as session:
        audit.record(session, "thing.done", organisation_id="", actor="a", about="b", now=utc_now() + timedelta(days=1))


def swap(place: Place) -> None:
    write(deployment.SWAPS, "Filename Type Size Used Priority\n/dev/sdz2 partition 100 0 -2\n")


def flask_debug(place: Place) -> None:
    place.patch.setenv("FLASK_DEBUG", "1")


def dev_mode(place: Place) -> None:
    place.patch.setattr(deployment, "sys", SimpleNamespace(flags=SimpleNamespace(dev_mode=True)))


def bare_admin(place: Place) -> None:
    with place.database.transaction() as session, everyone(session):
        make_person(session, place.organisation_id, role="admin")
        make_person(session, place.organisation_id, role="learner")


def mail(place: Place, **given: object) -> None:
    """Mails as they should be, but for what is given."""
    place.spoil(**{"mail_host": "post.example", "mail_sender": "news@letters.example"} | given)


def open_password(place: Place) -> None:
    file = place.settings.keys / "mail-password"
    write(file, "a secret")
    chmod(file, 0o644)
    mail(place, mail_user="news", mail_password_file=str(file))


def wait_for_setup(place: Place) -> None:
    with place.database.transaction() as session:
        found(session, slug="other", name="Other", now=utc_now())


def bad_mirror(place: Place) -> None:
    place.spoil(mirrors=("http://plain.example", "http://abc.onion"))


def choose(place: Place, **changes: object) -> None:
    """Decide as the operator does while the site runs."""
    with place.database.transaction() as session:
        put_setting(session, "site", changes)


FAULTS: list[tuple[str, Callable[[Place], object]]] = [
    ("http-address", lambda place: place.spoil(public_url="http://learn.example", proxy_hops=0)),
    ("http-address", bad_mirror),
    ("mirror-form", lambda place: place.spoil(mirrors=("https://a.example", "https://b.example/courses"))),
    ("mirror-form", lambda place: choose(place, mirrors=["https://me@b.example"])),
    ("proxy-hops-missing", lambda place: place.spoil(proxy_hops=0)),
    ("proxy-hops-believed", lambda place: place.spoil(public_url="http://abc.onion")),
    ("hosts-wildcard", lambda place: place.spoil(trusted_hosts=(".example",))),
    ("hosts-wildcard", lambda place: place.spoil(trusted_hosts=("*",))),
    ("demo", lambda place: place.spoil(demo=True)),
    ("limits-off", lambda place: place.spoil(limit_requests=False)),
    ("workers", lambda place: place.spoil(workers=0)),
    ("workers", lambda place: place.spoil(workers=10_000)),
    ("debug-on", flask_debug),
    ("debug-on", dev_mode),
    ("key-missing", lambda place: (place.settings.keys / "seal.key").unlink()),
    ("key-readable", loosen_keys),
    ("key-malformed", lambda place: write(place.settings.keys / "seal.key", "nothing\n")),
    ("key-example", example_key),
    ("key-repeated", same_key),
    ("keys-inside-data", move_keys),
    ("keys-folder-open", lambda place: chmod(place.settings.keys, 0o755)),
    ("data-readable", lambda place: chmod(place.settings.data, 0o750)),
    ("data-missing", lambda place: place.spoil(data=place.settings.data / "elsewhere")),
    ("clock", file_from_tomorrow),
    ("clock", entry_from_tomorrow),
    ("clock", backup_from_tomorrow),
    ("backup-recipients", lambda place: place.spoil(backup_recipients=place.ring.recipients[:1])),
    ("backup-recipients", lambda place: place.spoil(backup_recipients=())),
    ("backup-recipient-form", lambda place: place.spoil(backup_recipients=(*place.ring.recipients, "age1x"))),
    ("backup-recipient-secret", lambda place: place.spoil(backup_recipients=(public(place.ring.first), place.ring.second))),
    ("backup-keep-days", lambda place: place.spoil(backup_keep_days=36)),
    ("backup-folder", lambda place: place.spoil(backup_folder="")),
    ("backup-inside-data", backups_inside_data),
    ("backup-none", drop_backups),
    ("backup-old", old_backup),
    ("mail-tls", lambda place: mail(place, mail_tls="ssl")),
    ("mail-unencrypted", lambda place: mail(place, mail_tls="none")),
    ("mail-port", lambda place: mail(place, mail_port=0)),
    ("mail-sender", lambda place: mail(place, mail_sender="news")),
    ("mail-words", lambda place: mail(place, mail_name="n" * 101)),
    ("mail-password-missing", lambda place: mail(place, mail_password_file=str(place.settings.keys / "none"))),
    ("mail-password-readable", open_password),
    ("mail-tells", lambda place: mail(place, mail_subject="News about your rights")),
    ("mail-tells", lambda place: mail(place, mail_name="Qadam")),
    ("mail-tells", lambda place: mail(place, mail_sender="news@learn.example")),
    ("swap-on", swap),
    ("no-second-factor", bare_admin),
    ("setup-open", wait_for_setup),
    ("exit-url", lambda place: place.spoil(exit_url="")),
    ("exit-url", lambda place: place.spoil(exit_url="http://www.wikipedia.org/")),
    ("exit-url", lambda place: place.spoil(exit_url="https://learn.example/elsewhere")),
    ("titles-tell", lambda place: place.spoil(neutral_titles=False)),
    ("name-tells", lambda place: place.spoil(site_name="Права человека")),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS, ids=[f"{code}-{number}" for number, (code, _) in enumerate(FAULTS)])
def test_a_single_fault_is_found_and_nothing_else(place: Place, code: str, fault: Callable[[Place], object]) -> None:
    fault(place)
    assert place.codes() == [code]
    assert place.look().exit_code == (0 if code in check_deploy.WARNINGS else 1)


@pytest.mark.skipif(bool(SERVER), reason="SQLite only")
def test_what_only_sqlite_can_have_wrong(place: Place) -> None:
    place.database.forbid_writing()
    assert place.codes() == ["database-damaged"]
    place.database.allow_writing()
    place.patch.setattr(deployment, "sqlite_module", lambda: SimpleNamespace(sqlite_version_info=(3, 40, 1)))
    assert place.codes() == ["sqlite-old"]


@pytest.mark.skipif(bool(SERVER), reason="SQLite only")
@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_file_of_the_database_that_others_can_read_is_found(place: Place, end: str) -> None:
    (file,) = (file for file in place.database.list_files() if file.name.endswith(f"sqlite3{end}"))
    chmod(file, 0o640)
    assert place.codes() == ["database-readable"]
    chmod(file, 0o600)
    assert place.codes() == []


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
@pytest.mark.parametrize("role", ["", "elearn_owner", "elearn_backup"])
def test_a_role_that_passes_by_the_wall_is_found(place: Place, role: str) -> None:
    place.spoil(database_url=seen_as(place.settings.database_url, role))
    assert "database-role" in place.codes()


GOOD_SERVER: dict[str, Any] = {
    **SAFE_SERVER,
    "role_is_strong": False,
    "record_is_writable": False,
    "statement_timeout": "15s",
    "lock_timeout": "8s",
    "synchronous_commit": "on",
    "connections": 97,
}
SERVER_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("database-role", {"role_is_strong": True, "entry_is_strong": True}),
    ("database-role-taken", {"entry_is_strong": True}),
    ("record-writable", {"record_is_writable": True}),
    ("database-limits", {"statement_timeout": "0"}),
    ("database-limits", {"lock_timeout": "0"}),
    ("database-unsynced", {"fsync": "off"}),
    ("database-unsynced", {"full_page_writes": "off"}),
    ("database-unsynced", {"synchronous_commit": "off"}),
    ("standby-none", {"standby_names": "", "standbys": 0}),
    ("standby-unasked", {"synchronous_commit": "local"}),
    ("standby-away", {"standbys": 0}),
    ("database-connections", {"connections": 19}),
]


def test_a_good_server_passes() -> None:
    for level in ("on", "remote_apply", "remote_write"):
        assert list(deployment_postgres.findings(GOOD_SERVER | {"synchronous_commit": level}, workers=6)) == []


@pytest.mark.parametrize(("code", "fault"), SERVER_FAULTS)
def test_a_fault_of_a_server_is_found_and_nothing_else(code: str, fault: dict[str, Any]) -> None:
    assert [found for found, _ in deployment_postgres.findings(GOOD_SERVER | fault, workers=1)] == [code]


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
def test_the_role_of_the_app_has_its_limits_and_no_right_too_many(database: Database) -> None:
    with database.engine.connect() as connection:
        found = deployment_postgres.facts(connection)
        said = connection.exec_driver_sql("SHOW fsync").scalar_one()
    assert set(found) == set(GOOD_SERVER)
    assert not found["role_is_strong"]
    assert not found["record_is_writable"]
    assert (found["statement_timeout"], found["lock_timeout"], found["fsync"]) == ("15s", "8s", said)


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
@pytest.mark.parametrize("right", ["UPDATE ON audit_entry", "DELETE ON audit_checkpoint", "TRUNCATE ON audit_entry"])
def test_a_right_too_many_on_the_record_is_found(place: Place, right: str) -> None:
    owner = create_engine(seen_as(place.settings.database_url, "elearn_owner"))
    with owner.begin() as connection:
        connection.exec_driver_sql(f"GRANT {right} TO elearn_app")
    try:
        assert place.codes() == ["record-writable"]
    finally:
        with owner.begin() as connection:
            connection.exec_driver_sql(f"REVOKE {right} FROM elearn_app")
        owner.dispose()


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
def test_limits_that_a_pooler_took_away_are_found(place: Place) -> None:
    place.patch.setitem(engine._POSTGRES, "options", "-c timezone=UTC")
    assert place.codes() == ["database-limits"]


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("postgresql+psycopg://elearn@127.0.0.2:1/elearn", True),
        ("postgresql+psycopg://elearn@127.0.0.2:1/elearn?sslmode=require", True),
        ("postgresql+psycopg://elearn@/elearn?host=127.0.0.2&port=1", True),
        ("postgresql+psycopg://elearn@127.0.0.2:1/elearn?sslmode=verify-full", False),
        ("postgresql+psycopg://elearn@127.0.0.1:1/elearn", False),
        ("postgresql+psycopg://elearn@/elearn?host=/nowhere", False),
    ],
)
def test_a_database_elsewhere_is_asked_over_tls(place: Place, address: str, found: bool) -> None:
    place.spoil(database_url=address)
    assert place.codes() == [*(["database-unencrypted"] if found else []), "database-unreachable"]


def test_a_database_without_schema_or_without_answer_is_said(place: Place, empty_url: str, tmp_path: Path) -> None:
    place.spoil(database_url=f"sqlite:///{tmp_path / 'nowhere' / 'file'}")
    assert place.codes() == ["database-unreachable"]
    database = Database(empty_url)
    migrate.upgrade(database, "0004")
    database.dispose()
    place.spoil(database_url=empty_url)
    assert "schema-old" in place.codes()


def test_swap_that_cannot_be_read_later_is_fine(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "_BLOCKS", tmp_path)
    (tmp_path / "dm-0" / "dm").mkdir(parents=True)
    (tmp_path / "dm-0" / "dm" / "uuid").write_text("CRYPT-PLAIN-swap")
    write(deployment.SWAPS, "Filename Type Size Used Priority\n/dev/dm-0 partition 100 0 -2\n\n")
    assert place.codes() == []
    monkeypatch.setattr(deployment, "SWAPS", tmp_path / "none")
    assert place.codes() == []


def test_every_code_has_a_sentence_and_a_fault_that_shows_it() -> None:
    shown = {code for code, _ in FAULTS} | {"database-damaged", "sqlite-old", "database-role", "schema-old", "database-unreachable"}
    shown |= {"database-unencrypted", "database-readable", *(code for code, _ in SERVER_FAULTS)}
    source = "".join(Path(str(one.__file__)).read_text(encoding="utf-8") for one in (deployment, deployment_postgres))
    yielded = {text.split('"')[1] for text in source.split("yield ")[1:] if text.startswith('"')}
    assert yielded <= shown
    assert shown <= set(check_deploy.SENTENCES)
    assert set(check_deploy.WARNINGS) <= shown
    assert all(sentence.endswith((".", "`.")) for sentence in check_deploy.SENTENCES.values())


def test_what_is_printed_names_code_and_way_out(place: Place) -> None:
    place.spoil(demo=True, neutral_titles=False)
    lines = place.look().output.splitlines()
    assert lines[0].startswith("error demo: The setting demo is on")
    assert lines[1].startswith("warning titles-tell: ")
    assert lines[2] == "Unsafe: 1. Warnings: 1."
