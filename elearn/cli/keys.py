"""`elearn keys`: are the keys in order, how old are they, rotation, sealing anew, dropping what is no longer needed. Never a secret."""

from datetime import date
from typing import Final

import click

from elearn import config
from elearn.actions import key_files
from elearn.actions import keys as deeds
from elearn.actions.key_files import PURPOSES, Kept
from elearn.cli.installation import installation
from elearn.cli.spoken import spoken
from elearn.errors import NotFound, Refused
from elearn.runtime import utc_now

_PURPOSE: Final = click.argument("purpose", type=click.Choice(PURPOSES))
_RESTART: Final = "Start the service again now: until then it goes on with the older key."
_RESTARTED: Final = click.option("--restarted", is_flag=True, help="The service was restarted since the newer key was drawn.")


@click.group()
def keys() -> None:
    """Look after the keys of the installation."""


@keys.command()
def check() -> None:
    """Say whether every key is in its place and every sealed value can be opened with one of them.

    Exit status 1: something is not in order.
    """
    with spoken(), installation() as runtime:
        known = {key.id for key in runtime.keys.seal}
        lost = sum(number for name, number in deeds.sealed_values(runtime.database).items() if name not in known)
    if lost:
        message = f"{lost} sealed values name a key that is not here. Restore the file seal.key that holds it."
        raise click.ClickException(message)
    counts = [len(getattr(runtime.keys, purpose)) for purpose in _purposes(runtime.settings)]
    click.echo(f"In order: {len(counts)} purposes, {sum(counts)} keys.")


@keys.command("list")
def list_keys() -> None:
    """List the ids and ages of all keys, the current one of each purpose first."""
    with spoken():
        settings = config.load()
        found = key_files.load(settings.keys, data=settings.data, purposes=_purposes(settings))
        today = utc_now().date()
        lines = [_line(purpose, one, place, today) for purpose, kept in found.items() for place, one in enumerate(kept)]
    click.echo("\n".join(lines))


@keys.command()
@_PURPOSE
def rotate(purpose: str) -> None:
    """Draw a new key for PURPOSE; older ones stay and only open and verify."""
    with spoken():
        settings = config.load()
        today = utc_now().date()
        new = key_files.rotate(settings.keys, purpose, data=settings.data, today=today)
        if purpose == "certificate":
            key_files.publish_rotation(settings.keys, _certificate(settings), today=today)
    click.echo(f"The new key of {purpose} is {new.id}. {_RESTART}")
    if purpose in ("seal", "index"):
        click.echo("Then run `elearn keys reseal --restarted`, and not before.")
    click.echo("Copy the keys to their safe place again.")


@keys.command()
@_RESTARTED
def reseal(*, restarted: bool) -> None:
    """Seal every sealed value with the newest key and index it anew; may be stopped and run again."""
    with spoken(), installation() as runtime:
        _require_restarted(restarted=restarted)  # a process that runs since before could not open what is sealed with the newer key
        done = deeds.reseal(runtime.database, seals=runtime.keys.seal, index=runtime.keys.index[0])
    click.echo(f"{done.changed} values were sealed anew.")
    if done.lost:
        message = f"{done.lost} values could not be opened with any key and were left as they are. Run `elearn keys check`."
        raise click.ClickException(message)


@keys.command()
@_PURPOSE
@click.argument("key_id")
@_RESTARTED
def retire(purpose: str, key_id: str, *, restarted: bool) -> None:
    """Drop the older key KEY_ID of PURPOSE for ever; refused while anything needs it."""
    with spoken(), installation() as runtime:
        _require_restarted(restarted=restarted)  # a process that runs since before seals with the older key, and that would be lost
        key = next((one for one in getattr(runtime.keys, purpose) if one.id == key_id), None)
        if key is None:
            raise NotFound("no-key", name=key_id, purpose=purpose)
        deeds.require_unneeded(runtime.database, purpose, key, seals=runtime.keys.seal, index=runtime.keys.index[0])
        if purpose == "certificate":
            key_files.write_list(runtime.settings.keys, runtime.keys.published)
        key_files.drop(runtime.settings.keys, purpose, key_id, data=runtime.settings.data)
    click.echo(f"The key {key_id} of {purpose} is gone. {_RESTART}")


def _require_restarted(*, restarted: bool) -> None:
    if not restarted:
        raise Refused("restart-first")


def _purposes(settings: config.Settings) -> tuple[str, ...]:
    """The purposes whose keys lie here: where another process signs, it has the certificate key."""
    return tuple(purpose for purpose in PURPOSES if purpose != "certificate" or not settings.signer_socket)


def _certificate(settings: config.Settings) -> tuple[Kept, ...]:
    return key_files.load(settings.keys, data=settings.data, purposes=("certificate",))["certificate"]


def _line(purpose: str, one: Kept, place: int, today: date) -> str:
    age = f"{(today - one.drawn).days} days" if one.drawn else "age unknown"
    return f"{purpose:<12} {one.key.id:<10} {age:<12} {'older' if place else 'current'}"
