"""What of an installation is unsafe for real people: facts looked up, codes given. No sentences, and nothing is changed.

Each look is one function that yields codes; what a look cannot see (logs of a proxy, a disk without encryption) stands in the guide.
"""

import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from flask.helpers import get_debug_flag
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from elearn.access.rules import FACTOR
from elearn.actions import setup
from elearn.actions.backup import LONGEST, list_files
from elearn.actions.mail_server import problems
from elearn.actions.settings import Site, SiteShelf
from elearn.cli import deployment_postgres
from elearn.config import Settings
from elearn.errors import ElearnError, Refused
from elearn.runtime import load_keys_for, mail_server, site_defaults
from elearn.store import migrate
from elearn.store.audit import find_last_entry
from elearn.store.backup_seal import check_recipients
from elearn.store.engine import Database, sqlite_module, wal_is_safe
from elearn.store.factors import count_without_factor
from elearn.store.filling import refuse_half_restored
from elearn.store.tenancy import everyone

#: A code and the words to fill into its sentence.
Finding = tuple[str, dict[str, str | int]]
Findings = Iterator[Finding]

SWAPS: Final = Path("/proc/swaps")
_BLOCKS: Final = Path("/sys/class/block")
_OTHERS: Final = 0o077
_TOO_OLD: Final = timedelta(hours=25)
_SKEW: Final = timedelta(hours=1)
_PER_CORE: Final = 4
_LOCAL: Final = frozenset({"127.0.0.1", "::1", "localhost"})
#: Words in the name of a site that tell whoever sees a browser tab what it is about.
_TELLING: Final = (
    *("human", "right", "ngo", "legal", "law", "justice", "прав", "закон", "нко", "юрид"),
    *("құқ", "заң", "ҳуқуқ", "қонун", "hukuk", "kanun"),
)


def unsafe(settings: Settings, *, now: datetime) -> list[Finding]:
    """Everything that was found, in the order of the looks."""
    found = [finding for look in _SETTINGS for finding in look(settings, now)]
    database = Database(settings.database)
    try:
        refuse_half_restored(database)
        found += [finding for look in _DATABASE for finding in look(database, settings, now)]
    except Refused as refused:
        found.append((refused.code, {}))
    except SQLAlchemyError:
        found.append(("database-unreachable", {}))
    finally:
        database.dispose()
    return found


def _address(settings: Settings, _now: datetime) -> Findings:
    for address in (settings.public_url, *settings.mirrors):
        if not _is_safe_address(address):
            yield "http-address", {"address": address}
    yield from _mirror_forms(settings.mirrors)


def _mirror_forms(mirrors: tuple[str, ...]) -> Findings:
    """What is signed and shown as an address of the site is one, and leads to its beginning."""
    for address in mirrors:
        parts = urlsplit(address)
        if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username is not None:
            yield "mirror-form", {"address": address}


def _is_safe_address(address: str) -> bool:
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "https" or host.endswith(".onion") or host in _LOCAL


def _database_address(settings: Settings, _now: datetime) -> Findings:
    """A database on another machine is asked over TLS, and its certificate is looked at."""
    address = make_url(settings.database)
    host = str(address.query.get("host", address.host or ""))
    elsewhere = address.get_backend_name() == "postgresql" and bool(host) and not host.startswith("/") and host not in _LOCAL
    if elsewhere and address.query.get("sslmode") != "verify-full":
        yield "database-unencrypted", {}


def _proxy(settings: Settings, _now: datetime) -> Findings:
    if settings.secure and not settings.proxy_hops:
        yield "proxy-hops-missing", {}
    if not settings.secure and settings.proxy_hops:
        yield "proxy-hops-believed", {"hops": settings.proxy_hops}


def _hosts(settings: Settings, _now: datetime) -> Findings:
    if any(host.startswith(".") or "*" in host for host in settings.trusted_hosts):
        yield "hosts-wildcard", {}


def _switches(settings: Settings, _now: datetime) -> Findings:
    if settings.demo:
        yield "demo", {}
    if not settings.limit_requests:
        yield "limits-off", {}
    if not 1 <= settings.workers <= _PER_CORE * (os.cpu_count() or 1):
        yield "workers", {"workers": settings.workers, "most": _PER_CORE * (os.cpu_count() or 1)}
    if _developing():
        yield "debug-on", {}


def _developing() -> bool:
    return sys.flags.dev_mode or get_debug_flag()


def _keys(settings: Settings, _now: datetime) -> Findings:
    try:
        load_keys_for(settings)
    except ElearnError as error:
        yield error.code, dict(error.params)


def _data(settings: Settings, now: datetime) -> Findings:
    if not settings.data.is_dir():
        yield "data-missing", {}
        return
    if settings.data.stat().st_mode & _OTHERS:
        yield "data-readable", {}
    newest = max((file.stat().st_mtime for file in settings.data.iterdir()), default=0.0)
    if datetime.fromtimestamp(newest, UTC) > now + _SKEW:
        yield "clock", {}


def _backups(settings: Settings, now: datetime) -> Findings:
    try:
        check_recipients(settings.backup_recipients)
    except ElearnError as error:
        yield error.code, dict(error.params)
    if not 1 <= settings.backup_keep_days <= LONGEST:
        yield "backup-keep-days", {"longest": LONGEST}
    if not settings.backup_folder:
        yield "backup-folder", {}
        return
    folder = Path(settings.backup_folder)
    if folder.absolute().is_relative_to(settings.data.absolute()):
        yield "backup-inside-data", {}
    made = [hour for hour, _ in list_files(folder)]
    if not made:
        yield "backup-none", {}
    elif made[0] > now + _SKEW:
        yield "clock", {}
    elif made[0] < now - _TOO_OLD:
        yield "backup-old", {"hours": (now - made[0]) // timedelta(hours=1)}


def _mail(settings: Settings, _now: datetime) -> Findings:
    """Whoever looks into somebody's mailbox should not learn from it what the site is."""
    try:
        server = mail_server(settings)
    except ElearnError as error:
        yield error.code, dict(error.params)
        return
    if server is None:
        return
    for code in problems(server):
        yield code, {}
    seen = f"{server.name} {server.subject} {server.sender}".casefold()
    own = [urlsplit(address).hostname or "" for address in (settings.public_url, *settings.mirrors)]
    domain = server.sender.rpartition("@")[2].casefold()
    named = any(f".{host}".endswith(f".{domain}") for host in own)
    if named or settings.site_name.casefold() in seen or any(word in seen for word in _TELLING):
        yield "mail-tells", {}


def _swap(_settings: Settings, _now: datetime) -> Findings:
    """Swap in memory (zram) or on an encrypted device is fine."""
    lines = SWAPS.read_text(encoding="utf-8", errors="replace").splitlines()[1:] if SWAPS.exists() else []
    if any(not _is_private_swap(line.split()[0]) for line in lines if line.strip()):
        yield "swap-on", {}


def _is_private_swap(device: str) -> bool:
    name = Path(device).resolve().name
    mapped = _BLOCKS / name / "dm" / "uuid"
    return name.startswith("zram") or (mapped.exists() and mapped.read_text(encoding="ascii", errors="replace").startswith("CRYPT-"))


def _server(database: Database, settings: Settings, _now: datetime) -> Findings:
    if database.is_sqlite:
        if not wal_is_safe(tuple(sqlite_module().sqlite_version_info)):
            yield "sqlite-old", {}
        if database.is_read_only:
            yield "database-damaged", {}
        if any(file.stat().st_mode & _OTHERS for file in database.list_files()):
            yield "database-readable", {}
        return
    with database.engine.connect() as connection:
        found = deployment_postgres.facts(connection)
    yield from deployment_postgres.findings(found, workers=settings.workers)


def _schema(database: Database, _settings: Settings, _now: datetime) -> Findings:
    if migrate.current(database) != migrate.head(database):
        yield "schema-old", {}


def _people(database: Database, _settings: Settings, now: datetime) -> Findings:
    with database.read() as session, everyone(session):
        if setup.is_open(session, now=now):
            yield "setup-open", {}
        if number := count_without_factor(session, sorted(FACTOR)):
            yield "no-second-factor", {"number": number}
        last = find_last_entry(session)
        if last is not None and last.hour > now + _SKEW:
            yield "clock", {}


def _site(database: Database, settings: Settings, now: datetime) -> Findings:
    """What the operator chose while the site runs counts, not what the settings said before."""
    site: Site = SiteShelf().site(database, site_defaults(settings), now=now)
    chosen = tuple(address for address in site.mirrors if address not in settings.mirrors)
    for address in chosen:
        if not _is_safe_address(address):
            yield "http-address", {"address": address}
    yield from _mirror_forms(chosen)
    own = {urlsplit(address).hostname for address in (settings.public_url, *site.mirrors)}
    exit_to = urlsplit(site.exit_url)
    if exit_to.scheme != "https" or not exit_to.hostname or exit_to.hostname in own:
        yield "exit-url", {}
    if not site.neutral_titles:
        yield "titles-tell", {}
    if any(word in site.name.casefold() for word in _TELLING):
        yield "name-tells", {}


_SETTINGS: Final[tuple[Callable[[Settings, datetime], Findings], ...]] = (
    _address, _database_address, _proxy, _hosts, _switches, _keys, _data, _backups, _mail, _swap
)  # fmt: skip
_DATABASE: Final[tuple[Callable[[Database, Settings, datetime], Findings], ...]] = (_server, _schema, _people, _site)
