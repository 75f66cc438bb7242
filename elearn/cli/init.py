"""`elearn init`: folders, keys, database and the one-time setup code of a new installation."""

import click

from elearn import config
from elearn.actions.setup import begin_setup
from elearn.cli.spoken import spoken
from elearn.runtime import make_keys
from elearn.store import migrate
from elearn.store.engine import Database


@click.command()
def init() -> None:
    """Prepare a new installation and print its one-time setup code; safe to run again until it is set up."""
    with spoken():
        settings = config.load()
        make_keys(settings.keys, data=settings.data)
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        database = Database(settings.database)
        migrate.upgrade(database)
        with database.transaction() as session:
            code = begin_setup(session)
        database.dispose()
    click.echo(f"Keys are in {settings.keys}: copy them to a safe place, apart from any backup of the data.")
    click.echo(f"Setup code (shown once, works once): {code}")
