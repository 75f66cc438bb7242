"""What was acknowledged is there after the writer was killed at any moment."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from elearn.store.engine import Database
from elearn.store.settings import SettingRow
from tests.conftest import SERVER

ROOT = Path(__file__).parents[2]
WRITER = """
import itertools, sys
from elearn.store.engine import Database
from elearn.store.settings import put_setting
database = Database(sys.argv[1])
for number in itertools.count():
    with database.transaction() as session:
        put_setting(session, f"{sys.argv[2]}-{number}-a", {"n": number})
        put_setting(session, f"{sys.argv[2]}-{number}-b", {"n": number})
    print(number, flush=True)
"""


def killed_writer(url: str, name: str, seconds: float) -> int:
    """How many transactions a writer acknowledged before it was killed."""
    with subprocess.Popen([sys.executable, "-c", WRITER, url, name], stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "0\n"
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read()
    return 1 + len([line for line in rest.split("\n")[:-1] if line])


def check(database: Database, name: str, acknowledged: int) -> None:
    with database.read() as session:
        # in one statement: a server may still be committing what nobody waits for any more, and each statement sees what is there by then
        found = set(session.scalars(select(SettingRow.key).where(SettingRow.key.startswith(f"{name}-"))))
    whole = {f"{name}-{number}-{half}" for number in range(acknowledged) for half in "ab"}
    assert whole - found == set()
    after = {f"{name}-{acknowledged}-{half}" for half in "ab"}
    assert found - whole in (set(), after), "half a transaction, or more than one that nobody heard of"


def kill_often(database: Database, times: int) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    rng = random.Random(51)
    for round_ in range(times):
        name = f"w{round_}"
        check(database, name, killed_writer(url, name, rng.uniform(0.01, 0.15)))
    if database.is_sqlite:
        with database.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_no_acknowledged_write_is_lost_when_the_writer_is_killed(database: Database) -> None:
    kill_often(database, 3)


@pytest.mark.slow
@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL's own processes are not killed here")
def test_no_acknowledged_write_is_lost_in_many_kills(database: Database) -> None:
    kill_often(database, 20)
