"""The audit chain: who did what, to the hour, each entry sealed to the one before. No names, no free text.

Writes one kind of row; the database itself refuses to change or delete one.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, BigKey, hour
from elearn.store.people import AuditKeyRow, find_audit_key
from elearn.store.tenancy import everyone

GENESIS: Final = "0" * 64
_LOCK: Final = 0x51414441  # one chain, one writer at a time: the number of the advisory lock on PostgreSQL


class AuditEntryRow(Base):
    """One act; `actor` and `object` are opaque, `organisation` is empty for acts of the operator."""

    __tablename__ = "audit_entry"

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


def mark(session: Session, person_id: str, *, organisation_id: str) -> str:
    """The opaque mark of a person: an HMAC under her own key, made when first needed; stays the same until the key is erased."""
    with everyone(session):
        key = find_audit_key(session, person_id)
        if key is None:
            key = AuditKeyRow(person_id=person_id, organisation_id=organisation_id, secret=secrets.token_bytes(32))
            session.add(key)
    return hmac.new(key.secret, person_id.encode(), hashlib.sha256).hexdigest()[:32]


def entry_hash(entry: AuditEntryRow) -> str:
    """SHA-256 of the entry as canonical JSON, the hash before it included."""
    fields = [entry.number, entry.hour.isoformat(), entry.organisation, entry.actor, entry.verb, entry.object, entry.previous_hash]
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def find_break(session: Session) -> int | None:
    """The number of the first entry that does not follow from those before it, or None when the chain holds."""
    previous, expected = GENESIS, 1
    for entry in _entries(session):
        if entry.number != expected or entry.previous_hash != previous or entry.hash != entry_hash(entry):
            return expected
        previous, expected = entry.hash, expected + 1
    return None


def find_last_entry(session: Session) -> AuditEntryRow | None:
    """The head of the chain, or None before the first entry."""
    return session.scalar(select(AuditEntryRow).order_by(AuditEntryRow.number.desc()).limit(1))


def list_entries(session: Session, organisation_id: str, *, before: int | None = None, limit: int = 100) -> list[AuditEntryRow]:
    """Entries of one organisation, the latest first, below number `before` if given."""
    wanted = select(AuditEntryRow).where(AuditEntryRow.organisation == organisation_id)
    if before is not None:
        wanted = wanted.where(AuditEntryRow.number < before)
    return list(session.scalars(wanted.order_by(AuditEntryRow.number.desc()).limit(limit)))


def _entries(session: Session) -> Iterator[AuditEntryRow]:
    after = 0
    while True:
        wanted = select(AuditEntryRow).where(AuditEntryRow.number > after).order_by(AuditEntryRow.number).limit(1_000)
        page = list(session.scalars(wanted))
        if not page:
            return
        yield from page
        after = page[-1].number
        for row in page:
            session.expunge(row)
