"""Deeds that need a second admin: who asked for what, about whom, and what came of it. Rows and queries only."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, delete, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, JsonObject, new_id
from elearn.store.tenancy import Tenant

STATES: Final = ("waiting", "agreed", "refused")


class ApprovalRow(Tenant, Base):
    """One deed that waits: `facts` are what it needs and name no person but by `person_id`; `state`: one of STATES."""

    __tablename__ = "approval"
    __table_args__ = (Index(None, "organisation_id", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    deed: Mapped[str]
    facts: Mapped[JsonObject]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]


def get_approval(session: Session, approval_id: str, *, for_update: bool = False) -> ApprovalRow:
    """The request with this id as far as the session may see, locked as it is now if asked and the database can; NotFound."""
    wanted = select(ApprovalRow).where(ApprovalRow.id == approval_id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(locked if for_update else wanted)
    if found is None:
        raise NotFound("no-request")
    return found


def find_waiting(session: Session, deed: str, person_id: str, now: datetime) -> ApprovalRow | None:
    """The request for this deed about this person that still waits, or None."""
    wanted = select(ApprovalRow).where(ApprovalRow.deed == deed, ApprovalRow.person_id == person_id)
    return session.scalar(wanted.where(ApprovalRow.state == "waiting", ApprovalRow.ends_at > now).limit(1))


def list_approvals(session: Session, *, start: int = 0, limit: int = 50) -> list[ApprovalRow]:
    """The organisation's requests, the latest first, from `start`."""
    wanted = select(ApprovalRow).order_by(ApprovalRow.asked_at.desc(), ApprovalRow.id)
    return list(session.scalars(wanted.offset(start).limit(limit)))


def count_approvals(session: Session) -> int:
    """How many requests the organisation has, decided or not."""
    return session.scalar(select(func.count(ApprovalRow.id))) or 0


def count_to_decide(session: Session, person_id: str, now: datetime) -> int:
    """How many requests wait that this admin may agree to: not her own, none about her, and whoever asked still has an account."""
    about_others = or_(ApprovalRow.person_id.is_(None), ApprovalRow.person_id != person_id)
    wanted = select(func.count(ApprovalRow.id)).where(ApprovalRow.state == "waiting", ApprovalRow.ends_at > now)
    return session.scalar(wanted.where(ApprovalRow.asked_by != person_id, about_others)) or 0


def delete_old_approvals(session: Session, before: datetime) -> None:
    """Drop requests asked before, of all organisations the session sees."""
    session.execute(delete(ApprovalRow).where(ApprovalRow.asked_at < before))
