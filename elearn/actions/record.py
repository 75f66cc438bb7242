"""The record of acts as a whole: is it what it was, and a signed checkpoint of it that a partner can hold against later changes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.orm import Session

from elearn.credential import checkpoint as checkpoints
from elearn.credential.checkpoint import Checkpoint
from elearn.credential.keys import PublicKey, SigningKey
from elearn.credential.note import LONGEST
from elearn.credential.tree import Tree
from elearn.errors import Invalid
from elearn.store import audit
from elearn.store.audit import AuditCheckpointRow
from elearn.store.base import hour
from elearn.store.engine import Database
from elearn.store.settings import find_setting, put_setting

#: chain: an entry does not follow; checkpoint: the chain follows but is another one; cut: entries are missing at the end;
#: unsigned: a checkpoint that is none of ours; other: a checkpoint of another record.
Fault = Literal["", "chain", "checkpoint", "cut", "unsigned", "other"]

_STATE: Final = "record"
#: How many digits of the first hash name the record: no host, no organisation, the same after a move or a restore.
_NAMED: Final = 16
_SUFFIX: Final = ".txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What walking the record found: `size` sound entries, `vouched` of them under good checkpoints; with a fault, the first bad entry.

    Where only checkpoints tell, the first bad entry is one of `broken_at` to `broken_by`.
    """

    size: int
    vouched: int = 0
    fault: Fault = ""
    broken_at: int = 0
    broken_by: int = 0
    head: Checkpoint | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing was found."""
        return not self.fault


@dataclass(frozen=True, slots=True)
class Notary:
    """Who signs checkpoints: the keys (the first signs, all are believed), and the folder for the copies that partners are given."""

    keys: tuple[SigningKey, ...]
    folder: Path

    @property
    def public(self) -> tuple[PublicKey, ...]:
        """The keys whose notes are believed."""
        return tuple(key.public for key in self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the last daily look at the record found, for whoever reads it: `hour` in ISO form, `short` as on paper."""

    whole: bool
    size: int
    hour: str
    short: str = ""
    broken_at: int = 0

    @property
    def root(self) -> str:
        """The digits of the checkpoint without its size, which would tell each organisation how much the others do; empty where none is."""
        return self.short.partition(" ")[2]


def verify(session: Session, notes: Iterable[str], keys: Sequence[PublicKey]) -> Verdict:
    """Walk the chain and hold every note against it; the first thing that is wrong, by number of the entry."""
    made, all_signed = _read(set(notes), keys)
    wanted = {one.size for one in made}
    tree, origin, heads = Tree(), "", dict[int, bytes]()
    for number, sound, digest in audit.walk(session):
        if not sound:
            return Verdict(size=tree.size, fault="chain", broken_at=number, broken_by=number)
        origin = origin or origin_of(digest)
        tree.add(bytes.fromhex(digest))
        if tree.size in wanted:
            heads[tree.size] = tree.head()
    verdict = _judge(made, heads, Checkpoint(origin, tree.size, tree.head()))
    return verdict if all_signed or not verdict.whole else replace(verdict, fault="unsigned")


def origin_of(first_hash: str) -> str:
    """What a record is called in checkpoints: by its first entry, so that it names nobody and moves with the data."""
    return f"record/{first_hash[:_NAMED]}"


def find_origin(session: Session) -> str | None:
    """What this record is called, or None before the first entry."""
    return next((origin_of(digest) for _, _, digest in audit.walk(session)), None)


def kept_notes(session: Session, folder: Path) -> list[str]:
    """Every checkpoint this installation keeps: those of the database and the copies in the folder."""
    files = sorted(folder.glob(f"*{_SUFFIX}")) if folder.is_dir() else []
    copies = [file.read_bytes()[: LONGEST + 1].decode("utf-8", "replace") for file in files]
    return [row.note for row in audit.list_checkpoints(session)] + copies


def make_checkpoint(database: Database, notary: Notary, *, now: datetime) -> Verdict:
    """Look at the whole record; when it is sound and has grown, sign its head, keep the note and a copy for partners.

    A record that is not sound is never signed again. What was found stays readable as the `state`.
    """
    with database.read() as session:
        verdict = verify(session, kept_notes(session, notary.folder), notary.public)
    with database.transaction() as session:
        last = audit.find_last_checkpoint(session)
        if verdict.whole and verdict.head and (last is None or last.size < verdict.size):
            note = checkpoints.write(verdict.head, notary.keys[0])
            last = AuditCheckpointRow(size=verdict.size, hour=hour(now), note=note)
            session.add(last)
        _keep_state(session, verdict, now=now)
    if last is not None and verdict.whole:  # what somebody else put into the table is no note of ours
        _copy(notary.folder, last)
    return verdict


def find_state(session: Session) -> State | None:
    """What the last look found, or None before the first."""
    found = find_setting(session, _STATE)
    return State(**found) if found else None  # type: ignore[arg-type] # written by _keep_state


def _read(notes: Iterable[str], keys: Sequence[PublicKey]) -> tuple[list[Checkpoint], bool]:
    """The checkpoints that these keys signed, the smallest first, and whether that was all of them."""
    made, all_signed = list[Checkpoint](), True
    for note in notes:
        try:
            made.append(checkpoints.read(note, keys))
        except Invalid:
            all_signed = False
    return sorted(made, key=lambda one: one.size), all_signed


def _judge(made: Sequence[Checkpoint], heads: Mapping[int, bytes], head: Checkpoint) -> Verdict:
    vouched = 0
    for one in made:
        if one.size > head.size:
            return Verdict(size=head.size, vouched=vouched, fault="cut", broken_at=head.size + 1, broken_by=one.size)
        if one.origin != head.origin:
            return Verdict(size=head.size, vouched=vouched, fault="other", broken_at=1, broken_by=one.size)
        if heads.get(one.size) != one.root:
            return Verdict(size=head.size, vouched=vouched, fault="checkpoint", broken_at=vouched + 1, broken_by=one.size)
        vouched = one.size
    return Verdict(size=head.size, vouched=vouched, head=head if head.size else None)


def _keep_state(session: Session, verdict: Verdict, *, now: datetime) -> None:
    state = State(
        whole=verdict.whole,
        size=verdict.size,
        hour=hour(now).isoformat(),
        short=verdict.head.short if verdict.head else "",
        broken_at=verdict.broken_at,
    )
    put_setting(session, _STATE, asdict(state))


def _copy(folder: Path, row: AuditCheckpointRow) -> None:
    """Put a copy beside the others unless it is there; never half a file."""
    file = folder / f"checkpoint-{row.size:09}{_SUFFIX}"
    if file.exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(row.note, encoding="utf-8")
    part.replace(file)
