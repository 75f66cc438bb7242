"""The registry of what is about a person is whole: no table and no column of one escapes it."""

from typing import Final

import sqlalchemy as sa

from elearn.store.personal import OPAQUE, PERSONAL
from elearn.store.rows import METADATA

#: Tables that are about nobody, and why.
OF_NOBODY: Final = {
    "audit_checkpoint": "signed notes of the record's head",
    "course": "courses are the coalition's",
    "organisation": "an organisation and its settings",
    "release": "as published",
    "release_page": "as published",
    "search_page": "words of published pages",
    "setting": "settings of the installation",
}
#: What texts, JSON and bytes may hold in tables that the registry calls opaque: none is something that a person typed or is called.
CODED: Final = {
    "audit_entry": {"organisation", "actor", "verb", "object", "previous_hash", "hash"},
    "credential_print": {"id", "organisation_id", "credential_id", "commitment"},
    "invite": {"id", "organisation_id", "code_hash", "role", "cohort_id", "sheet"},
    "sign_in_counter": {"key", "tries"},
    "tombstone": {"person_id"},
}
_FREE: Final = (sa.Text, sa.String, sa.JSON, sa.LargeBinary)


def test_every_table_is_about_a_person_opaque_or_about_nobody() -> None:
    kinds = [{part.table for part in PERSONAL}, set(OPAQUE), set(OF_NOBODY)]
    assert set(METADATA.tables) == set().union(*kinds), (
        "say in elearn.store.personal what a new table holds of a person, or here why nothing"
    )
    assert sum(len(kind) for kind in kinds) == len(METADATA.tables)


def test_tables_about_nobody_point_to_nobody() -> None:
    for name in OF_NOBODY:
        table = METADATA.tables[name]
        assert [column.name for column in table.c if column.name.endswith(("person_id", "_by"))] == []
        assert [key.column.table.name for key in table.foreign_keys if key.column.table.name not in OF_NOBODY] == []


def test_every_column_of_a_table_about_a_person_is_shown_or_kept_back() -> None:
    for part in PERSONAL:
        columns = {column.name for column in METADATA.tables[part.table].c}
        assert columns == set(part.shown) | set(part.kept_back), part.table
        assert set(part.sealed) <= set(part.shown)


def test_every_text_of_an_opaque_table_is_said_to_be_a_code() -> None:
    for name in OPAQUE:
        free = {column.name for column in METADATA.tables[name].c if isinstance(column.type, _FREE)}
        assert free == CODED[name], name


def test_every_pointer_to_a_person_is_cut_when_she_is_erased() -> None:
    for part in PERSONAL:
        table = METADATA.tables[part.table]
        pointers = {column.name for column in table.c for key in column.foreign_keys if key.column.table.name == "person"}
        link = set() if part.through else {part.link}
        assert pointers | ({part.link} & {"person_id", "id"}) == link | set(part.also_links), part.table
        for name in part.also_links:
            assert table.c[name].nullable, f"{part.table}.{name} is unlinked, so it may be empty"
        if part.erase == "unlink":
            assert table.c[part.link].nullable, f"{part.table}.{part.link}"
