"""Counters of failed tries: per account, per factor, per trusted device. Rows and queries; the limits are actions'."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base


class SignInCounterRow(Base):
    """Tries under one key in the running short window and in the running day; `wait_until` is the growing delay."""

    __tablename__ = "sign_in_counter"

    key: Mapped[str] = mapped_column(primary_key=True)
    window_at: Mapped[datetime]
    window_count: Mapped[int]
    day_at: Mapped[datetime] = mapped_column(index=True)
    day_count: Mapped[int]
    wait_until: Mapped[datetime]


def find_counter(session: Session, key: str) -> SignInCounterRow | None:
    """The counter under this key, locked until the transaction ends where the database can; or None."""
    return session.scalar(select(SignInCounterRow).where(SignInCounterRow.key == key).with_for_update())


def delete_counter(session: Session, key: str) -> None:
    """Start this counter again from nothing."""
    session.execute(delete(SignInCounterRow).where(SignInCounterRow.key == key))


def delete_old_counters(session: Session, before: datetime) -> None:
    """Drop counters whose day began before."""
    session.execute(delete(SignInCounterRow).where(SignInCounterRow.day_at < before))
