"""Of several processes one works alone, nobody waits, and a killed one keeps nobody out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from elearn.errors import NotFound
from elearn.store.alone import alone
from elearn.store.engine import Database

_HOLD = """
import sys
from elearn.store.alone import alone
from elearn.store.engine import Database
with alone(Database(sys.argv[1])) as first:
    print(first, flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(database: Database) -> Iterator[Database]:
    made = Database(database.engine.url.render_as_string(hide_password=False))
    yield made
    made.dispose()


def test_one_is_alone_until_it_has_finished(database: Database) -> None:
    with another(database) as second:
        with alone(database) as first_is, alone(second) as second_is:
            assert (first_is, second_is) == (True, False)
            with alone(database) as again:
                assert not again
        with alone(second) as second_is:
            assert second_is


def test_work_that_fails_lets_the_next_one_in(database: Database) -> None:
    for _ in range(2):
        with suppress(NotFound), alone(database) as is_ours:
            assert is_ours
            raise NotFound("something")


def test_a_killed_process_keeps_nobody_out(database: Database) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin
    assert holder.stdout
    with holder.stdin, holder.stdout:
        assert holder.stdout.readline() == "True\n"
        with alone(database) as is_ours:
            assert not is_ours
        holder.kill()
        holder.wait()
    for _ in range(100):  # a server notices the end of a connection a moment later
        with alone(database) as is_ours:
            if is_ours:
                return
        time.sleep(0.05)
    raise AssertionError


def test_a_process_that_was_begun_meanwhile_keeps_nobody_out(database: Database) -> None:
    """A server replaces a worker that crashed at any time, also in the middle of the daily work."""
    with alone(database) as is_ours:
        assert is_ours
        child = os.fork()
        if not child:  # it holds all that was open, and does nothing more
            time.sleep(60)
            os._exit(0)
    try:
        with alone(database) as is_ours:
            assert is_ours
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
