"""Settings of the installation that change while it runs: a key and a JSON value. Rows and queries only."""

from sqlalchemy import delete, select
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


def list_settings(session: Session, beginning: str, *, limit: int = 500) -> dict[str, JsonObject]:
    """The values whose keys begin with this, by key, the last key first."""
    wanted = select(SettingRow).where(SettingRow.key.startswith(beginning, autoescape=True))
    return {row.key: row.value for row in session.scalars(wanted.order_by(SettingRow.key.desc()).limit(limit))}


def put_setting(session: Session, key: str, value: JsonObject) -> None:
    """Set the value under this key."""
    session.merge(SettingRow(key=key, value=value))


def delete_setting(session: Session, key: str) -> int:
    """Drop the value under this key; how many there were (0 or 1), also when two drop it at once."""
    return len(session.scalars(delete(SettingRow).where(SettingRow.key == key).returning(SettingRow.key)).all())
