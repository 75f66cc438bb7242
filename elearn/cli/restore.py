"""`elearn restore`: a backup made an installation again, and what came of it."""

from pathlib import Path
from typing import TextIO

import click

from elearn.actions.restore import Order, Verdict
from elearn.actions.restore import restore as restore_backup
from elearn.cli.spoken import spoken
from elearn.runtime import utc_now

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
#: What an operator recognises an installation by.
_SHOWN = {
    "person": "people",
    "attempt": "attempts",
    "attempt_step": "answers",
    "credential": "certificates",
    "audit_entry": "entries of the record",
}
_SHUT = {
    "sessions": "sessions",
    "devices": "trusted devices",
    "steps": "half-done sign-ins",
    "invites": "invites",
    "resets": "reset codes",
    "setup": "setup codes",
    "approvals": "waiting approvals",
    "jobs": "waiting jobs",
}
#: The exit status when everything is restored but the record of acts does not hold.
BROKEN = 3


@click.command()
@click.argument("file", type=_FILE)
@click.option("--identity", required=True, type=click.File(), help="File with a private age key of a recipient; - reads it from a pipe.")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="The new data folder: empty, or not there yet.")
@click.option("--tombstones", multiple=True, type=_FILE, help="A list of the erased, instead of those beside the backup.")
@click.option("--no-tombstones", is_flag=True, help="Restore although no list of the erased is left: who left since is back.")
@click.option("--database-url", default="", help="An empty PostgreSQL database, for a backup of one.")
def restore(file: Path, identity: TextIO, into: Path, tombstones: tuple[Path, ...], no_tombstones: bool, database_url: str) -> None:  # noqa: FBT001 - click gives a flag
    """Restore a backup, erase again who had left, end every session, and say what was found."""
    lists = () if no_tombstones else tombstones or None
    order = Order(file=file, identity=identity.read(), into=into, tombstones=lists, database_url=database_url)
    with spoken():
        verdict = restore_backup(order, now=utc_now())
    say(verdict)


def say(verdict: Verdict) -> None:
    """Print a verdict and end with its status."""
    click.echo(f"Restored as of {verdict.hour} UTC; schema {verdict.schema}{' (brought up to date)' if verdict.upgraded else ''}.")
    click.echo("Holds: " + ", ".join(f"{verdict.counts.get(table, 0)} {word}" for table, word in _SHOWN.items()) + ".")
    click.echo(f"Erased again: {verdict.erased_again}.")
    click.echo("Ended: " + ", ".join(f"{verdict.shut[name]} {word}" for name, word in _SHUT.items()) + ".")
    if verdict.broken_at is not None:
        click.echo(f"The record of acts does NOT hold: entry {verdict.broken_at} does not follow from the one before.")
        raise SystemExit(BROKEN)
    click.echo("The record of acts is whole.")
