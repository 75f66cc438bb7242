"""Whether a database is at the schema that this version works with. Without Alembic, so that serving starts light; `migrate` moves it."""

from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from elearn import paths
from elearn.errors import Refused
from elearn.store.engine import Database

_TABLE: Final = "alembic_version"
_NUMBER: Final = "SELECT version_num FROM alembic_version"


def newest() -> str:
    """The revision that this version works with: migrations are named by their numbers."""
    return max(file.name.partition("_")[0] for file in (paths.data("migrations") / "versions").glob("[0-9]*_*.py"))


def refuse_other_schema(database: Database) -> None:
    """Refused("schema-other") where page after page would break; a database that does not answer is let pass, for it may come back."""
    file = database.engine.url.database if database.is_sqlite else None
    if file and not Path(file).exists():  # asking would make it
        raise Refused("schema-other")
    with suppress(SQLAlchemyError), database.engine.connect() as connection:
        there = inspect(connection).has_table(_TABLE)
        if not there or connection.scalar(text(_NUMBER)) != newest():
            raise Refused("schema-other")
