"""Bringing a database to a version of the schema, up or down, with Alembic driven from Python."""

from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from elearn import paths
from elearn.store.engine import Database


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the schema up to a revision; interrupted half-way, it begins again from where it was."""
    command.upgrade(_config(database), revision)


def downgrade(database: Database, revision: str) -> None:
    """Bring the schema down to a revision; `base` takes everything away."""
    command.downgrade(_config(database), revision)


def check(database: Database) -> None:
    """Raise alembic's CommandError when the rows and the schema at head differ."""
    command.check(_config(database))


def current(database: Database) -> str | None:
    """The revision the database is at, or None before the first."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - keeps the start of `serve` light

    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head(database: Database) -> str | None:
    """The revision that this version of the product works with."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return ScriptDirectory.from_config(_config(database)).get_current_head()


def knows(database: Database, revision: str) -> bool:
    """Whether this version of the product has a revision of the schema, so that it can go on from there."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    try:
        return ScriptDirectory.from_config(_config(database)).get_revision(revision) is not None
    except CommandError:
        return False


def _config(database: Database) -> Config:
    config = Config()
    config.set_main_option("script_location", str(paths.data("migrations")).replace("%", "%%"))
    config.attributes["database"] = database
    return config
