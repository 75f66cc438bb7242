"""What a person must be told about her own account: a code and a day, until she has seen it. Rows and queries only."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import ForeignKey, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, new_id
from elearn.store.people import PersonRow
from elearn.store.tenancy import Tenant

_AT_ONCE: Final = 1_000


class AccountNoticeRow(Tenant, Base):
    """One thing that happened to an account, to be told at the next sign-in."""

    __tablename__ = "account_notice"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str]
    on: Mapped[date]


def list_notices(session: Session, person_id: str, *, limit: int = 20) -> list[AccountNoticeRow]:
    """What a person has not yet said she has read, the latest first."""
    wanted = select(AccountNoticeRow).where(AccountNoticeRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(AccountNoticeRow.on.desc(), AccountNoticeRow.id).limit(limit)))


def find_notice(session: Session, person_id: str, code: str, on: date) -> AccountNoticeRow | None:
    """The notice of this code and day, or None."""
    wanted = select(AccountNoticeRow).where(AccountNoticeRow.person_id == person_id, AccountNoticeRow.code == code)
    return session.scalar(wanted.where(AccountNoticeRow.on == on).limit(1))


def add_notices(session: Session, code: str, on: date) -> None:
    """Add a notice for each person the session sees, a thousand at a time."""
    rows = session.execute(select(PersonRow.id, PersonRow.organisation_id)).all()
    for at in range(0, len(rows), _AT_ONCE):
        added = [{"id": new_id(), "person_id": row.id, "organisation_id": row.organisation_id} for row in rows[at : at + _AT_ONCE]]
        session.execute(insert(AccountNoticeRow).values(code=code, on=on), added)


def delete_notices(session: Session, person_id: str, notice_ids: Sequence[str]) -> None:
    """Drop these notices of a person; ids of others' notices are passed over."""
    gone = delete(AccountNoticeRow).where(AccountNoticeRow.person_id == person_id, AccountNoticeRow.id.in_(notice_ids[:50]))
    session.execute(gone)


def delete_old_notices(session: Session, before: date) -> None:
    """Drop notices of days before, of all organisations the session sees."""
    session.execute(delete(AccountNoticeRow).where(AccountNoticeRow.on < before))
