"""`elearn drill`: is what we back up what we would get back? Leaves nothing behind."""

from typing import TextIO

import click

from elearn import config
from elearn.actions.restore import drill as try_restore
from elearn.cli.backup import plan_of
from elearn.cli.restore import say
from elearn.cli.spoken import spoken
from elearn.runtime import utc_now
from elearn.store.engine import Database


@click.command()
@click.option("--identity", required=True, type=click.File(), help="File with a private age key of a recipient; - reads it from a pipe.")
@click.option("--database-url", default="", help="An empty PostgreSQL database, where the installation is on PostgreSQL.")
def drill(identity: TextIO, database_url: str) -> None:
    """Make a backup, restore it beside, say what came of it and how long it took, and remove both."""
    with spoken():
        settings = config.load()
        database = Database(settings.database)
        try:
            plan = plan_of(settings, settings.data)  # the drill keeps its files in a folder of its own
            verdict = try_restore(database, plan, identity.read(), database_url=database_url, now=utc_now())
        finally:
            database.dispose()
    click.echo(f"Drill: {verdict.seconds:.1f} seconds from the running database to a restored one.")
    say(verdict)
