"""`elearn serve`: the web server."""

import encodings.idna  # noqa: F401 - workers are forked: a module half loaded by another thread at that moment would stay half loaded in them
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.request import ProxyHandler, build_opener

import click
from granian import Granian
from granian.constants import Interfaces
from sqlalchemy.exc import SQLAlchemyError

from elearn import config
from elearn.actions.backup import keep_tombstones
from elearn.actions.housekeep import housekeep
from elearn.actions.mail_server import MailServer
from elearn.actions.mirrors import sign_mirrors
from elearn.cli.backup import plan_of
from elearn.cli.spoken import spoken
from elearn.cli.worker import work_beside
from elearn.config import Settings
from elearn.errors import ElearnError
from elearn.runtime import mail_server_for, open_notary, open_runtime, site_defaults, utc_now
from elearn.store.engine import Database
from elearn.web.turns import THREADS

_PATIENCE = 60.0
#: By then the workers have been forked; until then no other thread may be loading modules.
_FORKING = 0.2
_DAY = 24 * 3600.0
#: Chores begin when the first readers have been served.
_FIRST_CHORES = 60.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
def serve(host: str, port: int) -> None:
    """Serve the site until it is stopped."""
    with spoken():
        settings = config.load()
        open_runtime(settings).database.dispose()  # what is not in order is said here, once, and not by each worker
        _post_of(settings)
    require_free(host, port)
    run(settings, host=host, port=port, ready=lambda: click.echo(f"Ready: {settings.public_url}/"))


def require_free(host: str, port: int) -> None:
    """Say in one sentence that an address cannot be had, before anything is begun."""
    try:
        socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET).close()
    except OSError as error:
        message = f"Port {port} on {host} cannot be used: {error.strerror}. Choose another one with --port."
        raise click.ClickException(message) from error


def run(settings: Settings, *, host: str, port: int, ready: Callable[[], None]) -> None:
    """Run the server in this process; `ready` is called once when it answers. One that does not answer in time is stopped."""
    config.export(replace(settings))
    silence: list[str] = []
    threading.Thread(target=_watch, args=(host, port, silence, ready), daemon=True).start()
    threading.Thread(target=_keep_house, args=(settings,), daemon=True).start()
    if not settings.worker_apart:
        threading.Thread(target=work_beside, args=(settings, _post_of(settings)), daemon=True).start()
    server = Granian(
        "elearn.web.wsgi:build",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=THREADS,  # of which one is at work, see Turns
        websockets=False,
        log_enabled=False,
        respawn_failed_workers=True,
    )
    server.serve()
    if silence:
        message = f"The server did not answer within {_PATIENCE:.0f} seconds ({silence[0]}) and was stopped."
        raise click.ClickException(message)


def _post_of(settings: Settings) -> MailServer | None:
    """Give who carries mails for this process: nobody where mail is off, or a worker does it, whose password is not read here."""
    return None if settings.worker_apart else mail_server_for(settings)


def _keep_house(settings: Settings) -> None:
    """Do the daily work now and once a day, beside the workers that serve."""
    while True:
        time.sleep(_FIRST_CHORES)
        for code in _chores(settings):
            click.echo(f"Attention: {code}", err=True)
        time.sleep(_DAY - _FIRST_CHORES)


def _chores(settings: Settings) -> tuple[str, ...]:
    """The daily work and what it found; a database that does not answer is told and tried again the next day."""
    database = Database(settings.database)
    try:
        found = housekeep(database, now=utc_now(), notary=lambda: open_notary(settings))
        if settings.backup_folder:  # who was erased today must not come back with a backup of yesterday
            keep_tombstones(database, plan_of(settings), now=utc_now())
        if not database.is_read_only:
            address, defaults = settings.public_url, site_defaults(settings)
            sign_mirrors(database, lambda: open_notary(settings), address=address, defaults=defaults, now=utc_now())
    except (SQLAlchemyError, OSError):
        return ("housekeeping-failed",)
    except ElearnError as error:
        return (error.code,)
    else:
        return found
    finally:
        database.dispose()


def _reachable(host: str) -> str:
    """The address under which this machine reaches a server that listens on `host`, as it stands in a URL."""
    asked = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not bound to, only asked for
    return f"[{asked}]" if ":" in asked else asked


def _watch(host: str, port: int, silence: list[str], ready: Callable[[], None]) -> None:
    """Call `ready` when the server answers; if it never does, put down why and stop this process as Ctrl-C would."""
    last = _wait(host, port)
    if not last:
        ready()
        return
    silence.append(last)
    os.kill(os.getpid(), signal.SIGINT)


def _wait(host: str, port: int) -> str:
    """Wait until the server answers: an empty text, or what came last when it does not in time."""
    last = "nothing was asked"
    time.sleep(_FORKING)
    ends = time.monotonic() + _PATIENCE
    direct = build_opener(ProxyHandler({}))  # a proxy of the environment is not asked for our own machine
    while time.monotonic() < ends:
        try:
            with direct.open(f"http://{_reachable(host)}:{port}/healthz", timeout=2):
                return ""
        except OSError as error:
            last = str(error)
            time.sleep(0.05)
    return last
