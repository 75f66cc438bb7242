"""The second wall, PostgreSQL's row security: each transaction tells the database whose rows it may see, before its first statement.

What it may see is decided in elearn.store.tenancy; the policies stand in the migrations. SQLite takes no part and pays nothing.
"""

from typing import Any, Final

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session, SessionTransaction, sessionmaker
from sqlalchemy.pool import PoolProxiedConnection

from elearn.store.tenancy import Sight, sight_of

#: Execution option of engines that see all organisations without a session: for migrations, backups and checks of whole files.
WHOLE: Final[dict[str, Any]] = {"elearn_sees_all": True}

_TELL: Final = "SELECT set_config('elearn.organisation', %s, true), set_config('elearn.everyone', %s, true)"
_BLIND: Final = Sight("", everyone=False)
#: Where a pooled connection keeps what its session knows of itself, and what the running transaction has been told.
_SESSION: Final = "session"
_TOLD: Final = "told"


def attend(engine: Engine, *sessions: sessionmaker[Session]) -> None:
    """Keep the wall on this engine of PostgreSQL and on the sessions made over it."""
    event.listen(engine, "begin", _begin)
    event.listen(engine, "before_cursor_execute", _before_statement)
    for maker in sessions:
        event.listen(maker, "after_begin", _after_begin)


def driver_of(session: Session) -> PoolProxiedConnection:
    """The connection of the driver under a session, for prepared statements: the database knows what they may see."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        _tell(connection)
    return connection.connection


def tell(connection: PoolProxiedConnection, sight: Sight) -> None:
    """Tell a connection of the driver what its transaction, which begins with this, may see."""
    cursor = connection.cursor()
    try:
        cursor.execute(_TELL, (sight.organisation_id, "on" if sight.everyone else ""))
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    whole = WHOLE.keys() <= connection.get_execution_options().keys()
    connection.info[_SESSION] = Sight("", everyone=True) if whole else _BLIND
    connection.info[_TOLD] = _BLIND


def _after_begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    connection.info[_SESSION] = session.info


def _before_statement(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
    if statement.startswith("ROLLBACK TO"):  # which also takes back what was told since; nothing else may be said before it
        connection.info[_TOLD] = None
    else:
        _tell(connection)


def _tell(connection: Connection) -> None:
    """Tell the database if what the session may see has changed: at most once where a transaction keeps to one organisation."""
    info = connection.info
    known = info.get(_SESSION, _BLIND)
    sight = known if isinstance(known, Sight) else sight_of(known)
    if sight != info.get(_TOLD, _BLIND):
        tell(connection.connection, sight)
        info[_TOLD] = sight
