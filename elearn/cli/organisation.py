"""`elearn organisation`: founding organisations and letting their first admins in, for the operator of the server. Shows no people."""

import click

from elearn.actions import setup
from elearn.cli.installation import installation
from elearn.cli.spoken import spoken
from elearn.store.organisations import list_organisations


@click.group()
def organisation() -> None:
    """Found organisations, list them, let their first admins in."""


@organisation.command()
@click.argument("slug")
@click.argument("name")
def create(slug: str, name: str) -> None:
    """Found an organisation (short name, name) and print the setup code of its first admin."""
    with spoken(), installation() as runtime, runtime.database.transaction() as session:
        _, code = setup.found(session, slug=slug, name=name, now=runtime.clock())
        address = runtime.settings.public_url
    click.echo(f"Setup code (shown once, works once, for seven days): {code}")
    click.echo(f"The first admin types it at {address.rstrip('/')}/en/account/setup")


@organisation.command()
@click.argument("slug")
def code(slug: str) -> None:
    """Print a new setup code for an organisation that has no admin; the one before is void."""
    with spoken(), installation() as runtime, runtime.database.transaction() as session:
        drawn = setup.renew_code(session, slug, now=runtime.clock())
    click.echo(f"Setup code (shown once, works once, for seven days): {drawn}")


@organisation.command("list")
def list_() -> None:
    """Print the organisations: short name, who may join, name."""
    with spoken(), installation() as runtime, runtime.database.read() as session:
        for row in list_organisations(session):
            click.echo(f"{row.slug}\t{'open' if row.open_join else 'invited'}\t{row.name}")
