"""Two organisations side by side, with a row in every table and a word of its own in every text, and the nine who ask."""

import hashlib
import random
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from elearn.access.identity import Identity, Role
from elearn.actions import approval, contact
from elearn.actions import attempt as attempts
from elearn.actions import invite as invites
from elearn.actions.publish import publish
from elearn.actions.session import open_session
from elearn.config import Settings
from elearn.course.source import Source
from elearn.credential import serial as serials
from elearn.quiz.model import OpenAnswer, ShortText
from elearn.runtime import Runtime, make_keys
from elearn.store import audit
from elearn.store.credentials import CredentialPrintRow
from elearn.store.engine import Database, sqlite_module
from elearn.store.factors import SecondFactorRow
from elearn.store.people import PersonRow, RecoveryCodeRow
from elearn.store.releases import get_release
from elearn.store.rows import METADATA
from elearn.store.sessions import TrustedDeviceRow
from elearn.store.tenancy import everyone
from elearn.web import auth
from elearn.web.app import create_app
from tests.factories import NOW, make_cohort, make_fact, make_organisation, make_person, make_signed_in, make_traces
from tests.servers import SERVER, seen_as
from tests.web.conftest import COURSES
from tests.web.teaching import certificate, complete

VISITOR: Final = "visitor"
OPERATOR: Final = "operator"
#: The nine who ask: whose things are asked for is organisation a, so those of b are strangers to them.
A: Final = ("learner-a", "trainer-a", "translator-a", "admin-a")
B: Final = ("learner-b", "trainer-b", "admin-b")
NINE: Final = (VISITOR, *A, *B, OPERATOR)
#: A word that stands in every free text of an organisation, and nowhere else.
CANARY: Final = {"a": "kanarekalpha", "b": "kanarekbravo"}
COURSE: Final = "every-kind"


@dataclass
class Side:
    """One organisation: the ids of its people by role, and of one thing of every sort, by the names that addresses give them."""

    name: str
    organisation_id: str
    people: dict[str, str]
    things: dict[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> tuple[str, ...]:
        """Everything of this side that an address or a form could name."""
        return tuple(dict.fromkeys((self.organisation_id, *self.people.values(), *self.things.values())))


@dataclass
class World:
    """The application over the two organisations; `cookies` by who asks."""

    runtime: Runtime
    app: Flask
    a: Side
    b: Side
    cookies: dict[str, str]
    tokens: dict[str, str]
    restore: Callable[[], None]

    def ask(self, who: str, method: str, address: str, form: dict[str, Any] | None = None) -> TestResponse:
        """Send one request as one of the nine, with a form token where the method needs one."""
        client: FlaskClient = self.app.test_client(use_cookies=False)
        sent = {"csrf_token": self.tokens[who], **(form or {})} if method == "POST" else None
        return client.open(address, method=method, data=sent, headers={"Cookie": self.cookies[who]})

    def digest(self, organisation_id: str = "") -> dict[str, str]:
        """Give a fingerprint of every table, of the rows of one organisation if given."""
        with self.runtime.database.whole.connect() as connection:
            return {table.name: _digest(connection, table, organisation_id) for table in METADATA.sorted_tables}


def _digest(connection: sa.Connection, table: sa.Table, organisation_id: str) -> str:
    wanted = table.select()
    if organisation_id:
        names = [name for name in ("organisation_id", "organisation") if name in table.c]
        if table.name == "organisation":
            names = ["id"]
        if not names:
            return ""
        wanted = wanted.where(table.c[names[0]] == organisation_id)
    rows = sorted(repr(tuple(row)) for row in connection.execute(wanted))
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def make_world(runtime: Runtime, app: Flask) -> World:
    """Fill an empty database and come back to that state whenever asked."""
    with runtime.database.transaction() as session, everyone(session):
        for folder in ("minimal", "every_kind"):
            publish(session, Source.from_folder(COURSES / folder), now=NOW)
        a, b = _organisation(session, "a"), _organisation(session, "b")
        house = make_organisation(session, "house", open_join=False)
        operator = make_person(session, house.id, "operator-house", role="operator").id
    for side in (a, b):
        _learn(runtime, side)
        _keep_office(runtime, side)
    people = {f"{role}-{side.name}": person for side in (a, b) for role, person in side.people.items()} | {OPERATOR: operator}
    world = World(runtime, app, a, b, {VISITOR: ""}, {}, lambda: None)
    for who in NINE:
        _enter(world, who, people.get(who, ""))
    world.restore = _restorer(runtime)
    return world


def _organisation(session: Session, name: str) -> Side:
    word = CANARY[name]
    organisation = make_organisation(session, f"partner-{name}", open_join=False)  # its name stands on certificates
    organisation.settings = {"keep_names": True, "keep_emails": True}
    people = {
        role: make_person(session, organisation.id, f"{word}-{role}", role={"quiet": "learner", "deputy": "admin"}.get(role, role)).id
        for role in ("learner", "trainer", "translator", "admin", "deputy", "quiet")
    }
    return Side(name, organisation.id, people)


def _learn(runtime: Runtime, side: Side) -> None:
    """Give the learner a certificate and attempts, open and handed in, with her own words in them; let another wait for a certificate."""
    word, learner = CANARY[side.name], side.people["learner"]
    who = Identity(learner, side.organisation_id, frozenset({Role.LEARNER}))
    with runtime.database.transaction(side.organisation_id) as session:
        person = session.scalars(sa.select(PersonRow).where(PersonRow.id == learner)).one()
        release = runtime.shelf.course(session, COURSE, now=NOW).release_id
        quiet = session.scalars(sa.select(PersonRow).where(PersonRow.id == side.people["quiet"])).one()
    side.things["serial"] = certificate(runtime, person, release)
    complete(runtime, quiet, release)
    with runtime.database.transaction(side.organisation_id) as session:
        for name, page in (("attempt_id", "final"), ("closed_attempt_id", "before")):
            sitting = attempts.start(session, runtime.shelf, who, COURSE, page, language="en", seed=7, now=NOW)
            side.things[name] = sitting.row.id
            _answer(session, runtime, who, sitting, word)
        attempts.submit(session, runtime.shelf, who, side.things["closed_attempt_id"], language="en", now=NOW)
        fact = make_fact(session, person, get_release(session, release))
        fact.ref = word
        session.add(
            CredentialPrintRow(organisation_id=side.organisation_id, credential_id=side.things["serial"], commitment=word, hour=fact.hour)
        )


def _answer(session: Session, runtime: Runtime, who: Identity, sitting: attempts.Sitting, word: str) -> None:
    for drawn in sitting.drawn:
        question = sitting.quiz.question(drawn.question_id)
        if isinstance(question, (OpenAnswer, ShortText)):
            fields = {"text": f"{word} in my own words"}
            attempts.answer(session, runtime.shelf, who, sitting.row.id, question.id, fields, language="en", key=word, now=NOW)


def _keep_office(runtime: Runtime, side: Side) -> None:
    """Give the organisation a cohort, invites, a request that waits, and somebody with every trace of a careful account."""
    word, organisation_id, things = CANARY[side.name], side.organisation_id, side.things
    with runtime.database.transaction(organisation_id) as session:
        people = {row.id: row for row in session.scalars(sa.select(PersonRow))}
        learner, trainer, quiet = (people[side.people[role]] for role in ("learner", "trainer", "quiet"))
        things["cohort_id"] = make_cohort(session, organisation_id, learner, trainer=trainer, name=f"{word} cohort").id
        make_traces(session, quiet)
        session.scalars(sa.select(SecondFactorRow)).one().confirmed_on = NOW.date()
        signed_in = make_signed_in(people[side.people["admin"]])
        invites.invite(session, signed_in, role="learner", now=NOW)
        session.add(TrustedDeviceRow(token_hash=f"{word}-device", organisation_id=organisation_id, person_id=quiet.id, ends_at=NOW))
        code = {"person_id": quiet.id, "organisation_id": organisation_id, "purpose": "passphrase", "used_on": None, "ends_on": None}
        session.add(RecoveryCodeRow(**code, salt=b"salt", code_hash=word.encode()))
        audit.mark(session, learner.id, organisation_id=organisation_id)
        contact.keep(
            session,
            make_signed_in(learner),
            contact.Contact(f"{word} person", f"{word}@example.org"),
            agreed=True,
            seals=contact.Seals(runtime.keys.seal, runtime.keys.index),
            now=NOW,
        )
        _ask(session, side)
        _plant(session, word, organisation_id)
    with runtime.database.whole.connect() as connection:
        for table in ("invite", "passkey", "enrolment", "recovery_code", "credential_print", "account_notice"):
            rows = METADATA.tables[table]
            found = connection.scalar(sa.select(rows.c.id).where(rows.c.organisation_id == organisation_id))
            things[f"{table}_id"] = str(found)
        sheet = METADATA.tables["invite"].c.sheet
        things["sheet_id"] = str(connection.scalar(sa.select(sheet).where(sheet.table.c.id == things["invite_id"]))) or things["invite_id"]
    things["slug"] = f"partner-{side.name}"
    things["person_id"], things["quiet_id"] = side.people["learner"], side.people["quiet"]


def _ask(session: Session, side: Side) -> None:
    """Let the deputy ask for a deed that waits for another admin, and agree to a file that the admin may take."""
    admin, deputy = (Identity(side.people[role], side.organisation_id, frozenset({Role.ADMIN})) for role in ("admin", "deputy"))
    side.things["approval_id"] = approval.ask_to_remove_factor(session, deputy, side.people["quiet"], now=NOW)
    side.things["export_id"] = approval.ask_to_export(session, admin, names=True, now=NOW)
    nothing: Any = None  # a file needs neither releases nor a signer to be agreed to
    approval.agree(session, deputy, side.things["export_id"], means=nothing, now=NOW)


#: Texts of rows that the deeds above do not let anybody choose: the word of the organisation is put there by hand.
PLANTED: Final = {
    "cohort_member": (),
    "passkey": ("label",),
    "web_session": ("label",),
    "progress_summary": ("last_page",),
}


def _plant(session: Session, word: str, organisation_id: str) -> None:
    for name, columns in PLANTED.items():
        table = METADATA.tables[name]
        own = table.c.organisation_id == organisation_id
        for column in columns:
            session.connection().execute(sa.update(table).where(own).values({column: f"{word} text"}))


def _enter(world: World, who: str, person_id: str) -> None:
    """Sign somebody in with a second factor, and take the form token of her browser from a page."""
    runtime, cookie = world.runtime, ""
    with world.app.app_context():
        name = auth.cookie_name()
    if person_id:
        with runtime.database.transaction() as session, everyone(session):
            person = session.scalars(sa.select(PersonRow).where(PersonRow.id == person_id)).one()
            word = next((word for word in CANARY.values() if person.handle.startswith(word)), "house")
            opened = open_session(session, person, now=runtime.clock(), label=f"{word} desk", factored=True)
        cookie = f"{name}={opened.token}"
    client = world.app.test_client(use_cookies=False)
    response = client.get("/en/safety", headers={"Cookie": cookie})
    form = next(one for one in response.headers.getlist("Set-Cookie") if "form=" in one).partition(";")[0]
    world.cookies[who] = f"{cookie}; {form}; lang=en" if cookie else f"{form}; lang=en"
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', response.get_data(as_text=True))
    assert found is not None
    world.tokens[who] = found[1]


def missing(name: str, chance: random.Random) -> str:
    """Give an id as good as any of its sort, of nothing there is."""
    return serials.make(chance.randbytes(serials.RANDOM_BYTES)) if name == "serial" else chance.randbytes(16).hex()


def _restorer(runtime: Runtime) -> Callable[[], None]:
    """Keep the database as it is now; what comes back brings it to that state again."""
    return _restorer_on_server(runtime) if SERVER else _restorer_of_file(runtime)


def _restorer_of_file(runtime: Runtime) -> Callable[[], None]:
    driver, file = sqlite_module(), runtime.database.engine.url.database
    kept = driver.connect(":memory:")

    def copy(*, back: bool) -> None:
        with closing(driver.connect(file)) as live:
            source, target = (kept, live) if back else (live, kept)
            source.backup(target)

    copy(back=False)
    return lambda: copy(back=True)


def _restorer_on_server(runtime: Runtime) -> Callable[[], None]:
    tables = METADATA.sorted_tables
    with runtime.database.whole.connect() as connection:
        rows = {table: [dict(row) for row in connection.execute(table.select()).mappings()] for table in tables}
    url = seen_as(runtime.database.engine.url.render_as_string(hide_password=False), "")

    def restore() -> None:
        server = sa.create_engine(url)
        with server.begin() as connection:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))  # tables point at each other in a circle
            connection.execute(sa.text(f"TRUNCATE {', '.join(METADATA.tables)} CASCADE"))
            for table in tables:
                if rows[table]:
                    connection.execute(table.insert(), rows[table])
        server.dispose()

    return restore


@contextmanager
def world_at(url: str, folder: Path) -> Iterator[World]:
    """Make the world in an empty database at a URL, or in a copy of an empty file, for the length of a block."""
    if not SERVER:
        shutil.copy(url, folder / "elearn.sqlite3")
        url = f"sqlite:///{folder / 'elearn.sqlite3'}"
    settings = Settings(data=folder / "data", keys=folder / "keys", database_url=url, limit_requests=False)
    settings.data.mkdir()
    keys = make_keys(settings.keys, data=settings.data)
    database = Database(url)
    runtime = Runtime(settings=settings, database=database, clock=lambda: NOW, keys=keys, chance=random.Random(7))
    app = create_app(runtime)
    app.testing = True
    del app.error_handler_spec[None][None][Exception]  # what would be a page about a fault of ours fails the test instead
    yield make_world(runtime, app)
    database.dispose()
