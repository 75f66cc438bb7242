"""What all rows share: declarative base, constraint names, UTC times, random ids. No tables, no queries."""

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeEngine

NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

#: A counting key: 64 bits, and on SQLite the rowid itself.
BigKey: Final = BigInteger().with_variant(Integer(), "sqlite")

#: What a JSON column may hold on top. Values are replaced, never changed in place: a change inside is not noticed.
JsonObject = dict[str, object]


class UtcTime(TypeDecorator[datetime]):
    """Aware times only, stored and returned in UTC; a naive time raises ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The time as stored: UTC, without its zone where the database keeps none."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "a time without zone cannot be stored"
            raise ValueError(message)
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time as an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every row class."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[object, TypeEngine[Any]]] = {
        str: Text(),
        bytes: LargeBinary(),
        datetime: UtcTime(),
        JsonObject: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
    }


def upsert(session: Session, row: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that may say what happens on a conflict, in the dialect of the session."""
    return sqlite.insert(row) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(row)


def new_id() -> str:
    """A public id: 128 random bits as 32 hex digits."""
    return secrets.token_hex(16)


def hour(moment: datetime) -> datetime:
    """The full hour a moment lies in, UTC: learning events are not kept finer."""
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
