"""`elearn mirrors`: the signed list of the site's addresses, made by whoever runs it and checked by whoever reads it."""

from datetime import datetime
from pathlib import Path
from typing import Final

import click

from elearn.actions.mirrors import sign_mirrors
from elearn.cli.installation import installation
from elearn.cli.note_files import FILE, read_key_lines, read_text
from elearn.cli.spoken import spoken
from elearn.credential.mirrors import FRESH, MirrorList, read
from elearn.errors import NotFound
from elearn.runtime import open_notary, utc_now

_AGES: Final = {
    "fresh": "TRUE: signed on %(day)s with a key of yours.",
    "old": "OLD: signed on %(day)s with a key of yours, but more than %(days)s days ago. An address may be somebody else's by now.",
    "early": "EARLY: signed on %(day)s with a key of yours, which is later than today. Look at the clock of this machine.",
}


@click.group()
def mirrors() -> None:
    """Sign and check the list of addresses at which this site can be found."""


@mirrors.command()
def sign() -> None:
    """Sign the list now, instead of waiting for the day's list, and print it; pages show it from then on."""
    with spoken(), installation() as runtime:
        given, defaults = runtime.settings, runtime.site_defaults
        made = sign_mirrors(runtime.database, lambda: open_notary(given), address=given.public_url, defaults=defaults, now=runtime.clock())
        if made is None:
            raise NotFound("no-mirrors")
    click.echo(made.note, nl=False)


@mirrors.command()
@click.argument("file", type=FILE)
@click.option("--key", "key_file", type=FILE, required=True, help="File with the key that you were given; a line each as pages show it.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Check as of this day (default: today, UTC).")
def verify(file: Path, *, key_file: Path, day: datetime | None) -> None:
    """Check FILE, a list of addresses, without a network, a database or an account.

    Exit status 0: true and not old. 1: anything else.
    """
    with spoken():
        made = read(read_text(file), read_key_lines(key_file))
    age = made.age((day or utc_now()).date())
    click.echo("\n".join(_told(made, _AGES[age])))
    if age != "fresh":
        raise SystemExit(1)


def _told(made: MirrorList, sentence: str) -> list[str]:
    return [sentence % {"day": made.day.isoformat(), "days": FRESH.days}, *(f"  {address}" for address in made.addresses)]
