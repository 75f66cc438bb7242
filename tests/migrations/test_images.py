"""Databases of older versions, kept as they were filled then: each comes up to the version of today with all its rows."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from elearn.store import migrate
from elearn.store.engine import Database
from elearn.store.search import search
from elearn.store.tenancy import everyone

#: One for each version: a row or more of every larger table, as `fill` of test_migrations made them. None is ever changed.
IMAGES = sorted((Path(__file__).parent / "images").glob("*.json"))

FIRST = ("organisation", "course", "release", "person", "attempt", "cohort")

Rows = dict[str, list[dict[str, Any]]]


def tables(connection: sa.Connection, image: Rows) -> dict[str, sa.Table]:
    """The tables of the image as this version has them, those first that others point to."""
    metadata = sa.MetaData()
    metadata.reflect(connection, only=list(image))
    return {name: metadata.tables[name] for name in dict.fromkeys((*FIRST, *image))}


def value(column: sa.Column[Any], kept: Any) -> Any:  # noqa: ANN401 - whatever a column holds
    """What the driver takes for a value of the image."""
    if isinstance(kept, dict) and kept.keys() == {"base64"}:
        return base64.b64decode(kept["base64"])
    if isinstance(kept, str) and isinstance(column.type, sa.DateTime):
        return datetime.fromisoformat(kept).replace(tzinfo=UTC if column.type.timezone else None)
    if isinstance(kept, str) and isinstance(column.type, sa.Date):
        return date.fromisoformat(kept)
    return kept


def pour(database: Database, image: Rows) -> None:
    """Fill a database of the image's version."""
    with database.whole.begin() as connection:
        for name, table in tables(connection, image).items():
            rows = [{key: value(table.c[key], kept) for key, kept in row.items()} for row in image[name]]
            connection.execute(sa.insert(table), [row | {"release_id": None} for row in rows] if name == "course" else rows)
        for row in image["course"]:
            connection.execute(sa.text("UPDATE course SET release_id = :release_id WHERE id = :id"), row)


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.dispose()


@pytest.mark.parametrize("kept", IMAGES, ids=lambda kept: kept.stem)
def test_an_older_database_comes_up_with_all_its_rows(empty: Database, kept: Path) -> None:
    image: Rows = json.loads(kept.read_text("utf-8"))
    migrate.upgrade(empty, kept.stem)
    pour(empty, image)
    migrate.upgrade(empty)
    with empty.whole.connect() as connection:
        for name, table in tables(connection, image).items():
            known = [{key: value(table.c[key], one) for key, one in row.items() if key in table.c} for row in image[name]]
            found = connection.execute(sa.select(*(table.c[key] for key in known[0])))
            assert [dict(row._mapping) for row in found] == known, name
    with empty.read() as session, everyone(session):
        assert len(search(session, "en", "dignity")) == 1


def test_there_is_an_image_to_look_at() -> None:
    assert IMAGES
