import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from click.testing import CliRunner

from elearn.actions.demo import OTHERS, ROLES
from elearn.cli import demo as command
from elearn.cli import main
from tests.ports import free_port

LINE = re.compile(r"Demo ([-\w]+): handle=(\S+) passphrase=(\S+)")


def begin(folder: Path, port: int) -> "subprocess.Popen[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ELEARN_")}  # noqa: TID251 - handed on
    command = [sys.executable, "-c", "from elearn.cli import main; main()", "demo", "--port", str(port), "--data", str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


def until_ready(process: "subprocess.Popen[str]") -> list[str]:
    """The lines up to the one that says it is ready."""
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if line.startswith("Ready"):
            break
    return lines


def end(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGINT)
    try:
        process.wait(120)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def test_a_demo_says_its_accounts_then_serves_and_starts_again(tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        port = free_port()
        process = begin(tmp_path / "demo", port)
        try:
            *accounts, ready = until_ready(process)
            assert ready == f"Ready: http://127.0.0.1:{port}/"
            told = [LINE.fullmatch(line) for line in accounts]
            assert [found[1] if found else "" for found in told] == ["learner", "trainer", "translator", "admin", *OTHERS]
            seen.append([found[3] if found else "" for found in told])
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/en/courses/rights-and-obligations/", timeout=60) as page:
                assert "Human rights and the obligations" in page.read().decode()
        finally:
            end(process)
        assert not answers(port)
        assert {file.stat().st_mode & 0o777 for file in (tmp_path / "demo" / "data").glob("*.sqlite3*")} == {0o600}
    assert set(seen[0]).isdisjoint(seen[1])
    stored = b"".join(path.read_bytes() for path in (tmp_path / "demo").rglob("*") if path.is_file())
    assert not any(passphrase.encode() in stored for run in seen for passphrase in run)


def test_all_that_a_demo_says_comes_from_what_it_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "run", lambda settings, *, host, port, ready: ready())
    (tmp_path / "demo").mkdir()
    for _ in range(2):
        result = CliRunner().invoke(main, ["demo", "--port", str(port := free_port()), "--data", str(tmp_path / "demo")])
        assert result.exit_code == 0
        *accounts, ready = result.output.splitlines()
        assert [found[2] for line in accounts if (found := LINE.fullmatch(line))] == [f"demo-{role}" for role in (*ROLES, *OTHERS)]
        assert ready == f"Ready: http://127.0.0.1:{port}/"


def answers(port: int) -> bool:
    """Whether somebody still listens; a server may take a moment to be gone."""
    for _ in range(100):
        with socket.socket() as asker:
            if asker.connect_ex(("127.0.0.1", port)):
                return False
        time.sleep(0.05)
    return True


@pytest.mark.parametrize("content", ["elearn.sqlite3", "data"])
def test_a_folder_with_other_data_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / content).write_text("precious", "utf-8")
    result = CliRunner().invoke(main, ["demo", "--port", str(free_port()), "--data", str(tmp_path)])
    assert (result.exit_code, "holds data that no demo made" in result.output) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == [content]


def test_a_file_is_no_folder_for_a_demo(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious", "utf-8")
    result = CliRunner().invoke(main, ["demo", "--port", str(free_port()), "--data", str(tmp_path / "file")])
    assert (result.exit_code, "holds data that no demo made" in result.output) == (1, True)
    assert (tmp_path / "file").read_text("utf-8") == "precious"
