"""Invites: codes that let people join an organisation. Rows and queries only."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, new_id
from elearn.store.tenancy import Tenant


class InviteRow(Tenant, Base):
    """One code, stored as its SHA-256, that still admits `uses_left` people in a role, and into a cohort if it names one.

    Codes that were printed together carry the same `sheet`.
    """

    __tablename__ = "invite"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    code_hash: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    ends_at: Mapped[datetime]
    uses_left: Mapped[int]
    cohort_id: Mapped[str | None] = mapped_column(ForeignKey("cohort.id"), index=True)
    sheet: Mapped[str]
    made_on: Mapped[date]


def find_invite(session: Session, code_hash: str, *, for_update: bool = False) -> InviteRow | None:
    """The invite with this hash, over or not, locked for its use if asked and the database can; or None."""
    wanted = select(InviteRow).where(InviteRow.code_hash == code_hash)
    return session.scalar(wanted.with_for_update() if for_update else wanted)


def list_invites(session: Session, *, limit: int = 100) -> list[InviteRow]:
    """The organisation's invites, the latest end first."""
    return list(session.scalars(select(InviteRow).order_by(InviteRow.ends_at.desc(), InviteRow.id).limit(limit)))


def delete_invite(session: Session, invite_id: str) -> int:
    """Take an invite back; how many were taken back (0 or 1)."""
    return len(session.scalars(delete(InviteRow).where(InviteRow.id == invite_id).returning(InviteRow.id)).all())


def delete_ended_invites(session: Session, now: datetime) -> None:
    """Drop invites that are over, of all organisations the session sees."""
    session.execute(delete(InviteRow).where((InviteRow.ends_at <= now) | (InviteRow.uses_left <= 0)))
