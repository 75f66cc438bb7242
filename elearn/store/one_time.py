"""One-time keys of forms: who used which for what, and what came of it. Rows and queries only."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, JsonObject, upsert


class OneTimeKeyRow(Base):
    """A key a form brought with it; `result` answers the same form sent again."""

    __tablename__ = "one_time_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    deed: Mapped[str]
    result: Mapped[JsonObject | None]
    at: Mapped[datetime] = mapped_column(index=True)


def claim_key(session: Session, key: str, *, person_id: str, deed: str, at: datetime) -> bool:
    """Take the key for this transaction; False when it was taken before. A rival waits for the first to end."""
    row = {"key": key, "person_id": person_id, "deed": deed, "at": at}
    taken = upsert(session, OneTimeKeyRow).values(row).on_conflict_do_nothing().returning(OneTimeKeyRow.key)
    return session.execute(taken).first() is not None


def get_key(session: Session, key: str) -> OneTimeKeyRow:
    """What is known of a key that has been claimed."""
    return session.scalars(select(OneTimeKeyRow).where(OneTimeKeyRow.key == key).execution_options(populate_existing=True)).one()


def find_key(session: Session, key: str) -> OneTimeKeyRow | None:
    """What is known of a key that may have been claimed."""
    return session.get(OneTimeKeyRow, key)


def delete_old_keys(session: Session, before: datetime) -> None:
    """Drop keys older than any form can be."""
    session.execute(delete(OneTimeKeyRow).where(OneTimeKeyRow.at < before))
