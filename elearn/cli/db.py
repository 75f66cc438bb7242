"""`elearn db`: the schema of the database."""

import click

from elearn import config
from elearn.actions.housekeep import database_is_sound
from elearn.cli.spoken import spoken
from elearn.errors import Refused
from elearn.store import migrate
from elearn.store.engine import Database


@click.group()
def db() -> None:
    """Look after the database."""


@db.command()
def check() -> None:
    """Look the database over; a damaged one is closed for writing, a sound one is opened again."""
    with spoken():
        database = Database(config.load().database)
        sound = database_is_sound(database, thoroughly=True)
        (database.allow_writing if sound else database.forbid_writing)()
        database.dispose()
        if not sound:
            raise Refused("database-damaged")
    click.echo("The database is sound. It may be written to.")


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
