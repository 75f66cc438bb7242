"""The wall between organisations: a filter on every query of a tenant table, and an error where no organisation is known.

Owns what a session may see; must not decide who a person is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, cast

from sqlalchemy import ForeignKey, Table, TextClause
from sqlalchemy.orm import (
    FromStatement,
    Mapped,
    ORMExecuteState,
    PassiveFlag,
    Session,
    UOWTransaction,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql import ClauseElement, Executable
from sqlalchemy.sql.expression import TextualSelect
from sqlalchemy.sql.util import find_tables

_ORGANISATION: Final = "organisation"
_EVERYONE: Final = "everyone"
READ_ONLY: Final = "read_only"

#: Execution option of prepared Core statements that bind the organisation, or one unguessable key, themselves.
BOUND: Final = {"tenant": "bound"}


class TenancyError(RuntimeError):
    """A programming error: a tenant table was touched without, or for another, organisation."""


class Sight(NamedTuple):
    """What a transaction may see: the rows of one organisation ("": of none), or those of everyone."""

    organisation_id: str
    everyone: bool


class Tenant:
    """Mixin of every row that belongs to one organisation."""

    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))


def bind(session: Session, organisation_id: str) -> None:
    """Let this session see one organisation from here on; a second, different one raises TenancyError."""
    if session.info.setdefault(_ORGANISATION, organisation_id) != organisation_id:
        message = "this session already belongs to another organisation"
        raise TenancyError(message)
    _forget_others(session)


def bound_to(session: Session) -> str | None:
    """The organisation this session belongs to, or None."""
    organisation_id: str | None = session.info.get(_ORGANISATION)
    return organisation_id


def sight_of(info: Mapping[Any, Any]) -> Sight:
    """What a session may see now, by its `info`."""
    return Sight(info.get(_ORGANISATION) or "", bool(info.get(_EVERYONE)))


@contextmanager
def everyone(session: Session) -> Iterator[None]:
    """See all organisations inside the block: for sign-in, public verification and the operator's jobs only."""
    before = session.info.get(_EVERYONE, False)
    session.info[_EVERYONE] = True
    try:
        yield
        session.flush()
    finally:
        session.info[_EVERYONE] = before
        _forget_others(session)


def _forget_others(session: Session) -> None:
    """Let go of rows of other organisations that were seen before: `Session.get` asks no database about what it knows."""
    organisation_id = session.info.get(_ORGANISATION)
    if organisation_id is None or session.info.get(_EVERYONE):
        return
    for row in [row for row in session.identity_map.values() if isinstance(row, Tenant) and row.organisation_id != organisation_id]:
        session.expunge(row)


def guard_query(state: ORMExecuteState) -> None:
    """Session event: filter by organisation, or refuse."""
    session = state.session
    if not state.is_select and session.info.get(READ_ONLY):
        message = "a reading session cannot write"
        raise TenancyError(message)
    if state.execution_options.get("tenant") == "bound" or session.info.get(_EVERYONE) or state.is_column_load:
        return
    organisation_id = session.info.get(_ORGANISATION)
    if isinstance(state.statement, TextClause | TextualSelect | FromStatement):
        message = "no filter reaches a statement written as text"
        raise TenancyError(message)
    if organisation_id is not None and state.is_orm_statement:
        if not state.is_select:
            _guard_writing(state, organisation_id)
        state.statement = state.statement.options(
            with_loader_criteria(Tenant, lambda cls: cls.organisation_id == organisation_id, include_aliases=True)
        )
    elif touches_tenants(state.statement):
        message = f"a tenant table was queried {'by Core' if organisation_id else 'without an organisation'}: {state.statement}"
        raise TenancyError(message)


def _guard_writing(state: ORMExecuteState, organisation_id: str) -> None:
    """Refuse what no filter reaches: rows named by parameters alone, rows given away, rows made for another organisation."""
    if not touches_tenants(state.statement):
        return
    values: Mapping[Any, Any] = getattr(state.statement, "_values", None) or {}  # SQLAlchemy has no public name for what is set
    owner = [getattr(value, "value", value) for column, value in values.items() if getattr(column, "key", column) == "organisation_id"]
    if state.parameters or owner != ([organisation_id] if state.is_insert else []):
        message = f"rows are written for one organisation, each for itself: {type(state.statement).__name__}"
        raise TenancyError(message)


def guard_flush(session: Session, _context: UOWTransaction, _instances: object) -> None:
    """Session event: nothing is written while reading, and nothing into another organisation."""
    if session.info.get(READ_ONLY) and (session.new or session.dirty or session.deleted):
        message = "a reading session cannot write"
        raise TenancyError(message)
    if session.info.get(_EVERYONE):
        return
    organisation_id = session.info.get(_ORGANISATION)
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, Tenant) and not _is_of(row, organisation_id):
            message = f"a {type(row).__name__} of another organisation was written"
            raise TenancyError(message)


def _is_of(row: Tenant, organisation_id: str | None) -> bool:
    """Whether a row belongs to the organisation, and did so before it was changed."""
    was = get_history(row, "organisation_id", PassiveFlag.PASSIVE_NO_INITIALIZE)
    return organisation_id is not None and row.organisation_id == organisation_id and not was.deleted


def touches_tenants(statement: Executable) -> bool:
    """Whether a statement names a table that belongs to organisations."""
    clause = cast("ClauseElement", statement)
    found = find_tables(clause, check_columns=True, include_aliases=True, include_joins=True, include_selects=True, include_crud=True)
    return any(isinstance(table, Table) and "organisation_id" in table.columns for table in found)
