"""`elearn worker`: what deeds asked to be done later, which is to send mails. `elearn serve` does the same unless `worker_apart` is set."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

import click

from elearn import config
from elearn.actions import deliver, mail
from elearn.actions.contact import Seals
from elearn.actions.deliver import Sender
from elearn.actions.jobs import Job, work_one
from elearn.actions.mail_server import MailServer
from elearn.cli.spoken import spoken
from elearn.config import Settings
from elearn.errors import ElearnError
from elearn.runtime import Runtime, load_keys_for, mail_server_for, open_runtime
from elearn.store.tenancy import everyone
from elearn.web.mail import mail_words

#: Seconds between two looks; what is asked for waits for the next full hour anyway.
_PAUSE: Final = 60.0
#: When the server has forked its workers and answers: until then no other thread may be loading modules.
_FIRST: Final = 10.0
_AT_ONCE: Final = 500


@click.command()
def worker() -> None:
    """Send the mails that are due until it is stopped; for where `worker_apart` is set."""
    with spoken():
        settings = config.load()
        load_keys_for(settings)
        server = mail_server_for(settings)
        if server is None:
            round_of(settings, None)  # the server beside us leaves it to us to say that mails are off
    if server is None:
        message = "Mail is off, and none waits. Set mail_host, or stop this worker."
        raise click.ClickException(message)
    click.echo("Ready: mails are sent when they are due.")
    keep_working(settings, server, pause=_PAUSE)


def work_beside(settings: Settings, server: MailServer | None) -> None:
    """Do the same beside a server, once it serves; where mail is off, see to it that none waits."""
    time.sleep(_FIRST)
    keep_working(settings, server, pause=_PAUSE)


def keep_working(settings: Settings, server: MailServer | None, *, pause: float) -> None:
    """Look for work again and again; what goes wrong is said by its code, once until something else does."""
    said = ""
    while True:
        code = _quietly(lambda: round_of(settings, server))
        if code and code != said:
            click.echo(f"Attention: {code}", err=True)
        said = code
        if server is None and not code:
            return
        time.sleep(pause)


def _quietly(deed: Callable[[], str]) -> str:
    """Give the code of what went wrong. The words of an error stay unsaid: they may name somebody."""
    try:
        return deed()
    except ElearnError as error:
        return error.code
    except Exception:  # noqa: BLE001 - whatever it is, the next look comes
        return "jobs-failed"


def round_of(settings: Settings, server: MailServer | None) -> str:
    """Do all that is due now; the code of what went wrong last, if anything did."""
    runtime = open_runtime(settings)
    try:
        _switch(runtime, on=server is not None)
        return "" if server is None else _work(runtime, server)
    finally:
        runtime.database.dispose()


def _switch(runtime: Runtime, *, on: bool) -> None:
    """Say in the database whether mails are sent from here, if that is new."""
    with runtime.database.read() as session:
        if mail.is_on(session) == on:
            return
    with runtime.database.transaction() as session, everyone(session):
        if on:
            mail.switch_on(session)
        else:
            mail.switch_off(session)


def _work(runtime: Runtime, server: MailServer) -> str:
    sender = Sender(Seals(runtime.keys.seal, runtime.keys.index), lambda language: mail_words(language, server.subject), server)

    def send(job: Job) -> datetime | None:
        return deliver.deliver(runtime.database, job, sender, now=runtime.clock())

    code = ""
    for _ in range(_AT_ONCE):
        outcome = work_one(runtime.database, {mail.KIND: send}, now=runtime.clock())
        if outcome is None:
            break
        code = outcome.code or code
        if outcome.away:
            break
    return code
