"""Backups taken while people answer and join: each restores whole, with every answer that was acknowledged before it began."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions.backup import Backup, back_up
from elearn.actions.restore import Order
from elearn.actions.shelf import Shelf
from elearn.store import audit
from elearn.store.attempts import list_steps
from elearn.store.engine import Database
from tests.actions import trial
from tests.actions.safekeeping import Keyring, make_plan, restored
from tests.actions.trial import Desk
from tests.conftest import StandingClock
from tests.servers import SERVER

#: PostgreSQL needs five seconds a round (a database made, filled and dropped): there twenty are for before a release.
ROUNDS = int(os.environ.get("ELEARN_RESTORE_ROUNDS", "5" if SERVER else "20"))  # noqa: TID251 - the tests' own switch
WRITERS = 3
CHOICES = ("good", "bad", "worse")


@dataclass
class Writer:
    """A learner who changes her answer again and again; `acknowledged` counts what was committed."""

    database: Database
    shelf: Shelf
    who: Identity
    attempt_id: str
    clock: StandingClock
    acknowledged: int = 0
    failed: list[BaseException] = field(default_factory=list)

    def write(self, stop: threading.Event) -> None:
        """Answer until it is enough."""
        try:
            while not stop.wait(0.001):  # SQLite lets others in by chance: nobody may hold it without a pause
                with self.database.transaction(self.who.organisation_id) as session:
                    desk = Desk(session, self.shelf, self.who, self.clock.now)
                    desk.answer(
                        desk.start(), "must", choice=CHOICES[self.acknowledged % 3], key=f"{self.attempt_id}-{self.acknowledged:012d}"
                    )
                self.acknowledged += 1
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.failed.append(error)


@contextmanager
def people_at_work(database: Database, organisation_id: str, clock: StandingClock) -> Iterator[list[Writer]]:
    """Learners who answer, and others who join and begin in one transaction, until the block ends."""
    stop, shelf = threading.Event(), Shelf()
    writers, failed = [], []
    for _ in range(WRITERS):
        with database.transaction(organisation_id) as session:
            who, attempt_id = newcomer(session, shelf, organisation_id, clock)
        writers.append(Writer(database, shelf, who, attempt_id, clock))

    def join() -> None:
        try:
            while not stop.wait(0.01):
                with database.transaction(organisation_id) as session:
                    newcomer(session, shelf, organisation_id, clock)
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    threads = [threading.Thread(target=writer.write, args=(stop,)) for writer in writers] + [threading.Thread(target=join)]
    for thread in threads:
        thread.start()
    try:
        yield writers
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert [*failed, *(error for writer in writers for error in writer.failed)] == []


def newcomer(session: Session, shelf: Shelf, organisation_id: str, clock: StandingClock) -> tuple[Identity, str]:
    """Somebody new with an attempt begun and an entry in the record: rows in six tables that belong together."""
    who = trial.learner(session, organisation_id)
    attempt_id = Desk(session, shelf, who, clock.now).start().row.id
    mark = audit.mark(session, who.person_id, organisation_id=organisation_id)
    audit.record(session, "person.joined", organisation_id=organisation_id, actor=mark, about=mark, now=clock.now)
    return who, attempt_id


def belongs_together(database: Database) -> None:
    """Each person has her one attempt, her enrolment, her key and her entry; the record is whole; no step is missing."""
    with database.whole.connect() as connection:
        counts = [
            connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one() for table in ("person", "enrolment", "audit_key")
        ]
        attempts = connection.execute(sa.text("SELECT count(*), count(DISTINCT person_id) FROM attempt")).one()
        joined = connection.execute(sa.text("SELECT count(*) FROM audit_entry WHERE verb = 'person.joined'")).scalar_one()
    assert {*counts, *attempts, joined} == {counts[0]}
    with database.read() as session:
        assert audit.find_break(session) is None


def one_round(database: Database, folder: Path, ring: Keyring, clock: StandingClock, writers: list[Writer]) -> tuple[Backup, int]:
    """Back up under load and restore; how many answers the backup holds."""
    before = [writer.acknowledged for writer in writers]
    made = back_up(database, make_plan(folder, ring), now=clock.now)
    after = [writer.acknowledged for writer in writers]
    held = 0
    with restored(Order(file=made.file, identity=ring.second, into=folder / made.file.stem), clock) as (verdict, again):
        assert verdict.broken_at is None
        belongs_together(again)
        with again.read(writers[0].who.organisation_id) as session:
            for writer, least, most in zip(writers, before, after, strict=True):
                steps = list_steps(session, writer.attempt_id, limit=100_000)
                given = [(step.response or {}).get("value") for step in steps if step.kind == "answer"]
                assert [step.number for step in steps] == list(range(1, len(steps) + 1))
                assert given == [CHOICES[number % 3] for number in range(len(given))]
                assert least <= len(given) <= most + 1
                held += len(given)
    return made, held


@pytest.mark.timeout(300)
def test_all_backups_under_load_restore(database: Database, organisation_id: str, clock: StandingClock, tmp_path: Path) -> None:
    ring, whole, held = Keyring(), 0, []
    with database.transaction(organisation_id) as session:
        trial.release(session, Shelf(), clock.now)
    with people_at_work(database, organisation_id, clock) as writers:
        for _ in range(ROUNDS):
            held.append(one_round(database, tmp_path, ring, clock, writers)[1])
            whole += 1
    assert whole == ROUNDS
    assert held == sorted(held)
    assert held[-1] > held[0], "nobody wrote anything meanwhile"
