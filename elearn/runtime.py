"""What a running installation consists of: settings, database, clock, chance and keys. The composition root of web, cli and tests."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from elearn.actions import key_files
from elearn.actions.key_files import PURPOSES
from elearn.actions.record import Notary
from elearn.actions.settings import Site, SiteShelf
from elearn.actions.shelf import Shelf
from elearn.config import Settings
from elearn.credential.keys import PublicKey, signing_key
from elearn.store.engine import Database
from elearn.store.sealed import Key

__all__ = ["PURPOSES", "Clock", "Keys", "Runtime", "load_keys", "make_keys", "open_notary", "open_runtime", "site_defaults", "utc_now"]

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of each purpose, the current one first; older ones only open and verify. `published`: whoever signed certificates here."""

    session: tuple[Key, ...]
    seal: tuple[Key, ...]
    index: tuple[Key, ...]
    audit: tuple[Key, ...]
    certificate: tuple[Key, ...]
    published: tuple[PublicKey, ...]


@dataclass(frozen=True, slots=True)
class Runtime:
    """One installation while it runs."""

    settings: Settings
    database: Database
    clock: Clock
    keys: Keys
    chance: random.Random = field(default_factory=random.SystemRandom)
    shelf: Shelf = field(default_factory=Shelf)
    sites: SiteShelf = field(default_factory=SiteShelf)

    @property
    def site_defaults(self) -> Site:
        """What the environment says of the site, before the operator decides otherwise while it runs."""
        return site_defaults(self.settings)

    def site(self, now: datetime) -> Site:
        """What the operator has decided for everybody, at most ten seconds ago."""
        return self.sites.site(self.database, self.site_defaults, now=now)


def site_defaults(settings: Settings) -> Site:
    """What the settings say of the site."""
    return Site(
        name=settings.site_name,
        neutral_titles=settings.neutral_titles,
        factor_issuer=settings.factor_issuer,
        factor_label=settings.factor_label,
        exit_url=settings.exit_url,
        mirrors=settings.mirrors,
    )


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
    key_files.draw_missing(folder, data=data, today=utc_now().date())
    return load_keys(folder, data=data)


def load_keys(folder: Path, *, data: Path) -> Keys:
    """The keys of a folder; Refused when one is missing, readable by others, malformed, an example, or used twice."""
    found = key_files.load(folder, data=data)
    published = key_files.public_list(folder, found["certificate"])
    return Keys(**{purpose: tuple(one.key for one in kept) for purpose, kept in found.items()}, published=published)
