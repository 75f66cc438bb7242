"""Settings of the installation that change while it runs: a key and a JSON value. Rows and queries only."""

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, JsonObject


class SettingRow(Base):
    """One setting."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[JsonObject]


def find_setting(session: Session, key: str) -> JsonObject | None:
    """The value under this key, or None."""
    row = session.get(SettingRow, key)
    return None if row is None else row.value


def put_setting(session: Session, key: str, value: JsonObject) -> None:
    """Set the value under this key."""
    session.merge(SettingRow(key=key, value=value))


def delete_setting(session: Session, key: str) -> None:
    """Drop the value under this key."""
    session.execute(delete(SettingRow).where(SettingRow.key == key))
