import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli import COMMANDS, main
from elearn.cli.spoken import SENTENCES
from elearn.store.engine import Database
from tests.servers import SERVER


@pytest.fixture
def run(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("ELEARN_DATABASE_URL", empty_url)
    return Run()


class Run:
    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, words)


def test_db_upgrade_brings_the_schema_to_head(run: Run) -> None:
    for _ in range(2):
        result = run("db", "upgrade")
        assert result.exit_code == 0
        assert re.fullmatch(r"The database is at revision \d{4}\.\n", result.output)


def test_init_makes_keys_and_prints_a_setup_code(run: Run, tmp_path: Path, empty_url: str) -> None:
    result = run("init")
    assert result.exit_code == 0
    code = result.output.split()[-1]
    assert len(code.replace("-", "")) == 32
    assert {file.stat().st_mode & 0o777 for file in (tmp_path / "keys").iterdir()} == {0o600}
    database = Database(empty_url)
    assert {file.stat().st_mode & 0o777 for file in database.list_files()} == (set() if SERVER else {0o600})
    assert run("init").output.split()[-1] != code


def test_a_new_installation_has_nobody_in_it(run: Run, empty_url: str) -> None:
    assert run("init").exit_code == 0
    database = Database(empty_url)
    with database.engine.connect() as connection:
        people = [connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() for table in ("person", "organisation", "invite")]
    database.dispose()
    assert people == [0, 0, 0]


def test_init_says_in_a_sentence_what_is_wrong(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "data" / "keys"))
    result = run("init")
    assert result.exit_code == 1
    assert "lies in the data folder" in result.output


def test_every_command_has_its_module_function_and_help() -> None:
    assert set(main.commands) <= set(COMMANDS)
    for name, command in main.commands.items():
        assert command.name == name
        assert command.help


def test_an_unknown_command_is_refused() -> None:
    assert CliRunner().invoke(main, ["spoken"]).exit_code == 2


def test_looking_at_the_help_starts_neither_web_nor_database() -> None:
    code = "import sys, elearn.cli; sys.exit(bool({'flask', 'sqlalchemy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_sentences_end_with_a_stop() -> None:
    assert all(sentence.endswith(".") for sentence in SENTENCES.values())
