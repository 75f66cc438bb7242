"""Keys and plans for the tests of backups, and an empty place to restore into on either database."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyrage import x25519

from elearn.actions.backup import BackupPlan
from elearn.actions.restore import Order, Verdict, restore
from elearn.store.engine import Database
from tests.conftest import StandingClock
from tests.servers import SERVER, fresh_server_database


@dataclass
class Keyring:
    """Two people who can open a backup, and one who cannot."""

    first: str = field(default_factory=lambda: str(x25519.Identity.generate()))
    second: str = field(default_factory=lambda: str(x25519.Identity.generate()))
    stranger: str = field(default_factory=lambda: str(x25519.Identity.generate()))

    @property
    def recipients(self) -> tuple[str, str]:
        """The public keys of the two."""
        return public(self.first), public(self.second)


def public(identity: str) -> str:
    return str(x25519.Identity.from_str(identity).to_public())


def make_plan(folder: Path, ring: Keyring, *, keep_days: int = 35) -> BackupPlan:
    return BackupPlan(folder=folder / "backups", recipients=ring.recipients, keep_days=keep_days, work=folder / "work")


@contextmanager
def new_place(folder: Path) -> Iterator[tuple[Path, str]]:
    """A folder that is not there yet, and an empty database of the server where the tests have one."""
    if SERVER:
        with fresh_server_database() as url:
            yield folder, url
    else:
        yield folder, ""


@contextmanager
def restored(order: Order, clock: StandingClock) -> Iterator[tuple[Verdict, Database]]:
    """Restore and open what was restored."""
    with new_place(order.into) as (into, url):
        verdict = restore(replace(order, into=into, database_url=url), now=clock.now)
        database = Database(url or f"sqlite:///{into / 'elearn.sqlite3'}")
        try:
            yield verdict, database
        finally:
            database.dispose()
