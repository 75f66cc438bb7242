"""The served product, killed at any moment while answers are saved over HTTP: what was acknowledged is there afterwards."""

import os
import random
import re
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest

from elearn.access.identity import Identity
from elearn.actions import attempt
from elearn.actions.publish import publish
from elearn.actions.session import open_session
from elearn.config import PREFIX, Settings
from elearn.course.source import Source
from elearn.quiz.model import SingleChoice
from elearn.runtime import Runtime, utc_now
from elearn.store.attempts import list_steps
from tests.conftest import SERVER
from tests.factories import make_person
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
COURSE = "rights-and-obligations"
ROUNDS = int(os.environ.get("ELEARN_KILL_ROUNDS", "20" if os.environ.get("CI") == "true" else "2"))  # noqa: TID251 - the tests' own switch
TIMEOUT = 300 + 20 * ROUNDS  # seconds: a round takes four here, and up to five times as long on a machine under load
WRITERS, SAVES = 8, 25  # 200 saves under way in each round


@dataclass
class Writer:
    """A learner with an attempt under way; `acknowledged` are the answers that the server said were saved."""

    token: str
    attempt_id: str
    href: str
    question: str
    choices: list[str]
    acknowledged: list[str] = field(default_factory=list)

    def save(self, port: int, go: threading.Barrier) -> None:
        """Save answer after answer until all are saved or the server is gone."""
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        go.wait()
        try:
            headers, same = self._form(connection)
            for number in range(SAVES):
                choice = self.choices[number % 2]
                body = urlencode({**same, "key": secrets.token_urlsafe(16), f"{self.question}:choice": choice})
                connection.request("POST", f"{self.href}answer", body, headers)
                response = connection.getresponse()
                response.read()
                assert response.status == 200, response.status
                self.acknowledged.append(choice)
        except (OSError, HTTPException):
            return
        finally:
            connection.close()

    def _form(self, connection: HTTPConnection) -> tuple[dict[str, str], dict[str, str]]:
        connection.request("GET", self.href, headers={"Cookie": f"session={self.token}; lang=en"})
        response = connection.getresponse()
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.read().decode())
        assert found is not None, response.status
        cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
        headers = {"Cookie": "; ".join([f"session={self.token}", *cookies]), "Content-Type": "application/x-www-form-urlencoded"}
        return headers, {"csrf_token": found.group(1), "question": self.question, "save": "1"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, limit_requests=False, workers=2)


def make_writer(runtime: Runtime, organisation_id: str) -> Writer:
    now = utc_now()
    with runtime.database.transaction(organisation_id) as session:
        person = make_person(session, organisation_id)
        token = open_session(session, person, now=now).token
        who = Identity(person_id=person.id, organisation_id=organisation_id)
        sitting = attempt.start(session, runtime.shelf, who, COURSE, "final", language="en", seed=random.Random(7).getrandbits(60), now=now)
        found = (sitting.quiz.question(one.question_id) for one in sitting.drawn)
        question = next(one for one in found if isinstance(one, SingleChoice))
        module = sitting.published.places["final"][0].id
        href = f"/en/courses/{COURSE}/{module}/final/attempt/{sitting.row.id}/"
        return Writer(token, sitting.row.id, href, question.id, [choice.id for choice in question.choices])


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The product served in a session of its own, so that parent and workers can be killed at one stroke."""
    port = free_port()
    environment = dict(os.environ)  # noqa: TID251 - handed on to the server
    for one in fields(settings):
        value = getattr(settings, one.name)
        environment[PREFIX + one.name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
    command = [str(Path(sys.executable).with_name("elearn")), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            wait_for(port)
            yield process, port
        finally:
            kill_all(process)


def kill_all(process: subprocess.Popen[bytes]) -> None:
    """End the parent and its workers with a signal they cannot catch; their group is theirs alone."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def wait_for(port: int) -> None:
    ends = time.monotonic() + 120
    while time.monotonic() < ends:
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    pytest.fail("the server did not start")


def killed_round(settings: Settings, writers: list[Writer], moment: float) -> None:
    with serving(settings) as (process, port):
        go = threading.Barrier(len(writers) + 1)
        threads = [threading.Thread(target=writer.save, args=(port, go)) for writer in writers]
        for thread in threads:
            thread.start()
        go.wait()
        time.sleep(moment)
        kill_all(process)
        for thread in threads:
            thread.join()


def check(runtime: Runtime, organisation_id: str, writers: list[Writer]) -> None:
    """All that was acknowledged is there in its order, at most one answer more, and the file is whole."""
    with runtime.database.read(organisation_id) as session:
        for writer in writers:
            stored = [step.response["value"] for step in list_steps(session, writer.attempt_id) if step.response]
            values = [value[0] if isinstance(value, list) else value for value in stored]
            assert values[: len(writer.acknowledged)] == writer.acknowledged
            assert len(values) <= len(writer.acknowledged) + 1
    with runtime.database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    runtime.database.dispose()


@pytest.mark.slow
@pytest.mark.timeout(TIMEOUT)
@pytest.mark.skipif(bool(SERVER), reason="PostgreSQL's own processes are not killed here")
def test_no_acknowledged_answer_is_lost_when_the_server_is_killed(runtime: Runtime, organisation_id: str, settings: Settings) -> None:
    with runtime.database.transaction() as session:
        publish(session, Source.from_folder(ROOT / "courses" / COURSE), now=utc_now())
    rng, acknowledged = random.Random(1), 0
    for _ in range(ROUNDS):
        writers = [make_writer(runtime, organisation_id) for _ in range(WRITERS)]
        runtime.database.dispose()
        killed_round(settings, writers, rng.uniform(0.3, 1.2))
        check(runtime, organisation_id, writers)
        acknowledged += sum(len(writer.acknowledged) for writer in writers)
    assert acknowledged > 0, "the server was always killed before it saved anything"
