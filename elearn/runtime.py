"""What a running installation consists of: settings, database, clock, chance and keys. The composition root of web, cli and tests."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from elearn.actions import key_files
from elearn.actions.certify import Signer, Signing
from elearn.actions.key_files import PURPOSES
from elearn.actions.mail_server import MailServer, problems, read_password
from elearn.actions.record import Notary
from elearn.actions.remote_signer import RemoteSigner
from elearn.actions.settings import Site, SiteShelf
from elearn.actions.shelf import Shelf
from elearn.config import Settings
from elearn.credential.keys import PublicKey, signing_key
from elearn.errors import Refused
from elearn.store.engine import Database
from elearn.store.filling import refuse_half_restored
from elearn.store.schema import refuse_other_schema
from elearn.store.sealed import Key

__all__ = [
    "PURPOSES",
    "Clock",
    "Keys",
    "Runtime",
    "load_keys",
    "load_keys_for",
    "mail_server",
    "mail_server_for",
    "make_keys",
    "open_notary",
    "open_runtime",
    "site_defaults",
    "utc_now",
]

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

    @property
    def signer(self) -> Signing:
        """Who signs certificates: the process behind the socket of the settings, else this one."""
        given, chance = self.settings, self.chance.randbytes
        if given.signer_socket:
            return RemoteSigner(Path(given.signer_socket), self.keys.published, given.public_url, chance)
        return Signer(signing_key(self.keys.certificate[0].secret), given.site_name, given.public_url, chance)

    def site(self, now: datetime) -> Site:
        """What the operator has decided for everybody, at most ten seconds ago."""
        return self.sites.known(now) or self.sites.site(self.database, self.site_defaults, now=now)


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
    """The runtime of an installation that has been initialised.

    Refused when its keys are not in order, its restore did not end, or its database is of another version.
    """
    keys, database = load_keys_for(settings), Database(settings.database)
    try:
        refuse_half_restored(database)
        refuse_other_schema(database)
    except Refused:
        database.dispose()
        raise
    return Runtime(settings=settings, database=database, clock=utc_now, keys=keys)


def open_notary(settings: Settings) -> Notary:
    """Who signs checkpoints of the record here, and where copies for partners are put; Refused when the keys are not in order."""
    keys = load_keys_for(settings).audit
    return Notary(tuple(signing_key(key.secret) for key in keys), settings.data / "checkpoints")


def mail_server(settings: Settings) -> MailServer | None:
    """Who carries mails, as the settings say, fit or not; None: mail is off. Refused where its password cannot be read."""
    if not settings.mail_host:
        return None
    return MailServer(
        host=settings.mail_host,
        port=settings.mail_port,
        tls=settings.mail_tls,
        sender=settings.mail_sender,
        name=settings.mail_name,
        subject=settings.mail_subject,
        user=settings.mail_user,
        password=read_password(Path(settings.mail_password_file)) if settings.mail_password_file else "",
    )


def mail_server_for(settings: Settings) -> MailServer | None:
    """Who carries mails; None: mail is off. Refused with the first thing that cannot be used."""
    server = mail_server(settings)
    for code in problems(server) if server else ():
        raise Refused(code)
    return server


def utc_now() -> datetime:
    """The time now, aware, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 - the one clock


def make_keys(folder: Path, *, data: Path) -> Keys:
    """Draw the keys that are missing, each in a file of its own (mode 0600), and load all; Refused inside the data folder."""
    key_files.draw_missing(folder, data=data, today=utc_now().date())
    return load_keys(folder, data=data)


def load_keys(folder: Path, *, data: Path, signing: bool = True) -> Keys:
    """The keys of a folder; Refused when one is missing, readable by others, malformed, an example, or used twice.

    Where another process signs (`signing` is false) the certificate key is not read, only the list of public keys, which must be there.
    """
    purposes = [purpose for purpose in PURPOSES if signing or purpose != "certificate"]
    found = key_files.load(folder, data=data, purposes=purposes)
    published = key_files.public_list(folder, found.get("certificate", ()))
    if not published:
        raise Refused("key-list-missing", file=str(folder / key_files.LIST))
    keys = {purpose: tuple(one.key for one in found.get(purpose, ())) for purpose in PURPOSES}
    return Keys(**keys, published=published)


def load_keys_for(settings: Settings) -> Keys:
    """The keys that a process with these settings may read; Refused as in `load_keys`."""
    return load_keys(settings.keys, data=settings.data, signing=not settings.signer_socket)
