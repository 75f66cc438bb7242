"""A commit that its standby does not confirm is given up in time and told; one that is done in time is left alone."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import sqlalchemy as sa
from sqlalchemy.pool import PoolProxiedConnection

from elearn.errors import Unavailable
from elearn.store import standby
from elearn.store.base import new_id
from elearn.store.engine import Database
from elearn.store.settings import find_setting, put_setting
from elearn.store.standby import UNSAFE_COMMIT, CommitUnsureError, confirmed
from tests.servers import SERVER, seen_as


@dataclass
class Waiting:
    """A connection whose commit ends when it is cancelled, with the notice that the server then sends."""

    notices: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    closed: bool = False

    @property
    def driver_connection(self) -> "Waiting":
        """Itself: there is no pool."""
        return self

    def commit(self) -> None:
        """Wait for the standby."""
        assert self.over.wait(5)

    def cancel_safe(self) -> None:
        """End the wait as the server does."""
        self.notices.append(UNSAFE_COMMIT)
        self.over.set()

    def invalidate(self) -> None:
        """Note that it is used no more."""
        self.closed = True


def lent(connection: Waiting) -> PoolProxiedConnection:
    return cast("PoolProxiedConnection", connection)


def test_a_wait_without_end_is_given_up_and_told() -> None:
    connection = Waiting()
    begun = time.monotonic()
    with pytest.raises(CommitUnsureError), confirmed(connection.notices, lent(connection), patience=0.1):
        connection.commit()
    assert time.monotonic() - begun < 2
    assert connection.closed, "the cancelling may come late: no other statement may meet it"


def test_a_commit_in_time_is_left_alone() -> None:
    connection = Waiting(notices=[UNSAFE_COMMIT])
    before = threading.active_count()
    with confirmed(connection.notices, lent(connection), patience=60):
        connection.over.set()
        connection.commit()
    assert (connection.notices, connection.closed, threading.active_count()) == ([], False, before)


def test_an_error_of_the_commit_itself_is_the_one_that_is_told() -> None:
    connection = Waiting()
    with pytest.raises(ZeroDivisionError), confirmed(connection.notices, lent(connection), patience=60):
        raise ZeroDivisionError


def test_whoever_asked_is_told_to_send_again() -> None:
    assert isinstance(CommitUnsureError(), Unavailable)
    assert CommitUnsureError().code == "commit-unsure"


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
def test_a_server_that_does_not_come_to_an_end_is_not_waited_for(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    statement = "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$"
    owner = sa.create_engine(seen_as(database.engine.url.render_as_string(hide_password=False), "elearn_owner"))
    late = "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON setting DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait()"
    with owner.begin() as connection:
        connection.execute(sa.text(statement))
        connection.execute(sa.text(late))
    monkeypatch.setattr(standby, "PATIENCE", 0.3)
    begun = time.monotonic()
    try:
        with pytest.raises(sa.exc.OperationalError), database.transaction() as session:
            put_setting(session, "a", {})
        assert time.monotonic() - begun < 5
        with pytest.raises(Exception, match="canceling statement"), database.write(new_id()) as writer:
            writer.connection.cursor().execute("INSERT INTO setting (key, value) VALUES ('a', '{}')")
    finally:
        with owner.begin() as connection:
            connection.execute(sa.text("DROP TRIGGER late ON setting"))
            connection.execute(sa.text("DROP FUNCTION wait()"))
        owner.dispose()
    with database.transaction() as session:
        assert find_setting(session, "a") is None
        put_setting(session, "a", {})


@pytest.mark.skipif(not SERVER, reason="PostgreSQL only")
def test_nobody_else_gets_the_connection_before_it_is_known_what_the_standby_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    known = standby.confirmed

    @contextmanager
    def noting(*given: Any, **how: Any) -> Iterator[None]:  # noqa: ANN401 - handed on
        with known(*given, **how):
            yield
        order.append("known")

    monkeypatch.setattr(standby, "confirmed", noting)
    sa.event.listen(database.engine, "checkin", lambda *_: order.append("given back"))
    with database.transaction() as session:
        put_setting(session, "a", {})
    with database.write(new_id()) as writer:
        writer.connection.cursor().execute("INSERT INTO setting (key, value) VALUES ('b', '{}')")
    assert order == ["known", "given back"] * 2
