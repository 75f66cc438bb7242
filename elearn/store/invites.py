"""Invites: codes that let people join an organisation. Rows and queries only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Select, delete, func, literal_column, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, new_id
from elearn.store.cohorts import CohortRow
from elearn.store.tenancy import Tenant


class InviteRow(Tenant, Base):
    """One code, stored as its SHA-256, that still admits `uses_left` people in a role, and into a cohort if it names one.

    Codes that were made together carry the same `sheet`.
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


@dataclass(frozen=True, slots=True)
class SheetLine:
    """Codes that were made together, as a list shows them: how many there are, and how many people they still let in."""

    id: str
    role: str
    cohort_id: str | None
    cohort: str | None
    made_on: date
    ends_at: datetime
    codes: int
    uses_left: int


def find_invite(session: Session, code_hash: str, *, for_update: bool = False) -> InviteRow | None:
    """The invite with this hash, over or not, locked for its use if asked and the database can; or None."""
    wanted = select(InviteRow).where(InviteRow.code_hash == code_hash)
    return session.scalar(wanted.with_for_update() if for_update else wanted)


def list_invites(session: Session, *, sheet: str = "", limit: int = 100) -> list[InviteRow]:
    """The organisation's invites, of one sheet if given, the latest end first."""
    wanted = select(InviteRow)
    if sheet:
        wanted = wanted.where(_sheet_id() == sheet)
    return list(session.scalars(wanted.order_by(InviteRow.ends_at.desc(), InviteRow.id).limit(limit)))


def list_sheets(session: Session, now: datetime, *, cohort_id: str = "", start: int = 0, limit: int = 50) -> list[SheetLine]:
    """The organisation's sheets that are not over, into one cohort if given, the latest end first from `start`."""
    wanted = _sheets(*_going(now, cohort_id)).order_by(_ENDS.desc(), _sheet_id()).offset(start).limit(limit)
    return [SheetLine(*row) for row in session.execute(wanted)]


def find_sheet(session: Session, sheet: str, now: datetime) -> SheetLine | None:
    """One sheet of the organisation that is not over, or None."""
    row = session.execute(_sheets(*_going(now, ""), _sheet_id() == sheet)).first()
    return None if row is None else SheetLine(*row)


def count_sheets(session: Session, now: datetime, *, cohort_id: str = "") -> int:
    """How many sheets of the organisation are not over, into one cohort if given."""
    return session.scalar(select(func.count(_sheet_id().distinct())).where(*_going(now, cohort_id))) or 0


def delete_invite(session: Session, invite_id: str) -> int:
    """Take an invite back; how many were taken back (0 or 1)."""
    return len(session.scalars(delete(InviteRow).where(InviteRow.id == invite_id).returning(InviteRow.id)).all())


def delete_sheet(session: Session, sheet: str) -> int:
    """Take back every code of a sheet; how many there were."""
    return len(session.scalars(delete(InviteRow).where(_sheet_id() == sheet).returning(InviteRow.id)).all())


def delete_cohort_invites(session: Session, cohort_id: str) -> None:
    """Take back every code that leads into a cohort."""
    session.execute(delete(InviteRow).where(InviteRow.cohort_id == cohort_id))


def delete_ended_invites(session: Session, now: datetime) -> None:
    """Drop invites that are over, of all organisations the session sees."""
    session.execute(delete(InviteRow).where((InviteRow.ends_at <= now) | (InviteRow.uses_left <= 0)))


def _sheet_id() -> ColumnElement[str]:
    """The sheet of an invite; one made before there were sheets is one by itself. No bound values, so that it can be grouped by."""
    return func.coalesce(func.nullif(InviteRow.sheet, literal_column("''")), InviteRow.id)


_ENDS: Final = func.max(InviteRow.ends_at, type_=InviteRow.ends_at.type)


def _sheets(*asked: ColumnElement[bool]) -> Select[str, str, str | None, str | None, date, datetime, int, int]:
    """The lines of sheets of which this is asked."""
    columns = (
        _sheet_id(),
        func.max(InviteRow.role),
        func.max(InviteRow.cohort_id),
        func.max(CohortRow.name),
        func.max(InviteRow.made_on, type_=InviteRow.made_on.type),
        _ENDS,
        func.count(InviteRow.id),
        func.sum(InviteRow.uses_left),
    )
    return select(*columns).outerjoin(CohortRow, CohortRow.id == InviteRow.cohort_id).where(*asked).group_by(_sheet_id())


def _going(now: datetime, cohort_id: str) -> tuple[ColumnElement[bool], ...]:
    """What is asked of invites that are not over."""
    going = InviteRow.ends_at > now
    return (going, InviteRow.cohort_id == cohort_id) if cohort_id else (going,)
