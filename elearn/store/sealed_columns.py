"""Every column that holds sealed values, in one place: for sealing them anew, and to know which keys are still needed.

A test walks the schema: a column of bytes of an organisation stands here, or says in `BARE` why its bytes are not sealed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from elearn.errors import Refused
from elearn.store.rows import METADATA
from elearn.store.sealed import Cell, Key, blind_index, key_id, seal, unseal
from elearn.store.tenancy import BOUND

#: Rows looked at in one go: a transaction stays short.
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One column of sealed values; `index` is the column of their blind index, if they have one."""

    table: str
    column: str
    row_id: str
    index: str = ""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return f"{self.table}.{self.column}"

    def cell(self, row_id: str, organisation_id: str) -> Cell:
        """The cell of one row: what its value is bound to."""
        return Cell(self.table, self.column, row_id, organisation_id)


SEALED: Final = (
    SealedColumn("second_factor", "seed", "person_id"),
    SealedColumn("contact", "name", "person_id"),
    SealedColumn("contact", "email", "person_id", index="email_index"),
)
#: Bytes of an organisation that are not sealed, and why that is right.
BARE: Final = {
    "recovery_code.salt": "random bytes that mean nothing alone",
    "recovery_code.code_hash": "a hash of 80 random bits",
    "passkey.public_key": "a public key",
    "sign_in_step.challenge": "random bytes, over after ten minutes",
    "audit_key.secret": "must go with its row: a key that opened it would outlive the person's erasure in old files",
}


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened to some rows: the last one looked at ("" when none was left), how many were sealed anew, how many nobody can open."""

    last: str
    changed: int
    lost: int


def count_by_key(session: Session, column: SealedColumn) -> dict[str, int]:
    """How many values of a column name each key. The session must see everyone."""
    found: dict[str, int] = {}
    for row in _rows(session, column):
        name = key_id(row.value)
        found[name] = found.get(name, 0) + 1
    return found


def count_indexed_otherwise(session: Session, column: SealedColumn, *, seals: Sequence[Key], index: Key) -> int:
    """How many values of an indexed column are found under another index key than this one, or cannot be opened to tell."""
    return sum(_index_of(column, row, seals, index) != row.index for row in _rows(session, column))


def reseal_some(session: Session, column: SealedColumn, after: str, *, seals: Sequence[Key], index: Key) -> Batch:
    """Seal the next values behind row `after` with the first key, and index them anew; what is as it should be stays untouched."""
    table, changed, lost = METADATA.tables[column.table], 0, 0
    rows = session.execute(_page(column, after).with_for_update()).all()
    for row in rows:
        try:
            values = _anew(column, row, seals, index)
        except Refused:
            lost += 1
            continue
        if values:
            session.execute(update(table).where(table.c[column.row_id] == row.id).values(values).execution_options(**BOUND))
            changed += 1
    return Batch(rows[-1].id if rows else "", changed, lost)


def _anew(column: SealedColumn, row: Any, seals: Sequence[Key], index: Key) -> dict[str, object]:  # noqa: ANN401 - a row of a core query
    """What must be written for a row, nothing when it is as it should be; Refused when no key opens it."""
    cell = column.cell(row.id, row.organisation_id)
    text = unseal(row.value, cell, seals)
    values: dict[str, object] = {}
    if key_id(row.value) != seals[0].id:
        values[column.column] = seal(text, cell, seals)
    if column.index:
        wanted = blind_index(text.decode(), organisation_id=row.organisation_id, secret=index.secret)
        values |= {} if row.index == wanted else {column.index: wanted}
    return values


def _index_of(column: SealedColumn, row: Any, seals: Sequence[Key], index: Key) -> str | None:  # noqa: ANN401 - as above
    try:
        text = unseal(row.value, column.cell(row.id, row.organisation_id), seals)
    except Refused:
        return None
    return blind_index(text.decode(), organisation_id=row.organisation_id, secret=index.secret)


def _page(column: SealedColumn, after: str) -> Any:  # noqa: ANN401 - a select over columns known at run time
    table = METADATA.tables[column.table]
    place = table.c[column.row_id]
    index = table.c[column.index] if column.index else table.c[column.column].is_(None)
    wanted = select(place.label("id"), table.c.organisation_id, table.c[column.column].label("value"), index.label("index"))
    wanted = wanted.where(table.c[column.column].is_not(None), place > after)
    return wanted.order_by(place).limit(BATCH).execution_options(**BOUND)


def _rows(session: Session, column: SealedColumn) -> Iterator[Any]:
    after = ""
    while rows := session.execute(_page(column, after)).all():
        yield from rows
        after = rows[-1].id
