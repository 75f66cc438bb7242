"""What of a PostgreSQL server is unsafe: too many rights, no limits, writes that a crash or a lost machine takes away. Looks only."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqlalchemy import Connection, text

from elearn.store.engine import MOST_CONNECTIONS

#: For backups, the daily work and commands, beside the workers.
_SPARE: Final = 5
#: A role is too strong if it is one, or may become one, that passes by the wall, makes roles or databases, or owns tables.
_FACTS: Final = """
WITH strong AS (
  SELECT oid FROM pg_roles AS r
  WHERE rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication
     OR EXISTS (SELECT 1 FROM pg_class WHERE relowner = r.oid AND relkind IN ('r', 'p'))
)
SELECT
  EXISTS (SELECT 1 FROM strong WHERE pg_has_role(current_user, oid, 'MEMBER')) AS role_is_strong,
  EXISTS (SELECT 1 FROM strong WHERE pg_has_role(session_user, oid, 'MEMBER')) AS entry_is_strong,
  EXISTS (
    SELECT 1 FROM pg_class
    WHERE oid IN (to_regclass('audit_entry'), to_regclass('audit_checkpoint'))
      AND has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
  ) AS record_is_writable,
  current_setting('statement_timeout') AS statement_timeout,
  current_setting('lock_timeout') AS lock_timeout,
  current_setting('fsync') AS fsync,
  current_setting('full_page_writes') AS full_page_writes,
  current_setting('synchronous_commit') AS synchronous_commit,
  current_setting('synchronous_standby_names') AS standby_names,
  (SELECT count(*) FROM pg_stat_replication) AS standbys,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int AS connections
"""


def facts(connection: Connection) -> Mapping[str, Any]:
    """What the server says of itself and of the role that asks."""
    return dict(connection.execute(text(_FACTS)).mappings().one())


def findings(found: Mapping[str, Any], *, workers: int) -> Iterator[tuple[str, dict[str, str | int]]]:
    """The codes of what is unsafe in these facts."""
    if found["role_is_strong"]:
        yield "database-role", {}
    elif found["entry_is_strong"]:
        yield "database-role-taken", {}
    if found["record_is_writable"]:
        yield "record-writable", {}
    if "0" in (found["statement_timeout"], found["lock_timeout"]):
        yield "database-limits", {}
    if "off" in (found["fsync"], found["full_page_writes"], found["synchronous_commit"]):
        yield "database-unsynced", {}
    yield from _standby(found)
    wanted = workers * MOST_CONNECTIONS + _SPARE
    if found["connections"] < wanted:
        yield "database-connections", {"allowed": found["connections"], "wanted": wanted}


def _standby(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, str | int]]]:
    if not found["standby_names"]:
        yield "standby-none", {}
    elif found["synchronous_commit"] == "local":
        yield "standby-unasked", {}
    elif not found["standbys"]:
        yield "standby-away", {}
