"""A database of another version is told from one of this version, without Alembic; one that does not answer is let pass."""

from pathlib import Path

import pytest

from elearn.errors import Refused
from elearn.store import migrate
from elearn.store.engine import Database
from elearn.store.schema import newest, refuse_other_schema


def test_migrations_are_named_by_the_numbers_that_alembic_reads(database: Database) -> None:
    assert newest() == migrate.head(database)


def test_a_database_of_another_version_is_refused(empty_url: str) -> None:
    database = Database(empty_url)
    for revision in ("", "0001", "head"):
        if revision:
            migrate.upgrade(database, revision)
        if revision == "head":
            refuse_other_schema(database)
        else:
            with pytest.raises(Refused, match="schema-other"):
                refuse_other_schema(database)
    database.dispose()


def test_a_file_that_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "elearn.sqlite3"
    with pytest.raises(Refused, match="schema-other"):
        refuse_other_schema(Database(f"sqlite:///{file}"))
    assert not file.exists()


def test_a_server_that_does_not_answer_may_come_back() -> None:
    refuse_other_schema(Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
