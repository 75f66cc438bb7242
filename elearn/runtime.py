"""What a running installation consists of: settings, database, clock, chance and keys. The composition root of web, cli and tests."""

import os
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from elearn.actions.record import Notary
from elearn.actions.shelf import Shelf
from elearn.config import Settings
from elearn.credential.keys import signing_key
from elearn.errors import Refused
from elearn.store.engine import Database
from elearn.store.sealed import Key

Clock = Callable[[], datetime]

#: One secret for one purpose each.
PURPOSES: Final = ("session", "seal", "index", "audit", "certificate")
_PRIVATE: Final = 0o077
_BYTES: Final = 32
#: A secret with fewer different bytes than this was typed, not drawn.
_VARIETY: Final = 12


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of each purpose, the current one first; older ones only open and verify."""

    session: tuple[Key, ...]
    seal: tuple[Key, ...]
    index: tuple[Key, ...]
    audit: tuple[Key, ...]
    certificate: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Runtime:
    """One installation while it runs."""

    settings: Settings
    database: Database
    clock: Clock
    keys: Keys
    chance: random.Random = field(default_factory=random.SystemRandom)
    shelf: Shelf = field(default_factory=Shelf)


def open_runtime(settings: Settings) -> Runtime:
    """The runtime of an installation that has been initialised; Refused when its keys are not in order."""
    return Runtime(
        settings=settings, database=Database(settings.database), clock=utc_now, keys=load_keys(settings.keys, data=settings.data)
    )


def open_notary(settings: Settings) -> Notary:
    """Who signs checkpoints of the record here, and where copies for partners are put; Refused when the keys are not in order."""
    keys = load_keys(settings.keys, data=settings.data).audit
    return Notary(tuple(signing_key(key.secret) for key in keys), settings.data / "checkpoints")


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock


def make_keys(folder: Path, *, data: Path) -> Keys:
    """Draw the keys that are missing, each in a file of its own (mode 0600), and load all; Refused inside the data folder."""
    _refuse_inside(folder, data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for purpose in PURPOSES:
        path = folder / f"{purpose}.key"
        if not path.exists():
            line = f"{secrets.token_hex(4)} {secrets.token_hex(_BYTES)}\n"
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(line)
    return load_keys(folder, data=data)


def load_keys(folder: Path, *, data: Path) -> Keys:
    """The keys of a folder; Refused when one is missing, readable by others, malformed, an example, or used twice."""
    _refuse_inside(folder, data)
    found = {purpose: _load(folder / f"{purpose}.key") for purpose in PURPOSES}
    everything = [key.secret for keys in found.values() for key in keys]
    if len(set(everything)) != len(everything):
        raise Refused("key-repeated", folder=str(folder))
    return Keys(**found)


def _refuse_inside(folder: Path, data: Path) -> None:
    if folder.absolute().is_relative_to(data.absolute()):
        raise Refused("keys-inside-data", folder=str(folder))


def _load(path: Path) -> tuple[Key, ...]:
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError) as error:
        raise Refused("key-missing", file=str(path)) from error
    if mode & _PRIVATE:
        raise Refused("key-readable", file=str(path))
    keys = tuple(_parse(line, path) for line in lines if line.strip())
    if not keys:
        raise Refused("key-malformed", file=str(path))
    return keys


def _parse(line: str, path: Path) -> Key:
    name, _, digits = line.strip().partition(" ")
    try:
        secret = bytes.fromhex(digits)
    except ValueError as error:
        raise Refused("key-malformed", file=str(path)) from error
    if len(secret) != _BYTES:
        raise Refused("key-malformed", file=str(path))
    if len(set(secret)) < _VARIETY:
        raise Refused("key-example", file=str(path))
    return Key(id=name, secret=secret)
