"""`elearn signer` as an operator sets it up: a user and a folder of its own, a socket, or a file."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.actions import key_files
from elearn.actions.remote_signer import RemoteSigner
from elearn.cli import main
from elearn.config import PREFIX, Settings
from elearn.credential.keys import read_keys
from elearn.credential.signer import ask_award, read_award
from elearn.errors import Refused
from elearn.runtime import Runtime, load_keys_for, open_runtime
from tests.credential.factories import make_award

TODAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)  # noqa: TID251 - the signer has a clock of its own
AWARD = make_award(issued_on=TODAY.date(), expires_on=None)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The signer's own folder of keys, named by its own environment."""
    keys = tmp_path / "signer-keys"
    for name, value in (("DATA", tmp_path / "nothing"), ("KEYS", keys), ("PUBLIC_URL", "https://learn.example")):
        monkeypatch.setenv(f"{PREFIX}{name}", str(value))
    return keys


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["signer", *words])


def test_a_signer_draws_its_key_and_prints_the_public_half(folder: Path) -> None:
    assert run("--public").exit_code == 1
    assert run("--init").exit_code == 0
    assert {file.name for file in folder.iterdir()} == {"certificate.key", key_files.LIST}
    [listed] = read_keys(run("--public").output)
    assert read_keys((folder / key_files.LIST).read_bytes()) == (listed,)
    assert run("--init").exit_code == 0
    assert read_keys(run("--public").output) == (listed,)


def test_a_file_of_requests_is_answered_line_by_line(folder: Path, tmp_path: Path) -> None:
    run("--init")
    (tmp_path / "in").write_bytes(ask_award(AWARD, created=TODAY) + b"nonsense\n")
    result = run("--batch", str(tmp_path / "in"), str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert result.output == ""
    first, second = (tmp_path / "out").read_bytes().splitlines()
    assert read_award(first, AWARD, read_keys((folder / key_files.LIST).read_bytes())).document["facts"] == AWARD.facts()
    assert json.loads(second) == {"error": "request-unreadable"}


def test_a_process_of_its_own_signs_and_says_nothing_about_it(folder: Path, tmp_path: Path) -> None:
    run("--init")
    path = tmp_path / "socket"
    command = [sys.executable, "-c", "from elearn.cli import main; main()", "signer", "--socket", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().decode()
            keys = read_keys((folder / key_files.LIST).read_bytes())
            remote = RemoteSigner(path, keys, "https://learn.example", os.urandom)
            assert remote.award(AWARD, created=TODAY).document["facts"] == AWARD.facts()
            assert "Another signer listens" in run("--socket", str(path)).output
        finally:
            process.send_signal(signal.SIGINT)
            said += process.communicate(timeout=60)[0].decode()
    assert said.replace("Aborted!", "").strip() == f"Ready: {path}"
    assert not path.exists()


def test_a_socket_of_a_dead_signer_is_taken_over_and_a_file_is_not(folder: Path, tmp_path: Path) -> None:
    run("--init")
    (tmp_path / "file").write_text("kept")
    result = run("--socket", str(tmp_path / "file"))
    assert result.exit_code == 1
    assert "is no socket" in result.output
    assert (tmp_path / "file").read_text() == "kept"


def test_with_a_socket_the_site_never_reads_the_certificate_key(runtime: Runtime, settings: Settings) -> None:
    away = replace(settings, signer_socket=str(settings.data / "socket"))
    (settings.keys / "certificate.key").unlink()
    with pytest.raises(Refused, match="key-list-missing"):
        load_keys_for(away)
    key_files.write_list(settings.keys, runtime.keys.published)
    opened = open_runtime(away)
    assert opened.keys.certificate == ()
    assert opened.keys.published == runtime.keys.published
    assert isinstance(opened.signer, RemoteSigner)
    opened.database.dispose()
    with pytest.raises(Refused, match="key-missing"):
        load_keys_for(settings)
