"""Fixtures of the learner's pages: the course of every kind, open to all, and a count of what the database holds."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from elearn.runtime import Runtime
from elearn.store.rows import METADATA
from tests.web.teaching import publish_open

#: Counts the rows of every table.
Counted = Callable[[], dict[str, int]]


@pytest.fixture
def every_kind(runtime: Runtime) -> int:
    """The release of a course with every kind of question that may be read without an account."""
    return publish_open(runtime)


@pytest.fixture
def stored(runtime: Runtime) -> Counted:
    """A way to see whether anything was stored."""

    def count() -> dict[str, int]:
        with runtime.database.whole.connect() as connection:
            return {
                name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
                for name, table in METADATA.tables.items()
                if name != "web_session"
            }

    return count
