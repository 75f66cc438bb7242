"""Copies of whole databases: one moment, checked; the tools of PostgreSQL are told secrets by no command line."""

import os
import stat
from pathlib import Path

import pytest

from elearn.errors import Refused
from elearn.store import backup_copy
from elearn.store.engine import Database

URL = "postgresql+psycopg://reader:s3cret%20word@db.example:5433/school?sslmode=verify-full&options=-c%20role%3Dreader"


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that writes down what it was told, and fails."""
    script = tmp_path / "bin" / "pg_dump"
    script.parent.mkdir()
    lines = ('echo "$@" > words', "env > env", 'cat "$PGSERVICEFILE" > service', 'stat -c %a "$PGSERVICEFILE" > mode', "exit 3")
    script.write_text("\n".join(("#!/bin/sh", f"cd {tmp_path}", *lines, "")))
    script.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{script.parent}:{os.defpath}")
    return tmp_path


def test_a_passphrase_is_on_no_command_line_and_in_no_readable_file(tool: Path) -> None:
    with pytest.raises(Refused, match="tool-failed") as refused:
        backup_copy._run("pg_dump", "--format=custom", database=Database(URL), folder=tool)
    assert refused.value.params == {"tool": "pg_dump", "status": 3}
    words = (tool / "words").read_text()
    assert words.split() == ["--dbname=service=qadam", "--no-owner", "--no-privileges", "--format=custom"]
    service = (tool / "service").read_text()
    assert "s3cret" not in service
    assert {"host=db.example", "port=5433", "user=reader", "dbname=school", "sslmode=verify-full"} <= set(service.splitlines())
    assert "options=-c role=reader -c elearn.everyone=on" in service
    assert (tool / "mode").read_text().strip() == "600"
    assert "PGPASSWORD=s3cret word" in (tool / "env").read_text().splitlines()
    assert not (tool / "service.conf").exists()


def test_a_missing_tool_is_named(tool: Path) -> None:
    with pytest.raises(Refused, match="tool-missing") as refused:
        backup_copy._run("pg_elsewhere", database=Database(URL), folder=tool)
    assert refused.value.params == {"tool": "pg_elsewhere"}


def test_a_line_break_cannot_add_a_line_to_the_service(tool: Path) -> None:
    with pytest.raises(Refused, match="database-url"):
        backup_copy._run("pg_dump", database=Database("postgresql+psycopg://a@h/b%0Ahost=elsewhere"), folder=tool)


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_is_not_sound(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "database"
    file.write_bytes(content)
    with pytest.raises(Refused, match="database-damaged"):
        backup_copy.examine(file)


def test_a_row_that_points_nowhere_is_found(database: Database, tmp_path: Path) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL never lets one in")
    with database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("INSERT INTO audit_key VALUES ('nobody', x'00', 'nowhere')")
    with pytest.raises(Refused, match="database-damaged"):
        backup_copy.copy(database, tmp_path / "copy")
