"""`elearn db`: the schema of the database."""

import click

from elearn import config
from elearn.cli.spoken import spoken
from elearn.store import migrate
from elearn.store.engine import Database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def upgrade() -> None:
    """Bring the database to the schema of this version; does nothing when it is there."""
    with spoken():
        settings = config.load()
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(settings.database)
        migrate.upgrade(database)
        click.echo(f"The database is at revision {migrate.current(database)}.")
        database.dispose()
