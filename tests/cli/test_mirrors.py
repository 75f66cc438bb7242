"""`elearn mirrors` as an operator signs the list, and as a reader without any installation checks it."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli import main
from elearn.config import PREFIX
from elearn.credential.keys import signing_key
from elearn.credential.note import write_key
from elearn.runtime import Runtime
from elearn.store import audit
from tests.factories import NOW


@pytest.fixture
def installed(installed: Runtime, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """The installation with mirrors, and something in its record."""
    monkeypatch.setenv(f"{PREFIX}PUBLIC_URL", "https://learn.example")
    monkeypatch.setenv(f"{PREFIX}MIRRORS", "https://mirror.example, http://abc.onion")
    with installed.database.transaction() as session:
        audit.record(session, "verb", organisation_id="", actor="operator", about="thing", now=NOW)
    return installed


@pytest.fixture
def held(installed: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of somebody with the list and the key, and nothing else."""
    folder = tmp_path / "reader"
    folder.mkdir()
    (folder / "mirrors.txt").write_text(run("mirrors", "sign").output, "utf-8")
    (folder / "key.txt").write_text(run("audit", "key").output, "utf-8")
    for name in ("DATA", "KEYS", "DATABASE_URL"):
        monkeypatch.setenv(f"{PREFIX}{name}", str(tmp_path / "nowhere"))
    return folder


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def verify(folder: Path, *words: str) -> Result:
    return run("mirrors", "verify", str(folder / "mirrors.txt"), "--key", str(folder / "key.txt"), *words)


def test_a_reader_checks_the_list_with_the_key_alone(held: Path) -> None:
    result = verify(held)
    assert result.exit_code == 0
    first, *addresses = result.output.splitlines()
    assert first.startswith("TRUE: signed on 2")
    assert addresses == ["  https://learn.example", "  https://mirror.example", "  http://abc.onion"]


def test_a_changed_list_is_refused(held: Path) -> None:
    file = held / "mirrors.txt"
    file.write_text(file.read_text("utf-8").replace("mirror.example", "mirr0r.example"), "utf-8")
    result = verify(held)
    assert (result.exit_code, "REFUSED: the list was changed" in result.output) == (1, True)
    assert "mirr0r" not in result.output
    file.write_bytes(b"\xff nonsense")
    result = verify(held)
    assert (result.exit_code, "REFUSED: this is no list" in result.output) == (1, True)


def test_another_key_is_refused(held: Path) -> None:
    origin = (held / "key.txt").read_text("utf-8").partition("+")[0]
    (held / "key.txt").write_text(write_key(origin, signing_key(bytes(range(32))).public), "utf-8")
    result = verify(held)
    assert (result.exit_code, "none of your keys signed it" in result.output) == (1, True)
    (held / "key.txt").write_text("nonsense", "utf-8")
    assert "no public key" in verify(held).output


def test_an_old_list_and_one_of_a_later_day_are_told(held: Path) -> None:
    result = verify(held, "--day", "2999-01-01")
    assert (result.exit_code, result.output.startswith("OLD: ")) == (1, True)
    assert "  https://mirror.example\n" in result.output
    result = verify(held, "--day", "2001-01-01")
    assert (result.exit_code, result.output.startswith("EARLY: ")) == (1, True)


def test_without_mirrors_there_is_nothing_to_sign(installed: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{PREFIX}MIRRORS", "")
    result = run("mirrors", "sign")
    assert (result.exit_code, "nothing to sign" in result.output) == (1, True)
    monkeypatch.setenv(f"{PREFIX}MIRRORS", "mirror.example")
    result = run("mirrors", "sign")
    assert (result.exit_code, "no whole one" in result.output) == (1, True)
