"""`elearn audit` as an operator and a partner use it."""

from pathlib import Path

import sqlalchemy as sa
from click.testing import CliRunner, Result

from elearn.cli import main
from elearn.runtime import Runtime
from elearn.store import audit
from tests.actions.test_record import ENTRY, full_rights
from tests.factories import NOW


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["audit", *words])


def grow(runtime: Runtime, count: int) -> None:
    with runtime.database.transaction() as session:
        for number in range(count):
            audit.record(session, "verb", organisation_id="", actor="operator", about=str(number), now=NOW)


def test_an_empty_record_is_whole_and_has_nothing_to_hand_out(installed: Runtime) -> None:
    assert run("verify").output.startswith("WHOLE: 0 entries")
    for words in (["checkpoint"], ["checkpoint", "--new"], ["key"]):
        result = run(*words)
        assert result.exit_code == 1
        assert "has no checkpoint yet" in result.output


def test_a_partner_checks_with_the_note_and_the_key_it_was_given(installed: Runtime, tmp_path: Path) -> None:
    grow(installed, 3)
    note, key = run("checkpoint", "--new").output, run("key").output
    assert run("checkpoint").output == note
    (tmp_path / "note").write_text(note, "utf-8")
    (tmp_path / "key").write_text(key, "utf-8")
    grow(installed, 2)
    result = run("verify", "--checkpoint", str(tmp_path / "note"), "--key", str(tmp_path / "key"))
    assert result.exit_code == 0
    assert result.output == "WHOLE: 5 entries, each follows from the one before. Checkpoints vouch for the first 3.\n"


def test_the_first_bad_entry_is_told(installed: Runtime) -> None:
    grow(installed, 4)
    run("checkpoint", "--new")
    with full_rights(installed.database) as connection:
        connection.execute(sa.delete(ENTRY).where(ENTRY.c.number >= 3))
    result = run("verify")
    assert result.exit_code == 1
    assert result.output == "BROKEN: Entries are missing at the end, from number 3 on: a checkpoint of 4 entries exists.\n"
    again = run("checkpoint", "--new")
    assert again.exit_code == 1
    assert "BROKEN" in again.output


def test_a_file_that_is_no_note_or_no_key_is_said(installed: Runtime, tmp_path: Path) -> None:
    grow(installed, 1)
    (tmp_path / "nonsense").write_bytes(b"\xff nonsense")
    result = run("verify", "--checkpoint", str(tmp_path / "nonsense"))
    assert result.exit_code == 1
    assert "cannot be read" in result.output
    result = run("verify", "--key", str(tmp_path / "nonsense"))
    assert result.exit_code == 1
    assert "no public key of checkpoints" in result.output
