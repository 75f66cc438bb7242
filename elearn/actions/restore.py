"""A backup made an installation again: opened, proven, brought up to date, cleaned of the erased, its doors shut. Or nothing at all.

Who wrote a backup cannot be told from it: age proves that nobody altered it on the way. So restore only what came from your own folder.
"""

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from elearn.actions.backup import ERASED, FORMAT, MEMBERS, BackupPlan, back_up, list_files
from elearn.actions.erase import erase_again
from elearn.actions.notices import tell_everyone
from elearn.errors import Refused
from elearn.paths import DATABASE_FILE
from elearn.store import audit, migrate
from elearn.store.backup_copy import Contents, contents, examine, kind_of, load
from elearn.store.backup_doors import shut_doors
from elearn.store.backup_seal import sha256_of, sync_folder, unseal
from elearn.store.engine import Database
from elearn.store.filling import filling
from elearn.store.people import put_tombstones
from elearn.store.tenancy import everyone

_OPERATOR: Final = "operator"
_WORK: Final = ".restoring"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What to restore, and whereto; `tombstones`: None for the lists beside the backup, empty for none at all.

    A `trial` takes everything out of a PostgreSQL database again.
    """

    file: Path
    identity: str
    into: Path
    tombstones: tuple[Path, ...] | None = None
    database_url: str = ""
    trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a restore found: `broken_at` is the first entry of the record that does not follow, `erased_again` who had left since."""

    hour: str
    counts: dict[str, int]
    schema: str
    upgraded: bool
    erased_again: int
    shut: dict[str, int]
    broken_at: int | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Manifest:
    kind: str
    schema: str
    hour: str
    sha256: str
    counts: dict[str, int]


def restore(order: Order, *, now: datetime) -> Verdict:
    """Restore a backup into an empty folder (and an empty PostgreSQL database); Refused leaves everything as it was."""
    erased = _read_tombstones(order)
    with _workplace(order.into) as work:
        unseal(order.file, order.identity, work, MEMBERS)
        manifest = _read_manifest(work)
        file = (work / MEMBERS[1]).rename(work / DATABASE_FILE)
        database = Database(order.database_url or f"sqlite:///{file.absolute()}")
        try:
            with filling(database, keep=not order.trial):
                _prove(database, manifest, file)
                verdict = _make_current(database, manifest, erased, now)
        finally:
            database.dispose()
        if not order.database_url:
            file.replace(order.into / DATABASE_FILE)
    return verdict


def drill(database: Database, plan: BackupPlan, identity: str, *, database_url: str = "", now: datetime) -> Verdict:
    """Make a backup, restore it beside, tell what came of it and how long it took, and leave nothing behind."""
    began = time.perf_counter()
    place = plan.drill
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(mode=0o700, parents=True)
    try:
        made = back_up(database, replace(plan, folder=place / "backups"), now=now)
        verdict = restore(Order(file=made.file, identity=identity, into=place / "data", database_url=database_url, trial=True), now=now)
    finally:
        shutil.rmtree(place)
    return replace(verdict, seconds=time.perf_counter() - began)


@contextmanager
def _workplace(into: Path) -> Iterator[Path]:
    """A private folder inside an empty one; afterwards nothing but what was restored is there."""
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refused("folder-not-empty")
    made = not into.exists()
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    work = into / _WORK
    try:
        work.mkdir(mode=0o700)
        yield work
    except BaseException:
        shutil.rmtree(into if made else work)
        raise
    shutil.rmtree(work)
    sync_folder(into)


def _read_manifest(work: Path) -> _Manifest:
    """Read what the backup says of itself, and hold it against what it holds."""
    try:
        facts = json.loads((work / MEMBERS[0]).read_bytes())
        version = int(facts.pop("format"))
        if version > FORMAT:
            raise Refused("backup-newer")
        manifest = _Manifest(**facts)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused("backup-unopened") from error
    if sha256_of(work / MEMBERS[1]) != manifest.sha256:
        raise Refused("backup-unopened")
    return manifest


def _read_tombstones(order: Order) -> dict[str, date]:
    """Who was erased, from all lists that are given or lie beside the backup; Refused("no-tombstones") where none lies."""
    lists = order.tombstones
    if lists is None:
        lists = tuple(file for _, file in list_files(order.file.parent, tombstones=True))
        if not lists:
            raise Refused("no-tombstones")
    erased: dict[str, date] = {}
    for file in lists:
        with TemporaryDirectory(prefix="qadam-") as folder:  # random ids that lead nowhere: they may lie there for a moment
            unseal(file, order.identity, Path(folder), (ERASED,))
            erased |= _dates((Path(folder) / ERASED).read_bytes())
    return erased


def _dates(listed: bytes) -> dict[str, date]:
    try:
        return {str(person_id): date.fromisoformat(day) for person_id, day in json.loads(listed)}
    except (ValueError, TypeError) as error:
        raise Refused("backup-unopened") from error


def _prove(database: Database, manifest: _Manifest, file: Path) -> None:
    """Fill the database where it is not a file itself, and hold what it contains against the manifest."""
    if kind_of(database) != manifest.kind:
        raise Refused("backup-kind", kind=manifest.kind)
    if not migrate.knows(database, manifest.schema):
        raise Refused("backup-newer")
    if database.is_sqlite:
        found = examine(file)
    else:
        load(file, database)
        found = contents(database)
    if found != Contents(manifest.schema, manifest.counts):
        raise Refused("backup-unopened")


def _make_current(database: Database, manifest: _Manifest, erased: dict[str, date], now: datetime) -> Verdict:
    migrate.upgrade(database)
    with database.read() as session:
        broken_at = audit.find_break(session)
    with database.transaction() as session:
        put_tombstones(session, erased)
    again = erase_again(database, erased, now=now)
    with database.transaction() as session, everyone(session):
        shut = shut_doors(session)
        tell_everyone(session, "restored", now)
        audit.record(session, "installation.restored", organisation_id="", actor=_OPERATOR, about=manifest.sha256[:32], now=now)
    database.scrub()
    reached = migrate.current(database) or ""
    return Verdict(
        hour=manifest.hour,
        counts=manifest.counts,
        schema=reached,
        upgraded=reached != manifest.schema,
        erased_again=again,
        shut=shut,
        broken_at=broken_at,
    )
