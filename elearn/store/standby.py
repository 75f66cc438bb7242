"""Commits that a standby of PostgreSQL has to confirm: told from those it did not, and not waited for without end.

PostgreSQL's own time limits do not hold for this wait: a commit without its standby waits for days, and every request behind it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy.pool import PoolProxiedConnection

from elearn.errors import Unavailable

#: Seconds that a commit waits for its standby. Patroni needs up to two to choose another one.
PATIENCE: Final = 5.0
#: Sent when a commit waiting for its standby was cancelled: the client sees success, the standby may have nothing.
UNSAFE_COMMIT: Final = "01000"


class CommitUnsureError(Unavailable):
    """The commit stands here but perhaps not on the standby: the asker must send again with the same one-time key."""

    def __init__(self) -> None:
        super().__init__("commit-unsure")


@contextmanager
def confirmed(notices: list[str], connection: PoolProxiedConnection, *, patience: float) -> Iterator[None]:
    """A commit in this block was confirmed by the standby too, where there is one; else CommitUnsureError, after `patience` seconds.

    The connection must stay with the asker until the block has ended: its notices are his, and the cancelling must meet nobody else.
    """
    notices.clear()
    given_up = threading.Event()
    driver: Any = connection.driver_connection
    timer = threading.Timer(patience, _give_up, (driver.cancel_safe, given_up))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        if given_up.is_set():  # the cancelling may reach the server late, when the next statement is at work there
            connection.invalidate()
    if UNSAFE_COMMIT in notices:
        raise CommitUnsureError


def _give_up(cancel: Callable[[], None], given_up: threading.Event) -> None:
    given_up.set()
    cancel()
