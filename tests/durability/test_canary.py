"""A person nobody else is like goes through the served product; afterwards she is in no output, and after erasure in no file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import timedelta
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pytest
from werkzeug.test import Client

from elearn.actions import mail, notices
from elearn.actions.backup import BackupPlan, back_up
from elearn.actions.housekeep import housekeep
from elearn.actions.publish import publish
from elearn.config import PREFIX, Settings
from elearn.course.source import Source
from elearn.runtime import Runtime, utc_now
from elearn.store.engine import Database
from elearn.store.jobs import find_job
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow, find_person_by_handle, get_person
from elearn.store.tenancy import everyone
from tests.actions.safekeeping import Keyring, make_plan
from tests.durability.test_kill import wait_for
from tests.ports import free_port
from tests.post_office import PostOffice, open_post
from tests.servers import SERVER
from tests.visitor import Visitor, text_of
from tests.web.teaching import BEFORE, COURSE, PRACTICE, publish_open

ROOT: Final = Path(__file__).parents[2]
#: A word in everything she types or brings along that is a text; the rest is told by itself.
WORD: Final = "kanarek"
HANDLE: Final = f"{WORD}-morning-94"
PASSPHRASE: Final = f"lanterns over {WORD} rivers 94"
AGENT: Final = f"Mozilla/5.0 ({WORD} 7.3)"
MAILBOX: Final = f"{WORD}@example.org"
ADDRESS: Final = "203.0.113.77"
REFERRER: Final = f"https://{WORD}.example/inbox?letter=4711"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with open_post(PostOffice()) as made:
        yield made


@pytest.fixture
def settings(settings: Settings, office: PostOffice) -> Settings:
    post = {"mail_host": "127.0.0.1", "mail_port": office.port, "mail_tls": "none", "mail_sender": "news@letters.example"}
    return replace(settings, limit_requests=False, proxy_hops=1, worker_apart=True, **post)  # type: ignore[arg-type] # each its own


@contextmanager
def running(settings: Settings, output: Path, *words: str) -> Iterator[None]:
    """A command as an operator would run it, with all that it says added to one file; it is asked to end, as systemd does."""
    environment = dict(os.environ)  # noqa: TID251 - handed on to the command
    for one in fields(settings):
        value = getattr(settings, one.name)
        environment[PREFIX + one.name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
    command = [str(Path(sys.executable).with_name("elearn")), *words]
    with (
        output.open("ab") as told,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=told, stderr=told, start_new_session=True) as process,
    ):
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(120)


@contextmanager
def serving(settings: Settings, output: Path) -> Iterator[int]:
    port = free_port()
    with running(settings, output, "serve", "--port", str(port)):
        wait_for(port)
        yield port


def wire(port: int) -> Callable[..., Iterable[bytes]]:
    """What the test's browser talks to: every request goes over the network, from her address, with her agent."""

    def forward(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        query = f"?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else ""
        headers = {"User-Agent": AGENT, "X-Forwarded-For": ADDRESS, "Referer": REFERRER, "Host": f"127.0.0.1:{port}"}
        headers |= {"Cookie": environ.get("HTTP_COOKIE", ""), "Content-Type": environ.get("CONTENT_TYPE", "")}
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        connection.request(
            environ["REQUEST_METHOD"], environ["PATH_INFO"] + query, body, {name: text for name, text in headers.items() if text}
        )
        response = connection.getresponse()
        content = response.read()
        start_response(f"{response.status} {response.reason}", response.getheaders())
        connection.close()
        return BytesIO(content)

    return forward


def live(visitor: Visitor) -> list[str]:
    """Do what a person does; gives the secrets that were shown to her."""
    page = visitor.get(f"/en/account/join?next=/en/search?q={WORD}")
    page = visitor.submit(page, "/account/join", {"handle": HANDLE, "passphrase": PASSPHRASE, "pseudonym": f"{WORD} of the hills"})
    secrets = [text_of(code) for part in page.all("ol", class_="codes") for code in part.iter("li")]
    assert len(secrets) == 10
    visitor.submit(visitor.get("/en/account/sessions"), "/sessions/label", {"label": f"{WORD} phone"})
    typed = {"name": f"Anna {WORD}", "email": MAILBOX, "mails": "y", "agreed": "y"}
    visitor.submit(visitor.get("/en/account/contact"), "/account/contact", typed)
    _answer(visitor)
    visitor.get(f"/en/search?q={WORD}")
    visitor.get(f"/en/{WORD}/nothing", status=404)
    visitor.submit(visitor.get("/en/account/"), "/account/sign-out")
    form = visitor.get("/en/account/sign-in")
    visitor.submit(form, "/account/sign-in", {"handle": HANDLE, "passphrase": f"{WORD} wrong and long enough"}, status=422)
    visitor.submit(form, "/account/sign-in", {"handle": HANDLE, "passphrase": PASSPHRASE})
    visitor.client.post("/en/account/", data={"pseudonym": f"{WORD} without a token"})
    return secrets


def _answer(visitor: Visitor) -> None:
    page = visitor.get(PRACTICE)
    token = page.all("input", name="csrf_token")[0].get("value", "")
    given = {"question": "plan", "plan:text": f"{WORD} in her own words", "key": "0123456789abcdef0123"}
    visitor.client.post(f"{PRACTICE}practise", data={"csrf_token": token, **given})
    visitor.get(PRACTICE)
    page = visitor.submit(visitor.get(f"{COURSE}quizzes/final/"), "/start")
    visitor.client.post(
        f"{page.address}answer", data={"csrf_token": token, "question": "f-case", "f-case:text": f"the case of {WORD}", "save": "1"}
    )
    visitor.get(BEFORE)


def crash(database: Database, visitor: Visitor) -> bytes:
    """Let a page break on our side, with her words in the question and without; gives the second page."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE search_page RENAME TO search_page_away")
    visitor.client.get(f"/en/search?q={WORD}")
    response = visitor.client.get("/en/search?q=river")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE search_page_away RENAME TO search_page")
    assert response.status_code == 500
    return bytes(response.get_data())


def write_to_her(database: Database, settings: Settings, office: PostOffice, output: Path) -> bytes:
    """Tell her something, by mail too: the mail server is away first and names her in its answer. Gives the mail without her address."""
    person = person_of(database)
    with database.transaction(person.organisation_id) as session:
        notices.tell(session, person.id, "role-changed", utc_now() - timedelta(hours=2))
    office.answers = {"RCPT": f"450 {MAILBOX} is away"}
    with running(settings, output, "worker"):
        until(lambda: b"mail-away" in output.read_bytes())
    office.answers = {}
    with database.transaction(person.organisation_id) as session:
        job = find_job(session, mail.KIND, person.id)
        assert job is not None
        job.due_at = utc_now()
    with running(settings, output, "worker"):
        until(lambda: bool(office.handed))
    (handed,) = office.handed
    assert handed.recipients == [MAILBOX]
    return handed.raw.replace(MAILBOX.encode(), b"") + str(handed.message.get_content()).encode()


def until(done: Callable[[], bool]) -> None:
    for _ in range(600):
        if done():
            return
        time.sleep(0.1)
    pytest.fail("it never came")


def person_of(database: Database) -> PersonRow:
    with database.read() as session, everyone(session):
        person = find_person_by_handle(session, "kanarekmorning94".translate(str.maketrans("0", "o")))
    assert person is not None
    return person


def found(content: bytes, *words: str) -> list[str]:
    return [word for word in (WORD, ADDRESS, PASSPHRASE, *words) if word.lower().encode() in content.lower()]


@pytest.mark.skipif(bool(SERVER), reason="what PostgreSQL keeps in its own files is its own; see docs/logs.md")
def test_a_person_is_in_no_output_and_after_erasure_in_no_file(
    runtime: Runtime, settings: Settings, office: PostOffice, tmp_path_factory: pytest.TempPathFactory
) -> None:
    database, data, outside = runtime.database, settings.data, tmp_path_factory.mktemp("outside")
    with database.transaction() as session, everyone(session):
        mail.switch_on(session)
    with database.transaction() as session:
        publish(session, Source.from_folder(ROOT / "tests/courses/minimal"), now=utc_now())
        session.add(OrganisationRow(slug="open", name="Open", open_join=True, settings={"keep_names": True, "keep_emails": True}))
    publish_open(runtime)
    output = outside / "output"
    with serving(settings, output) as port:
        client = Client(wire(port))
        visitor = Visitor(client)  # type: ignore[arg-type] # it speaks as Flask's own does
        secrets = live(visitor)
        token = client.get_cookie("session")
        assert token is not None
        broken = crash(database, visitor)
        written = write_to_her(database, settings, office, output)
    told = output.read_bytes()
    assert b"crash id=" in told, "what the server says was not caught"
    assert found(told, token.value, *secrets) == []
    assert found(broken, token.value, *secrets) == []
    assert found(written, token.value, *secrets) == []
    _erase_and_look(database, data, outside, [token.value, *secrets])


def _erase_and_look(database: Database, data: Path, outside: Path, secrets: list[str]) -> None:
    """Let the days of grace pass and the house be kept, then look into every file there is, and into the next backup."""
    person_id, organisation_id = (person := person_of(database)).id, person.organisation_id
    with database.transaction(organisation_id) as session:
        leaving = get_person(session, person_id)
        leaving.state, leaving.erase_on = "leaving", utc_now().date()
    assert WORD.encode() in _all_files(data), "she was not there to begin with"
    later = utc_now() + timedelta(days=8)
    housekeep(database, now=later)
    housekeep(database, now=later + timedelta(days=400))
    ring = Keyring()
    plan = make_plan(outside, ring)
    opened = _opened(database, plan, ring, later)
    database.dispose()
    for content in (_all_files(data), opened):
        assert found(content, *secrets) == []
        assert organisation_id.encode() in content, "this is not the database"
        assert content.count(person_id.encode()) <= 2, "the tombstone and its index alone hold her random id"


def _all_files(folder: Path) -> bytes:
    return b"\n".join(file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file())


def _opened(database: Database, plan: BackupPlan, ring: Keyring, now: Any) -> bytes:  # noqa: ANN401 - a time
    from tests.actions.test_backup import opened  # noqa: PLC0415 - opens a backup with age and tar alone

    return b"\n".join(opened(back_up(database, plan, now=now).file, ring.first).values())
