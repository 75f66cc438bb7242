"""`elearn audit`: is the record of acts what it was, and signed checkpoints of it for partners who keep watch."""

from pathlib import Path
from typing import Final

import click

from elearn.actions import record
from elearn.actions.record import Verdict
from elearn.cli.installation import installation
from elearn.cli.note_files import FILE, read_key_lines, read_text
from elearn.cli.spoken import spoken
from elearn.credential.note import write_key
from elearn.errors import NotFound
from elearn.runtime import open_notary
from elearn.store import audit as store

_FAULTS: Final = {
    "chain": "Entry %(at)s does not follow from those before it.",
    "checkpoint": "The entries are not those that were signed. The first bad one is between %(at)s and %(by)s.",
    "cut": "Entries are missing at the end, from number %(at)s on: a checkpoint of %(by)s entries exists.",
    "other": "A checkpoint belongs to another record, or this record was begun anew. The first bad entry is %(at)s.",
    "unsigned": "The chain holds, but a checkpoint cannot be read or bears no signature of a known key.",
}


@click.group()
def audit() -> None:
    """Check the record of acts, and hand out signed checkpoints of it."""


@audit.command()
@click.option("--checkpoint", "files", type=FILE, multiple=True, help="A checkpoint that somebody kept elsewhere; may be repeated.")
@click.option("--key", "key_file", type=FILE, help="Believe the keys of this file only, a line each as `elearn audit key` prints them.")
def verify(files: tuple[Path, ...], key_file: Path | None) -> None:
    """Walk the whole record and hold it against every checkpoint, kept here or given.

    Exit status 0: whole. 1: not whole, with the number of the first bad entry.
    """
    with spoken(), installation() as runtime, runtime.database.read() as session:
        notary = open_notary(runtime.settings)
        notes = [*record.kept_notes(session, notary.folder), *map(read_text, files)]
        verdict = record.verify(session, notes, read_key_lines(key_file) if key_file else notary.public)
    click.echo("\n".join(_told(verdict)))
    if not verdict.whole:
        raise SystemExit(1)


@audit.command()
@click.option("--new", is_flag=True, help="Check the record and sign it as it is now, instead of waiting for the daily checkpoint.")
def checkpoint(*, new: bool) -> None:
    """Print the newest checkpoint: give it to a partner, who can hold it against later changes."""
    with spoken(), installation() as runtime:
        if new:
            verdict = record.make_checkpoint(runtime.database, open_notary(runtime.settings), now=runtime.clock())
            if not verdict.whole:
                click.echo("\n".join(_told(verdict)), err=True)
                raise SystemExit(1)
        with runtime.database.read() as session:
            last = store.find_last_checkpoint(session)
        if last is None:
            raise NotFound("no-checkpoint")
    click.echo(last.note, nl=False)


@audit.command()
def key() -> None:
    """Print the public keys of checkpoints, the current one first: give them to partners once, by a way you trust."""
    with spoken(), installation() as runtime, runtime.database.read() as session:
        origin = record.find_origin(session)
        if origin is None:
            raise NotFound("no-checkpoint")
        lines = [write_key(origin, public) for public in open_notary(runtime.settings).public]
    click.echo("\n".join(lines))


def _told(verdict: Verdict) -> list[str]:
    if verdict.whole:
        vouched = f"Checkpoints vouch for the first {verdict.vouched}." if verdict.vouched else "There is no checkpoint yet."
        return [f"WHOLE: {verdict.size} entries, each follows from the one before. {vouched}"]
    return ["BROKEN: " + _FAULTS[verdict.fault] % {"at": verdict.broken_at, "by": verdict.broken_by}]
