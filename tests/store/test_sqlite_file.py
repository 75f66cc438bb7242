"""Nobody but the account that serves can read the file of a database, whatever its umask, from the first moment on."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from elearn.store import migrate
from elearn.store.engine import Database
from elearn.store.sqlite_file import file_of


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(database: Database) -> dict[str, str]:
    return {file.name: f"{file.stat().st_mode & 0o777:o}" for file in database.list_files()}


@pytest.mark.usefixtures("_open_umask")
def test_the_file_and_its_log_are_private_from_the_first_connection_on(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/made.sqlite3")
    assert modes(database) == {}
    migrate.upgrade(database)
    with database.engine.connect():
        assert modes(database) == {"made.sqlite3": "600", "made.sqlite3-wal": "600", "made.sqlite3-shm": "600"}
    database.dispose()


@pytest.mark.usefixtures("_open_umask")
def test_a_file_that_is_there_keeps_its_mode_and_its_log_takes_it(tmp_path: Path) -> None:
    (tmp_path / "older.sqlite3").touch(mode=0o640)
    database = Database(f"sqlite:///{tmp_path}/older.sqlite3")
    migrate.upgrade(database)
    with database.engine.connect():
        assert set(modes(database).values()) == {"640"}
    database.dispose()


def test_a_folder_that_is_not_there_is_said_by_sqlite(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/nowhere/made.sqlite3")
    with pytest.raises(sa.exc.OperationalError), database.engine.connect():
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:made?mode=memory&uri=true", "postgresql://host/name"])
def test_what_is_no_file_is_left_alone(url: str) -> None:
    assert file_of(sa.make_url(url)) is None
