"""The installation that a command works on, closed when the command is done."""

from collections.abc import Iterator
from contextlib import contextmanager

from elearn import config
from elearn.errors import Refused
from elearn.runtime import Runtime, open_runtime
from elearn.store.read_only import ReadOnlyError


@contextmanager
def installation() -> Iterator[Runtime]:
    """Give the runtime that the environment describes; its connections are closed at the end, whatever happens."""
    runtime = open_runtime(config.load())
    try:
        yield runtime
    except ReadOnlyError as error:
        raise Refused("database-damaged") from error
    finally:
        runtime.database.dispose()
