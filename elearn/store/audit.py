"""The audit chain: who did what, to the hour, each entry sealed to the one before. No names, no free text.

Writes one kind of row; the database itself refuses to change or delete one.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, BigKey, hour
from elearn.store.people import AuditKeyRow, find_audit_key
from elearn.store.tenancy import everyone

GENESIS: Final = "0" * 64
#: Made once: a long chain is walked in seconds.
_CANONICAL: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_LOCK: Final = 0x51414441  # one chain, one writer at a time: the number of the advisory lock on PostgreSQL


class AuditEntryRow(Base):
    """One act; `actor` and `object` are opaque, `organisation` is empty for acts of the operator."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "organisation", "number", "verb"),)

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    hour: Mapped[datetime]
    organisation: Mapped[str]
    actor: Mapped[str]
    verb: Mapped[str]
    object: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]


class AuditCheckpointRow(Base):
    """A signed note of the chain's head at a size: what a witness holds against later changes."""

    __tablename__ = "audit_checkpoint"

    size: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    hour: Mapped[datetime]
    note: Mapped[str]


def record(session: Session, verb: str, *, organisation_id: str, actor: str, about: str, now: datetime) -> AuditEntryRow:
    """Add an entry in this transaction; call it last, for it lets one writer through at a time. `actor` and `about` are opaque."""
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = session.scalar(select(AuditEntryRow).order_by(AuditEntryRow.number.desc()).limit(1))
    entry = AuditEntryRow(
        number=last.number + 1 if last else 1,
        hour=hour(now),
        organisation=organisation_id,
        actor=actor,
        verb=verb,
        object=about,
        previous_hash=last.hash if last else GENESIS,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def record_act(
    session: Session, verb: str, *, person_id: str, organisation_id: str, about: str | None = None, now: datetime
) -> AuditEntryRow:
    """Add an entry for what a person did in her organisation, as in `record`; `about` is opaque, None: herself."""
    actor = mark(session, person_id, organisation_id=organisation_id)
    return record(session, verb, organisation_id=organisation_id, actor=actor, about=actor if about is None else about, now=now)


def mark(session: Session, person_id: str, *, organisation_id: str) -> str:
    """The opaque mark of a person: an HMAC under her own key, made when first needed; stays the same until the key is erased."""
    with everyone(session):
        key = find_audit_key(session, person_id)
        if key is None:
            key = AuditKeyRow(person_id=person_id, organisation_id=organisation_id, secret=secrets.token_bytes(32))
            session.add(key)
    return _marked(key, person_id)


def find_mark(session: Session, person_id: str) -> str | None:
    """The mark of a person if she has one yet."""
    with everyone(session):
        key = find_audit_key(session, person_id)
    return None if key is None else _marked(key, person_id)


def _marked(key: AuditKeyRow, person_id: str) -> str:
    return hmac.new(key.secret, person_id.encode(), hashlib.sha256).hexdigest()[:32]


class Entry(Protocol):
    """What an entry says, whether read as a row or as a tuple."""

    number: Any
    hour: Any
    organisation: Any
    actor: Any
    verb: Any
    object: Any
    previous_hash: Any
    hash: Any


def entry_hash(entry: Entry) -> str:
    """SHA-256 of the entry as canonical JSON, the hash before it included."""
    fields = [entry.number, entry.hour.isoformat(), entry.organisation, entry.actor, entry.verb, entry.object, entry.previous_hash]
    return hashlib.sha256(_CANONICAL(fields).encode()).hexdigest()


def find_break(session: Session) -> int | None:
    """The number of the first entry that does not follow from those before it, or None when the chain holds."""
    return next((number for number, sound, _hash in walk(session) if not sound), None)


def walk(session: Session) -> Iterator[tuple[int, bool, str]]:
    """Each entry from the first: which number it should have, whether it follows from those before it, and its hash.

    What is added while this runs may be walked or not. Ends behind the first entry that does not follow.
    """
    previous, expected = GENESIS, 1
    for entry in _entries(session):
        sound = entry.number == expected and entry.previous_hash == previous and entry.hash == entry_hash(entry)
        yield expected, sound, entry.hash
        if not sound:
            return
        previous, expected = entry.hash, expected + 1


def find_last_entry(session: Session) -> AuditEntryRow | None:
    """The head of the chain, or None before the first entry."""
    return session.scalar(select(AuditEntryRow).order_by(AuditEntryRow.number.desc()).limit(1))


def find_first_entry(session: Session, organisation_id: str) -> AuditEntryRow | None:
    """The oldest entry of one organisation, or None."""
    wanted = select(AuditEntryRow).where(AuditEntryRow.organisation == organisation_id)
    return session.scalar(wanted.order_by(AuditEntryRow.number).limit(1))


def list_entries(
    session: Session,
    organisation_id: str,
    *,
    before: int | None = None,
    verb: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 100,
) -> list[AuditEntryRow]:
    """Entries of one organisation ("": of the server), the latest first: below number `before`, of one verb, between two hours."""
    wanted = select(AuditEntryRow).where(AuditEntryRow.organisation == organisation_id)
    if before is not None:
        wanted = wanted.where(AuditEntryRow.number < before)
    if verb:
        wanted = wanted.where(AuditEntryRow.verb == verb)
    if since is not None:
        wanted = wanted.where(AuditEntryRow.hour >= since)
    if until is not None:
        wanted = wanted.where(AuditEntryRow.hour < until)
    return list(session.scalars(wanted.order_by(AuditEntryRow.number.desc()).limit(limit)))


def list_objects(
    session: Session, organisation_id: str, *, verb: str, actor: str, since: datetime, start: int = 0, limit: int = 1_000
) -> list[str]:
    """What somebody did this to in an organisation, from an hour on: the opaque objects, the oldest first, without the first `start`."""
    wanted = select(AuditEntryRow.object).where(AuditEntryRow.organisation == organisation_id, AuditEntryRow.verb == verb)
    own = wanted.where(AuditEntryRow.actor == actor, AuditEntryRow.hour >= since)
    return list(session.scalars(own.order_by(AuditEntryRow.number).offset(start).limit(limit)))


def count_acts(session: Session, organisation_id: str, *, verbs: Sequence[str], actor: str, since: datetime) -> int:
    """How often somebody did one of these in an organisation, from an hour on."""
    wanted = select(func.count()).select_from(AuditEntryRow).where(AuditEntryRow.organisation == organisation_id)
    return session.scalar(wanted.where(AuditEntryRow.verb.in_(verbs), AuditEntryRow.actor == actor, AuditEntryRow.hour >= since)) or 0


def count_entries(session: Session, organisation_id: str, *, up_to: int) -> int:
    """How many entries of one organisation have this number or a smaller one: the place of an entry among its own."""
    wanted = select(func.count()).select_from(AuditEntryRow)
    return session.scalar(wanted.where(AuditEntryRow.organisation == organisation_id, AuditEntryRow.number <= up_to)) or 0


def find_number(session: Session, organisation_id: str, place: int) -> int | None:
    """The number of an entry by its place among those of its organisation, the first at 1, or None."""
    wanted = select(AuditEntryRow.number).where(AuditEntryRow.organisation == organisation_id)
    return session.scalar(wanted.order_by(AuditEntryRow.number).offset(place - 1).limit(1))


def list_verbs(session: Session, organisation_id: str, *, limit: int = 100) -> list[str]:
    """The verbs that stand in the record of one organisation, in alphabetical order."""
    wanted = select(AuditEntryRow.verb).where(AuditEntryRow.organisation == organisation_id).distinct()
    return list(session.scalars(wanted.order_by(AuditEntryRow.verb).limit(limit)))


def list_checkpoints(session: Session, *, limit: int = 10_000) -> list[AuditCheckpointRow]:
    """Checkpoints, the largest first."""
    return list(session.scalars(select(AuditCheckpointRow).order_by(AuditCheckpointRow.size.desc()).limit(limit)))


def find_last_checkpoint(session: Session) -> AuditCheckpointRow | None:
    """The largest checkpoint, or None before the first."""
    return session.scalar(select(AuditCheckpointRow).order_by(AuditCheckpointRow.size.desc()).limit(1))


_COLUMNS: Final = tuple(AuditEntryRow.__table__.c)
_AT_ONCE: Final = 2_000


def _entries(session: Session) -> Iterator[Entry]:
    """All entries in order, some at once, as plain tuples: a long chain is walked in seconds."""
    after: int | None = None
    while True:
        wanted = select(*_COLUMNS).order_by(AuditEntryRow.number).limit(_AT_ONCE)
        if after is not None:
            wanted = wanted.where(AuditEntryRow.number > after)
        page = session.execute(wanted).all()
        if not page:
            return
        yield from page
        after = page[-1].number
