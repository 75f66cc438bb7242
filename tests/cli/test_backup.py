"""The operator's commands on a whole installation: what they print tells nothing about people, places or hosts."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.actions.backup import list_files
from elearn.actions.erase import erase_again
from elearn.actions.restore import Verdict
from elearn.cli import main
from elearn.cli.restore import BROKEN, say
from elearn.config import PREFIX
from elearn.runtime import Runtime
from elearn.store import audit, people
from elearn.store.engine import Database
from elearn.store.tenancy import everyone
from tests.actions.safekeeping import Keyring, new_place
from tests.factories import make_person


@pytest.fixture
def ring() -> Keyring:
    return Keyring()


@pytest.fixture
def installed(installed: Runtime, ring: Keyring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """The installation with a folder for backups."""
    monkeypatch.setenv(f"{PREFIX}BACKUP_FOLDER", str(tmp_path / "backups"))
    monkeypatch.setenv(f"{PREFIX}BACKUP_RECIPIENTS", ",".join(ring.recipients))
    return installed


@pytest.fixture
def person_id(database: Database, organisation_id: str) -> str:
    with database.transaction(organisation_id) as session:
        return make_person(session, organisation_id, "canary-handle").id


def run(*words: str, pipe: str = "") -> Result:
    return CliRunner().invoke(main, words, input=pipe)


def made(tmp_path: Path) -> Path:
    ((_, file),) = list_files(tmp_path / "backups")
    return file


def restore(tmp_path: Path, identity: str, *more: str) -> tuple[Result, str]:
    with new_place(tmp_path / "new") as (into, url):
        words = ["restore", str(made(tmp_path)), "--identity", "-", "--into", str(into), *more]
        result = run(*words, *(["--database-url", url] if url else []), pipe=identity)
        return result, url or f"sqlite:///{into / 'elearn.sqlite3'}"


def silent(output: str, tmp_path: Path) -> bool:
    return not any(word in output for word in (str(tmp_path), "canary", "127.0.0.1", "AGE-SECRET", "age1"))


def test_a_backup_made_by_the_command_is_restored_by_the_command(installed: Runtime, person_id: str, ring: Keyring, tmp_path: Path) -> None:
    result = run("backup")
    assert result.exit_code == 0, result.output
    assert re.fullmatch(r"Backup of [-\dT]{13} UTC: \d+ rows in \d+ tables, checked and sealed\.\n", result.output)
    back, _ = restore(tmp_path, ring.first)
    assert back.exit_code == 0, back.output
    assert "Holds: 1 people" in back.output
    assert "The record of acts is whole." in back.output
    assert silent(result.output + back.output, tmp_path)


def test_who_left_after_the_backup_is_not_in_what_was_restored(installed: Runtime, person_id: str, ring: Keyring, tmp_path: Path) -> None:
    assert run("backup").exit_code == 0
    erase_again(installed.database, [person_id], now=installed.clock())
    assert run("backup", "--to", str(tmp_path / "later")).exit_code == 0
    ((_, file),) = list_files(tmp_path / "later", tombstones=True)
    with new_place(tmp_path / "new") as (into, url):
        place = ["--into", str(into), "--tombstones", str(file), *(["--database-url", url] if url else [])]
        result = run("restore", str(made(tmp_path)), "--identity", "-", *place, pipe=ring.second)
        assert "Erased again: 1." in result.output
        again = Database(url or f"sqlite:///{into / 'elearn.sqlite3'}")
        with again.read() as session, everyone(session):
            assert people.count_people(session) == 0
            assert audit.find_break(session) is None
        again.dispose()


def test_a_wrong_key_is_said_in_a_sentence(installed: Runtime, ring: Keyring, tmp_path: Path) -> None:
    assert run("backup").exit_code == 0
    result, _ = restore(tmp_path, ring.stranger)
    assert result.exit_code == 1
    assert "cannot be opened with this key" in result.output
    assert silent(result.output, tmp_path)
    assert not (tmp_path / "new").exists()


def test_no_list_of_the_erased_has_to_be_meant(installed: Runtime, ring: Keyring, tmp_path: Path) -> None:
    assert run("backup").exit_code == 0
    for _, file in list_files(tmp_path / "backups", tombstones=True):
        file.unlink()
    assert "say --no-tombstones" in restore(tmp_path, ring.first)[0].output
    assert restore(tmp_path, ring.first, "--no-tombstones")[0].exit_code == 0


def test_a_drill_says_how_long_it_took(installed: Runtime, person_id: str, ring: Keyring, tmp_path: Path) -> None:
    identity = tmp_path / "identity"
    identity.write_text(f"# created for a test\n{ring.first}\n")
    with new_place(tmp_path / "unused") as (_, url):
        result = run("drill", "--identity", str(identity), *(["--database-url", url] if url else []))
    assert result.exit_code == 0, result.output
    assert re.match(r"Drill: \d+\.\d seconds", result.output)
    assert silent(result.output, tmp_path)
    assert not (tmp_path / "backups").exists()


def test_without_a_folder_or_recipients_nothing_is_done(installed: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}BACKUP_RECIPIENTS", "")
    assert "at least 2 different recipients" in run("backup").output
    monkeypatch.setenv(f"{PREFIX}BACKUP_FOLDER", "")
    result = run("backup")
    assert (result.exit_code, "No folder for backups is set" in result.output) == (1, True)


def test_a_folder_that_cannot_be_written_is_said_without_its_name(installed: Runtime, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    result = run("backup", "--to", str(tmp_path / "file" / "below"))
    assert result.exit_code == 1
    assert result.output == "Error: This machine refuses: Not a directory.\n"


def test_a_record_that_does_not_hold_is_said_and_ends_with_its_own_status(capsys: pytest.CaptureFixture[str]) -> None:

    shut = dict.fromkeys(("sessions", "devices", "steps", "invites", "resets", "setup", "approvals", "jobs"), 0)
    verdict = Verdict(hour="2026-03-02T09", counts={}, schema="0005", upgraded=True, erased_again=0, shut=shut, broken_at=7)
    with pytest.raises(SystemExit) as ended:
        say(verdict)
    assert ended.value.code == BROKEN
    assert "does NOT hold: entry 7" in capsys.readouterr().out
