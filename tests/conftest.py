"""Fixtures for everyone: a migrated database (SQLite, or PostgreSQL when a URL is given), a clock that stands, a runtime."""

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from elearn.config import Settings
from elearn.runtime import Runtime, make_keys
from elearn.store import migrate
from elearn.store.engine import Database
from elearn.store.rows import METADATA
from tests.factories import make_organisation

SERVER = os.environ.get("ELEARN_TEST_DATABASE_URL", "")  # noqa: TID251 - the tests' own switch


@dataclass
class StandingClock:
    """Shows the same time until it is moved; a Monday morning, off the full hour."""

    now: datetime = field(default=datetime(2026, 3, 2, 9, 17, 30, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Move forward by a timedelta's arguments."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture(scope="session")
def migrated_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of this process at head, without rows: a template file, or a database of its own on the server."""
    if not SERVER:
        path = tmp_path_factory.mktemp("template") / "elearn.sqlite3"
        template = Database(f"sqlite:///{path}")
        migrate.upgrade(template)
        template.dispose()
        yield str(path)
        return
    with fresh_server_database() as url:
        database = Database(url)
        migrate.upgrade(database)
        database.dispose()
        yield url


class fresh_server_database:  # noqa: N801 - used like a function
    """A new, empty database on the test server for the length of a block."""

    def __enter__(self) -> str:
        self.name = f"elearn_test_{os.getpid()}_{random.SystemRandom().randrange(10**9)}"
        self.server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with self.server.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {self.name}"))
        return sa.make_url(SERVER).set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_error: object) -> None:
        with self.server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.server.dispose()


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a database nobody has touched."""
    if SERVER:
        with fresh_server_database() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def database(migrated_url: str, tmp_path: Path) -> Iterator[Database]:
    """A migrated database with no rows."""
    if SERVER:
        made = Database(migrated_url)
    else:
        shutil.copy(migrated_url, tmp_path / "elearn.sqlite3")
        made = Database(f"sqlite:///{tmp_path / 'elearn.sqlite3'}")
    yield made
    if SERVER:
        with made.engine.begin() as connection:
            connection.execute(sa.text(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY CASCADE"))
    made.dispose()


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands."""
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    """Settings of an installation in a folder of this test."""
    return Settings(data=tmp_path, keys=tmp_path.parent / f"{tmp_path.name}-keys", database_url=database.engine.url.render_as_string(False))


@pytest.fixture
def runtime(settings: Settings, database: Database, clock: StandingClock) -> Runtime:
    """A running installation with an empty database, a standing clock and predictable chance."""
    keys = make_keys(settings.keys, data=settings.data)
    return Runtime(settings=settings, database=database, clock=clock, keys=keys, chance=random.Random(7))


@pytest.fixture
def organisation_id(database: Database) -> str:
    """An organisation that anyone may join."""
    with database.transaction() as session:
        return make_organisation(session).id


@pytest.fixture
def session(database: Database, organisation_id: str) -> Iterator[Session]:
    """A writing session of the organisation; what it wrote is committed at the end of the test."""
    with database.transaction(organisation_id) as made:
        yield made
