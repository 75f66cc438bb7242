"""When somebody learned is kept to the hour, whatever she does and however the tables grow (safety requirement 38)."""

import random
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import certify, study
from elearn.credential import keys
from elearn.store.base import UtcTime
from elearn.store.rows import METADATA
from tests.actions import trial
from tests.actions.trial import Desk, identity
from tests.credential.texts_sample import SAMPLE
from tests.factories import make_person

SIGNER: Final = certify.Signer(keys.signing_key(b"\x07" * 32), "Qadam", "https://learn.example", random.Random(3).randbytes)
#: What times tell of learning; everything in these is kept to the hour.
LEARNING: Final = {
    *("attempt.started_at", "attempt.ends_at", "attempt.submitted_at", "attempt_step.at", "progress_fact.hour"),
    *("progress_summary.complete_at", "credential.issued_at", "credential_print.hour"),
}
#: Times that tell something else, and why they must be finer or may be.
OTHER: Final = {
    "approval.asked_at": "a request runs out after three days, to the minute",
    "approval.ends_at": "as above",
    "audit_checkpoint.hour": "of the record, not of a person",
    "audit_entry.hour": "to the hour as well, under an opaque mark",
    "credential.ends_at": "the last moment of a day, the same for all that were issued on the same day",
    "invite.ends_at": "of a code that names nobody",
    "job.due_at": "the next full hour; when a try failed, the time of the worker, not of a person",
    "job.leased_until": "as above, while a worker is at it",
    "job.rests_until": "a full hour",
    "one_time_key.at": "a form counts once; swept after a day",
    "release.created_at": "of a course",
    "sign_in_counter.last_at": "tries are counted by the second; swept after a day",
    "sign_in_counter.wait_until": "as above",
    "sign_in_step.ends_at": "a sign-in half done is over after ten minutes",
    "trusted_device.ends_at": "180 days after the last sign-in",
    "web_session.created_at": "a session dies to the minute; the row is gone within 12 hours",
    "web_session.ends_at": "as above",
    "web_session.fresh_at": "as above",
    "web_session.seen_at": "as above, in steps of five minutes",
}
#: While a test with a time limit is open it must be known when it ends.
OPEN_TEST: Final = {"attempt.started_at", "attempt.ends_at"}


def test_every_time_in_the_schema_is_one_or_the_other() -> None:
    times = {f"{table.name}.{column.name}" for table in METADATA.tables.values() for column in table.c if isinstance(column.type, UtcTime)}
    assert times == LEARNING | OTHER.keys(), "say whether a new time tells of learning (then it is kept to the hour) or of what else"


def finer(session: Session) -> set[str]:
    """The columns of learning that hold a time finer than the hour."""
    session.flush()
    found = set()
    for name in LEARNING:
        table, column = name.split(".")
        times = session.connection().execute(sa.select(METADATA.tables[table].c[column])).scalars()
        found |= {name for time in times if time is not None and (time.minute, time.second, time.microsecond) != (0, 0, 0)}
    return found


def filled(session: Session) -> set[str]:
    """The columns of learning that hold a time at all."""
    return {
        name
        for name in LEARNING
        if session.connection().scalar(sa.select(sa.func.count(METADATA.tables[name.split(".")[0]].c[name.split(".")[1]])))
    }


@pytest.fixture
def admin(desk: Desk, organisation_id: str) -> Identity:
    return identity(make_person(desk.session, organisation_id, role="admin"))


def test_all_that_a_learner_does_is_kept_to_the_hour(desk: Desk, admin: Identity) -> None:
    assert desk.now.minute
    session, published = desk.session, desk.shelf.course(desk.session, "trial", now=desk.now)
    study.opened(session, desk.who, published, "hello", now=desk.now)
    desk.answer(desk.start("hello"), "hinted", choice="child")
    study.read(session, desk.who, published, "hello", now=desk.now)
    desk.answer(desk.start("before"), "known", choice="this")
    assert finer(session) == set()
    sitting = desk.start("final")
    assert finer(session) == OPEN_TEST
    desk.submit(sitting)
    assert finer(session) == set()
    desk.take()
    serial = trial.issue(session, desk.shelf, admin, desk.who.person_id, "trial", signer=SIGNER, now=desk.now)
    wording = certify.Wording(SAMPLE, lambda day, language: f"{day:%d.%m.%Y} {language}", lambda percent, language: f"{percent} {language}")
    draft = certify.draft_print(session, desk.who, serial, ("en",), typed_name="Anna", wording=wording, signer=SIGNER, now=desk.now)
    certify.keep_print(session, desk.who, draft, now=desk.now)
    assert finer(session) == set()
    assert filled(session) == LEARNING - {"attempt.ends_at"}
