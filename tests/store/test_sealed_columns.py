"""The list of sealed columns is whole, and its counts are right."""

from sqlalchemy import LargeBinary

from elearn.store.personal import PERSONAL
from elearn.store.rows import METADATA
from elearn.store.sealed_columns import BARE, SEALED


def test_every_column_of_bytes_about_a_person_is_sealed_or_says_why_not() -> None:
    walled = {table.name for table in METADATA.tables.values() if "organisation_id" in table.c} | {part.table for part in PERSONAL}
    found = {f"{name}.{column.name}" for name in walled for column in METADATA.tables[name].columns if isinstance(column.type, LargeBinary)}
    assert found == {column.name for column in SEALED} | set(BARE)


def test_every_sealed_column_names_its_row_its_organisation_and_its_index() -> None:
    for column in SEALED:
        table = METADATA.tables[column.table]
        assert [key.name for key in table.primary_key] == [column.row_id]
        assert "organisation_id" in table.c
        assert not column.index or column.index in table.c
