"""Backups: a checked copy of the whole database, sealed to several people, with a list of the erased beside it.

A backup holds no key. Files have names of the hour and chance; what is older than the promise (35 days at most) goes.
"""

import fcntl
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from elearn.errors import Invalid, Refused
from elearn.store.backup_copy import Contents, copy, kind_of, sweep_folder
from elearn.store.backup_seal import check_recipients, seal, sha256_of
from elearn.store.engine import Database
from elearn.store.people import list_all_tombstones

FORMAT: Final = 1
#: The names inside a backup and inside a list of the erased, in their order.
MEMBERS: Final = ("manifest.json", "database")
ERASED: Final = "tombstones.json"
#: Backups live no longer than this (safety requirement 37): who left is then gone from the last of them.
LONGEST: Final = 35
#: So long every backup is kept; of older days the last one.
_CLOSE: Final = timedelta(days=2)
_HOUR: Final = "%Y-%m-%dT%H"
_NAME: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d)-[0-9a-f]{8}(\.tombstones)?\.age")
_PART: Final = re.compile(r"\.\d{4}-.*\.age\.[0-9a-f]{8}\.part")
_STALE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """What the operator decided: where backups go, who can open them, for how long they stay, and where work is done meanwhile."""

    folder: Path
    recipients: tuple[str, ...]
    keep_days: int
    work: Path

    @property
    def drill(self) -> Path:
        """Where a drill does its work, and removes it."""
        return self.work.with_name(f"{self.work.name}-drill")


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup that was made."""

    file: Path
    hour: str
    contents: Contents


def back_up(database: Database, plan: BackupPlan, *, now: datetime) -> Backup:
    """Make a backup and a list of the erased, then drop what is too old; Invalid, Refused, and then nothing is left of it."""
    _check(plan)
    hour = now.astimezone(UTC).strftime(_HOUR)
    file = plan.folder / f"{hour}-{secrets.token_hex(4)}.age"
    with _alone(plan) as work:
        found = copy(database, work / MEMBERS[1])
        manifest = _manifest(database, found, work / MEMBERS[1], hour)
        seal({MEMBERS[0]: manifest, MEMBERS[1]: work / MEMBERS[1]}, file, plan.recipients)
        _write_tombstones(database, file.with_suffix(".tombstones.age"), plan)
    prune(plan, now=now)
    return Backup(file, hour, found)


def keep_tombstones(database: Database, plan: BackupPlan, *, now: datetime) -> Path:
    """Write down who is erased, so that a restore erases them again, and drop what is too old; a daily job."""
    _check(plan)
    file = plan.folder / f"{now.astimezone(UTC).strftime(_HOUR)}-{secrets.token_hex(4)}.tombstones.age"
    _write_tombstones(database, file, plan)
    prune(plan, now=now)
    return file


def prune(plan: BackupPlan, *, now: datetime) -> None:
    """Drop backups and lists beyond their days, of days long past all but the last, and what a crash left half done."""
    for lists in (False, True):
        last_of_day: dict[date, Path] = {}
        for made, file in list_files(plan.folder, tombstones=lists):
            too_old = made < now - timedelta(days=plan.keep_days)
            if too_old or (made < now - _CLOSE and made.date() in last_of_day):
                file.unlink(missing_ok=True)
            last_of_day.setdefault(made.date(), file)
    for left in plan.folder.iterdir():
        if _PART.fullmatch(left.name) and _is_stale(left, now):
            left.unlink(missing_ok=True)
    if plan.drill.exists() and _is_stale(plan.drill, now):
        shutil.rmtree(plan.drill)


def _is_stale(left: Path, now: datetime) -> bool:
    return left.stat().st_mtime < (now - _STALE).timestamp()


def list_files(folder: Path, *, tombstones: bool = False) -> list[tuple[datetime, Path]]:
    """The backups of a folder, or the lists of the erased, with their hours, the latest first."""
    named = ((_NAME.fullmatch(file.name), file) for file in folder.iterdir()) if folder.is_dir() else ()
    found = [
        (datetime.strptime(match[1], _HOUR).replace(tzinfo=UTC), file) for match, file in named if match and bool(match[2]) == tombstones
    ]
    return sorted(found, key=lambda pair: (pair[0], pair[1].stat().st_mtime), reverse=True)


def _check(plan: BackupPlan) -> None:
    if not 1 <= plan.keep_days <= LONGEST:
        raise Invalid("backup-keep-days", longest=LONGEST)
    check_recipients(plan.recipients)
    plan.folder.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextmanager
def _alone(plan: BackupPlan) -> Iterator[Path]:
    """The working folder, for one backup at a time, empty before and after whatever happens."""
    plan.work.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(plan.work, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(handle)
        raise Refused("backup-running") from error
    try:
        sweep_folder(plan.work)
        yield plan.work
    finally:
        sweep_folder(plan.work)
        os.close(handle)


def _manifest(database: Database, found: Contents, file: Path, hour: str) -> bytes:
    facts = {
        "format": FORMAT,
        "kind": kind_of(database),
        "schema": found.schema,
        "hour": hour,
        "sha256": sha256_of(file),
        "counts": found.counts,
    }
    return json.dumps(facts, indent=1, sort_keys=True).encode()


def _write_tombstones(database: Database, file: Path, plan: BackupPlan) -> None:
    """All tombstones there are: random ids and days. Sealed, because even how many left, and when, tells something."""
    with database.read() as session:
        listed = [[row.person_id, row.erased_on.isoformat()] for row in list_all_tombstones(session)]
    seal({ERASED: json.dumps(listed).encode()}, file, plan.recipients)


def newest(files: Sequence[tuple[datetime, Path]]) -> datetime | None:
    """The hour of the latest of these files, or None."""
    return files[0][0] if files else None
