"""A scratch installation: the shipped course published, people and their learning as direct rows."""

import re
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, insert

from bench.load import Ask
from elearn.access.identity import Identity
from elearn.actions import attempt
from elearn.actions.handle import fold
from elearn.actions.passphrase import make_hash
from elearn.actions.session import current, open_session
from elearn.actions.shelf import Published
from elearn.cli.demo import publish_shipped
from elearn.config import Settings
from elearn.course.model import Course, QuizPage
from elearn.quiz.model import SingleChoice
from elearn.runtime import Runtime, make_keys, utc_now
from elearn.store import migrate
from elearn.store.attempts import AttemptRow, AttemptStepRow
from elearn.store.base import hour, new_id
from elearn.store.engine import Database
from elearn.store.enrolments import EnrolmentRow
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressFactRow, ProgressSummaryRow
from elearn.store.tenancy import everyone

COURSE = "rights-and-obligations"
_BATCH = 5_000
_STEPS = 4


@dataclass(frozen=True, slots=True)
class Site:
    """An installation with one organisation."""

    runtime: Runtime
    organisation_id: str

    @property
    def published(self) -> Published:
        """The shipped course."""
        with self.runtime.database.read() as session:
            return self.runtime.shelf.course(session, COURSE, now=utc_now())

    def quiz_page(self) -> tuple[str, str]:
        """Module and page of the final test."""
        return next((m.id, p.id) for m, p in self.published.course.pages() if isinstance(p, QuizPage) and p.quiz.form == "test")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody signed in, with an attempt at the final test under way."""

    cookie: str
    attempt_href: str
    question: str
    choices: tuple[str, ...]


def make_site(folder: Path) -> Site:
    """Make the installation, as `elearn init` and `elearn course publish` would."""
    settings = Settings(data=folder / "data", keys=folder / "keys")
    settings.data.mkdir(parents=True)
    keys = make_keys(settings.keys, data=settings.data)
    runtime = Runtime(settings=settings, database=Database(settings.database), clock=utc_now, keys=keys)
    migrate.upgrade(runtime.database)
    publish_shipped(runtime)
    with runtime.database.transaction() as session, everyone(session):
        row = OrganisationRow(id=new_id(), slug="bench", name="Bench", open_join=True, settings={})
        session.add(row)
        session.flush()
        return Site(runtime, row.id)


def add_people(site: Site, count: int) -> None:
    """Add people who took the course: summary, facts, and an attempt with its steps each."""
    release, now = site.published.release_id, utc_now()
    _, page = site.quiz_page()
    with site.runtime.database.whole.begin() as connection:
        for start in range(0, count, _BATCH):
            ids = [new_id() for _ in range(min(_BATCH, count - start))]
            _add_batch(connection, ids, {"organisation_id": site.organisation_id, "course_id": COURSE, "release_id": release}, page, now)


def _add_batch(connection: Connection, ids: list[str], same: dict[str, Any], page: str, now: Any) -> None:  # noqa: ANN401 - a time
    course = {name: same[name] for name in ("organisation_id", "course_id")}
    tried = [(new_id(), person) for person in ids]
    rows: list[tuple[type[Any], list[dict[str, Any]]]] = [
        (PersonRow, [_person(person, same["organisation_id"], now) for person in ids]),
        (EnrolmentRow, [{"id": new_id(), "person_id": person, "state": "active", "created_on": now.date(), **course} for person in ids]),
        (ProgressSummaryRow, [_summary(person, same, page, now) for person in ids]),
        (ProgressFactRow, [_fact(person, kind, same, page, now) for person in ids for kind in ("opened", "attempted")]),
        (AttemptRow, [_attempt(one, person, same, page, now) for one, person in tried]),
        (AttemptStepRow, [_step(one, number, same["organisation_id"], now) for one, _ in tried for number in range(1, _STEPS + 1)]),
    ]
    for table, values in rows:
        connection.execute(insert(table), values)


def _person(person: str, organisation_id: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a time
    fixed = {"passphrase_hash": "", "role": "learner", "language": "en", "other_languages": [], "country": "", "state": "active"}
    names = {"handle": person, "handle_key": person, "pseudonym": person}
    return {"id": person, "organisation_id": organisation_id, **names, **fixed, "created_on": now.date(), "erase_on": None}


def _summary(person: str, same: dict[str, Any], page: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a time
    return {**same, "person_id": person, "done": [page], "percent": 40, "last_page": page, "complete_at": hour(now), "rule": {}}


def _fact(person: str, kind: str, same: dict[str, Any], page: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a time
    return {**same, "person_id": person, "kind": kind, "page_id": page, "ref": "", "fraction_e4": None, "hour": hour(now)}


def _attempt(one: str, person: str, same: dict[str, Any], page: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a time
    outcome = {
        "state": "submitted",
        "submitted_at": hour(now),
        "fraction_e4": 8000,
        "passed": True,
        "started_at": hour(now),
        "ends_at": None,
    }
    fixed = {"number": 1, "form": "test", "seed": 1, "language": "en", "drawn": {"questions": []}}
    return {**same, **outcome, **fixed, "id": one, "person_id": person, "page_id": page}


def _step(one: str, number: int, organisation_id: str, now: Any) -> dict[str, Any]:  # noqa: ANN401 - a time
    given = {"kind": "answer", "question_id": f"q{number}", "response": {"kind": "single", "value": "a"}, "language": "en"}
    return {"organisation_id": organisation_id, "attempt_id": one, "number": number, **given, "at": hour(now), "one_time_key": None}


def make_reader(site: Site, *, begin: bool = True) -> Reader:
    """Add a person, sign her in and, if asked, begin the final test for her."""
    module, page = site.quiz_page()
    now, course = utc_now(), site.published.course
    person = new_id()
    with site.runtime.database.transaction(site.organisation_id) as session:
        row = PersonRow(**_person(person, site.organisation_id, now))
        session.add(row)
        session.flush()
        token = open_session(session, row, now=now).token
        if not begin:
            return Reader(f"session={token}; lang=en", "", "", ())
        who = Identity(person_id=person, organisation_id=site.organisation_id)
        seed = secrets.randbits(60)
        sitting = attempt.start(session, site.runtime.shelf, who, COURSE, page, language="en", seed=seed, now=now - timedelta(seconds=1))
    single = next(q for d in sitting.drawn if isinstance(q := sitting.quiz.question(d.question_id), SingleChoice))
    address = f"/en/courses/{course.id}/{module}/{page}/attempt/{sitting.row.id}/"
    return Reader(f"session={token}; lang=en", address, single.id, tuple(choice.id for choice in single.choices))


def practise(site: Site, reader: Reader, page: str) -> None:
    """Answer every question of a lesson's practice that has choices, for a reader, as her clicks would."""
    quiz, now = site.published.quiz(page), utc_now()
    with site.runtime.database.transaction() as session:
        found = current(session, reader.cookie.partition(";")[0].partition("=")[2], now=now)
        if found is None:
            message = "the reader of the bench is not signed in"
            raise RuntimeError(message)
        who = Identity(person_id=found.person_id, organisation_id=found.organisation_id)
        sitting = attempt.start(session, site.runtime.shelf, who, COURSE, page, language="en", seed=1, now=now)
        for question in quiz.questions():
            if isinstance(question, SingleChoice):
                fields = {"choice": [question.choices[0].id]}
                attempt.answer(session, site.runtime.shelf, who, sitting.row.id, question.id, fields, language="en", key="", now=now)


def make_owner(site: Site) -> tuple[str, str, str]:
    """Add a person with a passphrase and a browser of her own: handle, passphrase, token of the browser."""
    now, passphrase = utc_now(), secrets.token_hex(12)
    values = _person(new_id(), site.organisation_id, now) | {"passphrase_hash": make_hash(passphrase)}
    values["handle_key"] = fold(values["handle"])
    with site.runtime.database.transaction(site.organisation_id) as session:
        row = PersonRow(**values)
        session.add(row)
        session.flush()
        return row.handle, passphrase, open_session(session, row, now=now, trust=True).device


def returning(reader: Reader, port: int) -> Reader:
    """The reader with the cookies that her first page gives her, as any page after signing in finds them."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/en/courses/", headers={"Cookie": reader.cookie})
    response = connection.getresponse()
    response.read()
    cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return replace(reader, cookie="; ".join([reader.cookie, *cookies]))


def saves(reader: Reader, port: int, count: int) -> list[Ask]:
    """Answers of a reader to one question, each another than the one before, as the script of the page sends them."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", reader.attempt_href, headers={"Cookie": reader.cookie})
    response = connection.getresponse()
    found = re.search(r'name="csrf_token" value="([^"]+)"', response.read().decode())
    cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    if found is None:
        message = f"no form at {reader.attempt_href}: {response.status}"
        raise RuntimeError(message)
    headers = {
        "Accept": "application/json",
        "Accept-Encoding": "gzip, deflate, br, zstd",
        "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
        "Cookie": "; ".join([reader.cookie, *cookies]),
        "Origin": f"http://127.0.0.1:{port}",
        "Sec-Fetch-Site": "same-origin",
    }
    same = {"csrf_token": found.group(1), "question": reader.question, f"{reader.question}:was": "", "save": "1"}
    return [
        Ask(
            f"{reader.attempt_href}answer",
            "POST",
            headers,
            urlencode(same | {"key": secrets.token_urlsafe(16), f"{reader.question}:choice": reader.choices[number % 2]}),
        )
        for number in range(count)
    ]


def lessons(course: Course) -> list[tuple[str, str]]:
    """Module and page of every lesson."""
    return [(module.id, page.id) for module, page in course.pages() if not isinstance(page, QuizPage)]
