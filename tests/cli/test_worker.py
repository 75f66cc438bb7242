"""Mails end to end: from a deed on the site over the worker to a mail server on loopback; and a whole site with mail off."""

import threading
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from elearn.actions import contact, mail, notices
from elearn.actions.contact import Contact, Seals
from elearn.actions.mail_server import MailServer
from elearn.cli import main, serve, worker
from elearn.config import PREFIX, Settings
from elearn.errors import Refused
from elearn.runtime import Runtime, mail_server_for, utc_now
from elearn.store.engine import Database
from elearn.store.jobs import JobRow
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from tests.factories import make_person, make_signed_in
from tests.post_office import PostOffice, make_certificate, open_post, tls

AYNA = "kanarek@example.org"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    file = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with open_post(PostOffice(context=tls(file), login="news\0a secret")) as made:
        yield made


@pytest.fixture
def posting(settings: Settings, runtime: Runtime, office: PostOffice) -> Settings:
    """Settings of an installation that sends mails; it is the runtime's own."""
    password = settings.keys / "mail-password"
    password.write_text("a secret\n")
    password.chmod(0o600)
    return replace(
        settings,
        mail_host="127.0.0.1",
        mail_port=office.port,
        mail_user="news",
        mail_password_file=str(password),
        mail_sender="news@letters.example",
        mail_subject="News",
    )


@pytest.fixture
def person(runtime: Runtime, organisation_id: str) -> PersonRow:
    """Somebody who wants mails, and speaks Turkmen."""
    with runtime.database.transaction() as session:
        get_organisation(session, organisation_id).settings = {"keep_emails": True}
        made = make_person(session, organisation_id, "kanarek-handle-7", language="tk")
    seals = Seals(runtime.keys.seal, runtime.keys.index)
    with runtime.database.transaction(organisation_id) as session:
        typed, now = Contact("", AYNA), runtime.clock()
        contact.keep(session, make_signed_in(made), typed, agreed=True, seals=seals, now=now, mails=True)
    return made


def tell(database: Database, person: PersonRow, code: str = "role-changed") -> None:
    """Let something be told two hours ago, so that its mail is due."""
    with database.transaction(person.organisation_id) as session:
        notices.tell(session, person.id, code, utc_now() - timedelta(hours=2))


def count(database: Database) -> int:
    with database.read() as session, everyone(session):
        return session.scalar(select(func.count()).select_from(JobRow)) or 0


def look(settings: Settings) -> str:
    return worker.round_of(settings, mail_server_for(settings))


def test_a_mail_goes_from_a_deed_to_a_mailbox_and_names_nobody(
    posting: Settings, office: PostOffice, person: PersonRow, database: Database
) -> None:
    assert look(posting) == ""
    tell(database, person)
    tell(database, person, "name-viewed")
    assert (look(posting), look(posting)) == ("", "")
    (handed,) = office.handed
    assert handed.recipients == [AYNA]
    assert handed.message["Subject"] == "News"
    words = f"{handed.message.get_content()}{handed.message.as_string().replace(AYNA, '')}".casefold()
    with database.read(person.organisation_id) as session:
        organisation = get_organisation(session, person.organisation_id).name
    for word in (
        "kanarek",
        person.pseudonym,
        organisation,
        posting.site_name,
        "http",
        "www",
        "://",
        "127.0.0.1",
        person.id,
        person.organisation_id,
    ):
        assert word.casefold() not in words, word
    assert count(database) == 1  # which only says that the next comes tomorrow


def test_a_server_that_is_away_loses_no_mail(posting: Settings, office: PostOffice, person: PersonRow, database: Database) -> None:
    look(posting)
    tell(database, person)
    office.answers = {"RCPT": "451 later"}
    assert look(posting) == "mail-away"
    assert look(posting) == ""  # it waits
    office.answers = {}
    with database.transaction() as session, everyone(session):
        row = session.scalars(select(JobRow)).one()
        assert row.due_at is not None
        row.due_at -= timedelta(minutes=6)
    assert look(posting) == ""
    assert len(office.handed) == 1


def test_with_mail_off_nothing_waits_and_nothing_leaves(
    settings: Settings, runtime: Runtime, person: PersonRow, database: Database
) -> None:
    assert mail_server_for(settings) is None
    tell(database, person)
    assert (look(settings), count(database)) == ("", 0)


def test_switching_mail_off_drops_what_waits(posting: Settings, settings: Settings, person: PersonRow, database: Database) -> None:
    look(posting)
    tell(database, person)
    assert count(database) == 1
    worker.keep_working(settings, None, pause=0)  # it ends by itself
    assert count(database) == 0
    tell(database, person, "name-viewed")
    assert count(database) == 0


def test_what_goes_wrong_is_said_once_by_its_code_alone(
    posting: Settings,
    office: PostOffice,
    person: PersonRow,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = ["", "mail-away", "mail-away", "", "mail-away", AYNA, "schema-other"]

    def round_of(*_: object) -> str:
        code = said.pop(0)
        if code == AYNA:
            raise KeyError(code)
        if code == "schema-other":
            raise Refused(code)
        return code

    def sleep(_seconds: float) -> None:
        if not said:
            raise KeyboardInterrupt

    monkeypatch.setattr(worker, "round_of", round_of)
    monkeypatch.setattr(time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        worker.keep_working(posting, MailServer(host="h", port=1, tls="tls", sender="s"), pause=0)
    assert capsys.readouterr().err.splitlines() == [
        f"Attention: {code}" for code in ("mail-away", "mail-away", "jobs-failed", "schema-other")
    ]


def export(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in fields(settings):
        value = getattr(settings, one.name)
        monkeypatch.setenv(f"{PREFIX}{one.name.upper()}", ",".join(value) if isinstance(value, tuple) else str(value))


def test_the_command_works_until_it_is_stopped(
    posting: Settings, office: PostOffice, person: PersonRow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        tell(database, person)
        if len(looks) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    export(posting, monkeypatch)
    result = CliRunner().invoke(main, ["worker"])
    assert result.output.startswith("Ready: mails are sent")
    assert len(office.handed) == 1


def test_without_mail_there_is_nothing_to_work_at_and_what_waits_is_dropped(
    posting: Settings, settings: Settings, person: PersonRow, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(posting)
    tell(database, person)
    export(replace(settings, worker_apart=True), monkeypatch)
    result = CliRunner().invoke(main, ["worker"])
    assert (result.exit_code, "Mail is off" in result.output) == (1, True)
    with database.read() as session:
        assert (mail.is_on(session), count(database)) == (False, 0)


def test_settings_that_cannot_be_used_stop_the_start(posting: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    export(replace(posting, mail_sender="news"), monkeypatch)
    for command in ("serve", "worker"):
        result = CliRunner().invoke(main, [command])
        assert (result.exit_code, "mail_sender is no plain e-mail address" in result.output) == (1, True)
    with pytest.raises(Refused, match="mail-sender"):
        serve._post_of(replace(posting, mail_sender="news"))
    assert serve._post_of(replace(posting, mail_sender="news", worker_apart=True)) is None
    assert serve._post_of(replace(posting, mail_host="")) is None


def test_beside_a_server_it_begins_when_that_serves(posting: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    monkeypatch.setattr(worker, "keep_working", lambda *_, **__: waited.append(-1))
    worker.work_beside(posting, None)
    assert waited == [worker._FIRST, -1]


def test_while_a_mail_is_being_sent_nobody_waits_for_it(
    posting: Settings, office: PostOffice, person: PersonRow, database: Database
) -> None:
    """The mail server is slow: meanwhile others are told things, and the same person too."""
    look(posting)
    tell(database, person)
    taken, going = threading.Event(), threading.Event()

    class Slow(MailServer):
        def send(self, *_: object, **__: object) -> None:
            taken.set()
            assert going.wait(60)  # longer than any database lets one wait for another

    working = threading.Thread(target=worker.round_of, args=(posting, Slow(host="h", port=1, tls="tls", sender="s@x.example")))
    working.start()
    assert taken.wait(60)
    with database.transaction(person.organisation_id) as session:
        notices.tell(session, make_person(session, person.organisation_id).id, "role-changed", utc_now())
        notices.tell(session, person.id, "name-viewed", utc_now())
    going.set()
    working.join()
    with database.read(person.organisation_id) as session:
        assert mail.is_on(session)
        row = session.scalars(select(JobRow)).one()
        assert (row.leased_until, row.due_at) == (None, row.rests_until)
