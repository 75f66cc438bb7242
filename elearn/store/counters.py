"""Counters of failed tries: per account, per factor, per trusted device. Rows and queries; the limits are actions'."""

from datetime import datetime

from sqlalchemy import JSON, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, upsert


class SignInCounterRow(Base):
    """Tries under one key: `tries` are those of the last day in seconds since 1970, oldest first; `wait_until` is the growing delay."""

    __tablename__ = "sign_in_counter"

    key: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[list[int]] = mapped_column(JSON(none_as_null=True))
    last_at: Mapped[datetime] = mapped_column(index=True)
    wait_until: Mapped[datetime]


def claim_counter(session: Session, key: str, now: datetime) -> SignInCounterRow:
    """The counter under this key, made at zero if need be, locked until the transaction ends."""
    fresh = {"key": key, "tries": [], "last_at": now, "wait_until": now}
    session.execute(upsert(session, SignInCounterRow).values(fresh).on_conflict_do_nothing())
    return session.scalars(select(SignInCounterRow).where(SignInCounterRow.key == key).with_for_update()).one()


def delete_counter(session: Session, key: str) -> None:
    """Drop one counter."""
    session.execute(delete(SignInCounterRow).where(SignInCounterRow.key == key))


def delete_old_counters(session: Session, before: datetime) -> None:
    """Drop counters under which nothing was tried since."""
    session.execute(delete(SignInCounterRow).where(SignInCounterRow.last_at < before))
