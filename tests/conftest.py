"""Fixtures for everyone: a migrated database (SQLite, or PostgreSQL when a URL is given), a clock that stands, a runtime."""

import random
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck
from hypothesis import settings as laws
from sqlalchemy.orm import Session

from elearn.config import Settings
from elearn.runtime import Runtime, make_keys
from elearn.store import engine, migrate
from elearn.store.engine import Database
from elearn.store.rows import METADATA
from tests.factories import make_organisation
from tests.servers import SERVER, fresh_server_database, grant, seen_as

__all__ = ["SERVER", "StandingClock"]

#: Laws are held against the same examples in every run, however slow the machine is: a run that fails tells of the change it is run for.
laws.register_profile("gate", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: `--hypothesis-profile search` looks for new examples; what it finds stays as an `@example` beside its law.
laws.register_profile("search", max_examples=1_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
laws.load_profile("gate")
#: A server that shares a busy machine is given more time to answer than one that a site waits for.
engine._POSTGRES["connect_timeout"] = 60

# A run in the background is let ignore Ctrl-C, and so would be the processes that tests stop by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


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
        grant(url)
        yield seen_as(url, "elearn_app")


@pytest.fixture(scope="session")
def emptied(migrated_url: str) -> Iterator[Callable[[], None]]:
    """Take all rows out of the database on the server, which the role of the app may not do."""
    server = sa.create_engine(seen_as(migrated_url, "")) if SERVER else None

    def empty() -> None:
        if server is not None:
            with server.begin() as connection:
                connection.execute(sa.text(f"TRUNCATE {', '.join(METADATA.tables)} RESTART IDENTITY CASCADE"))

    yield empty
    if server is not None:
        server.dispose()


@pytest.fixture
def empty_url(tmp_path: Path) -> Iterator[str]:
    """The URL of a database nobody has touched."""
    if SERVER:
        with fresh_server_database() as url:
            yield url
    else:
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"


@pytest.fixture
def database(migrated_url: str, emptied: Callable[[], None], tmp_path: Path) -> Iterator[Database]:
    """A migrated database with no rows, on a server as the role of the app sees it."""
    if SERVER:
        made = Database(migrated_url)
    else:
        shutil.copy(migrated_url, tmp_path / "elearn.sqlite3")
        made = Database(f"sqlite:///{tmp_path / 'elearn.sqlite3'}")
    yield made
    emptied()
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
