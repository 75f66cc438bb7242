"""Runs migrations on the database handed over by elearn.store.migrate, each in one transaction."""

from collections.abc import MutableMapping
from typing import Any

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine.interfaces import DBAPIConnection

from elearn.store.engine import Database
from elearn.store.rows import METADATA


def include(name: str | None, kind: str, _parents: MutableMapping[Any, str | None]) -> bool:
    """Leave alone what SQLAlchemy cannot describe: the full-text index of either database."""
    return not (kind in {"table", "index"} and (name or "").startswith("search_words"))


def run(database: Database) -> None:
    """Migrate; on SQLite the foreign keys are checked at the end, for tables are rebuilt on the way."""
    with database.whole.connect() as connection:
        driver = connection.connection.dbapi_connection
        if database.is_sqlite and driver is not None:
            foreign_keys(driver, "OFF")
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            render_as_batch=True,
            transactional_ddl=True,
            transaction_per_migration=True,
            compare_server_default=True,
            include_name=include,
            user_module_prefix="sa.",
        )
        with context.begin_transaction():
            context.run_migrations()
            if database.is_sqlite and (broken := connection.execute(sa.text("PRAGMA foreign_key_check")).all()):
                message = f"rows point nowhere: {broken[:5]}"
                raise RuntimeError(message)
        connection.rollback()
        if database.is_sqlite and driver is not None:
            foreign_keys(driver, "ON")


def foreign_keys(driver: DBAPIConnection, word: str) -> None:
    """Switch the check of foreign keys; straight on the driver, for inside a transaction it does nothing."""
    driver.cursor().execute(f"PRAGMA foreign_keys={word}")


run(context.config.attributes["database"])
