"""A database of a server is filled wholly or not at all; a killed restore leaves a mark that everybody respects."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from elearn.errors import Refused
from elearn.store import backup_copy, migrate
from elearn.store.engine import Database
from elearn.store.filling import filling, refuse_half_restored
from tests.servers import SERVER, fresh_server_database, grant, seen_as

pytestmark = pytest.mark.skipif(not SERVER, reason="a file of SQLite is renamed when it is whole")

_HOLD = """
import sys
from elearn.store import migrate
from elearn.store.engine import Database
from elearn.store.filling import filling
database = Database(sys.argv[1])
with filling(database):
    migrate.upgrade(database)
    print("filled", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def target() -> Iterator[Database]:
    """An empty database of the server."""
    with fresh_server_database() as url:
        made = Database(url)
        yield made
        made.dispose()


def tables(database: Database) -> list[str]:
    with database.engine.connect() as connection:
        return sa.inspect(connection).get_table_names()


def test_what_is_filled_bears_no_mark(target: Database) -> None:
    with filling(target):
        assert tables(target) == ["half_restored"]
        with pytest.raises(Refused, match="database-half-restored"):
            refuse_half_restored(target)
        migrate.upgrade(target)
    refuse_half_restored(target)
    migrate.check(target)


def test_what_is_not_to_be_kept_is_taken_away(target: Database) -> None:
    with filling(target, keep=False):
        migrate.upgrade(target)
    assert tables(target) == []


def test_what_fails_leaves_nothing(target: Database) -> None:
    with pytest.raises(ZeroDivisionError), filling(target):
        fill_and_fail(target)
    assert tables(target) == []


def fill_and_fail(target: Database) -> None:
    migrate.upgrade(target)
    raise ZeroDivisionError


def test_what_was_there_is_never_touched(target: Database) -> None:
    migrate.upgrade(target)
    before = tables(target)
    with pytest.raises(Refused, match="database-not-empty"), filling(target):
        pytest.fail("began")
    assert tables(target) == before


def test_a_killed_restore_leaves_a_mark_and_the_next_one_begins_anew(target: Database) -> None:
    url = target.engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin
    assert holder.stdout
    with holder.stdin, holder.stdout:
        assert holder.stdout.readline() == "filled\n"
        with pytest.raises(Refused, match="restore-running"), filling(target):
            pytest.fail("began")
        holder.kill()
        holder.wait()
    grant(url)
    for role in ("elearn_owner", "elearn_app"):
        seen = Database(seen_as(url, role))
        with pytest.raises(Refused, match="database-half-restored"):
            refuse_half_restored(seen)
        seen.dispose()
    begin_again(target)
    refuse_half_restored(target)
    assert tables(target) == []


def begin_again(target: Database) -> None:
    """Fill with nothing, as soon as the server has noticed that the killed one is gone."""
    for _ in range(100):
        with suppress(Refused), filling(target):
            assert tables(target) == ["half_restored"]
            return
        time.sleep(0.05)
    pytest.fail("nobody came in")


def test_half_a_database_is_not_backed_up(target: Database, tmp_path_factory: pytest.TempPathFactory) -> None:
    with filling(target):
        migrate.upgrade(target)
        with pytest.raises(Refused, match="database-half-restored"):
            backup_copy.copy(target, tmp_path_factory.mktemp("copies") / "copy")


def test_a_server_that_does_not_answer_is_let_pass() -> None:
    nobody = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    refuse_half_restored(nobody)
    nobody.dispose()
