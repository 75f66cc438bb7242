"""One commit for the writes of several requests, so that each pays a share of it. SQLite only: PostgreSQL does this by itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import ContextVar
from typing import Any, Final

from sqlalchemy.pool import PoolProxiedConnection

from elearn.store.prepared import Writer


class CommitLostError(RuntimeError):
    """The database gave up the transaction before its end, as it does when the disk is full: nothing of it is there."""


class Together:
    """Writes in one transaction, made durable by one `commit`. For one thread at a time.

    A write that fails before it has changed anything leaves the others alone; one that fails later takes all with it, for a savepoint
    would cost each more than asking again costs those few. Nobody may be told that something is saved before the last `commit` came
    back without an error. `writes`: those that joined and did not fail; `sound`: whether more may join; `connection`: where they are,
    once there are any.
    """

    def __init__(self) -> None:
        self.writes = 0
        self.sound = True
        self.connection: PoolProxiedConnection | None = None
        self._held = ExitStack()

    @contextmanager
    def write(self, look: Callable[[], AbstractContextManager[PoolProxiedConnection]], organisation_id: str) -> Iterator[Writer]:
        """One write among the others; `look` lends the connection when it is the first."""
        connection = self.connection or self._begin(look)
        driver: Any = connection.driver_connection
        before = driver.total_changes
        try:
            yield Writer(connection, organisation_id)
        except BaseException:
            self.sound = _stands(connection) and driver.total_changes == before
            raise
        self.writes += 1

    def _begin(self, look: Callable[[], AbstractContextManager[PoolProxiedConnection]]) -> PoolProxiedConnection:
        if not self.sound:
            raise CommitLostError
        connection = self._held.enter_context(look())
        connection.cursor().execute("BEGIN IMMEDIATE")
        self.connection = connection
        return connection

    def commit(self) -> None:
        """Make durable what was written so far; after an error nothing of it is, and no later commit succeeds."""
        connection, self.connection = self.connection, None
        with self._held:  # an error closes the connection: it is not used again
            self.sound = self.sound and (connection is None or _stands(connection))
            if not self.sound:
                raise CommitLostError
            if connection is not None:
                self.sound = False
                connection.commit()
                self.sound = True

    def close(self) -> None:
        """Undo what was not made durable, and give the connection back."""
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.rollback()
        self._held.close()


def _stands(connection: PoolProxiedConnection) -> bool:
    """Whether the transaction still stands."""
    driver: Any = connection.driver_connection
    return bool(driver.in_transaction)


#: The writes that those of this moment may join; None: each commits alone.
TOGETHER: Final[ContextVar[Together | None]] = ContextVar("together", default=None)


def give_way() -> None:
    """Make durable what shares a commit now, before this thread begins a transaction of its own: it cannot wait for itself."""
    others = TOGETHER.get()
    if others is not None:
        others.commit()


@contextmanager
def sharing() -> Iterator[Together]:
    """Let the writes inside the block share one commit, made at its end; an error there, or from the commit, leaves nothing of them."""
    together = Together()
    before = TOGETHER.set(together)
    try:
        yield together
        together.commit()
    finally:
        TOGETHER.reset(before)
        together.close()
