"""Databases of their own on the PostgreSQL server of a test run, seen as the product's roles see them: never as a superuser."""

import os
import random
import re
from pathlib import Path
from typing import Final

import psycopg
import sqlalchemy as sa

SERVER: Final = os.environ.get("ELEARN_TEST_DATABASE_URL", "")  # noqa: TID251 - the tests' own switch
_ROLES: Final = Path(__file__).parents[1] / "docs" / "postgresql-roles.md"


def blocks() -> tuple[list[str], list[str]]:
    """Give the statements of the guide: those that make the roles, and those that give them their rights."""
    roles, rights = re.findall(r"```sql\n(.*?)```", _ROLES.read_text(encoding="utf-8"), re.DOTALL)
    return roles.splitlines(), rights.splitlines()


def seen_as(url: str, role: str) -> str:
    """Give the address of a database for one of the roles; "" stands for the superuser."""
    made = sa.make_url(url)
    return made.set(query={"options": f"-c role={role}"} if role else {}).render_as_string(hide_password=False)


def grant(url: str) -> None:
    """Give the roles their rights in a database, as its owner."""
    plain = sa.make_url(url).set(drivername="postgresql", query={}).render_as_string(hide_password=False)
    with psycopg.connect(plain, options="-c role=elearn_owner") as connection:
        for statement in blocks()[1]:
            connection.execute(statement.encode())


class fresh_server_database:  # noqa: N801 - used like a function
    """A new, empty database on the test server for the length of a block, seen as its owner."""

    def __enter__(self) -> str:
        self.name = f"elearn_test_{os.getpid()}_{random.SystemRandom().randrange(10**9)}"
        self.server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT")
        with self.server.connect() as connection:
            _make_roles(connection)
            connection.execute(sa.text(f"CREATE DATABASE {self.name} OWNER elearn_owner"))
        return seen_as(sa.make_url(SERVER).set(database=self.name).render_as_string(hide_password=False), "elearn_owner")

    def __exit__(self, *_error: object) -> None:
        with self.server.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {self.name} WITH (FORCE)"))
        self.server.dispose()


def _make_roles(connection: sa.Connection) -> None:
    """Make the roles the server does not have yet; another process of the run may be doing the same."""
    connection.execute(sa.text("SELECT pg_advisory_lock(5005)"))
    known = set(connection.scalars(sa.text("SELECT rolname FROM pg_roles")))
    for statement in blocks()[0]:
        if statement.split()[2] not in known:
            connection.execute(sa.text(statement))
    connection.execute(sa.text("SELECT pg_advisory_unlock(5005)"))
