"""What saving one answer of a test needs to know, in one statement, and the step it adds. Rows and queries only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, exists, func, insert, select
from sqlalchemy.orm import Session, aliased

from elearn.errors import NotFound
from elearn.store.attempts import AttemptRow, AttemptStepRow
from elearn.store.base import JsonObject
from elearn.store.prepared import Prepared
from elearn.store.row_security import driver_of
from elearn.store.tenancy import BOUND


@dataclass(frozen=True, slots=True)
class Answering:
    """An attempt before one more answer: `last_number` of its steps, the `latest` answer to the question, whether the form was `seen`."""

    person_id: str
    course_id: str
    page_id: str
    release_id: int
    form: str
    state: str
    ends_at: datetime | None
    drawn: JsonObject
    last_number: int | None
    latest: JsonObject | None
    seen: bool


_ATTEMPT: Final = AttemptRow.__table__.c
_STEP: Final = AttemptStepRow.__table__.c
_EARLIER: Final = aliased(AttemptStepRow.__table__, name="earlier")
_ANSWERING: Final = Prepared(
    select(
        *(_ATTEMPT[name] for name in ("person_id", "course_id", "page_id", "release_id", "form", "state", "ends_at", "drawn")),
        select(func.max(_STEP.number)).where(_STEP.attempt_id == _ATTEMPT.id).scalar_subquery().label("last_number"),
        select(_EARLIER.c.response)
        .where(_EARLIER.c.attempt_id == _ATTEMPT.id, _EARLIER.c.question_id == bindparam("question_id"))
        .order_by(_EARLIER.c.number.desc())
        .limit(1)
        .scalar_subquery()
        .label("latest"),
        exists().where(_STEP.one_time_key == bindparam("key")).label("seen"),
    )
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.organisation_id == bindparam("organisation_id"))
    .with_for_update(of=AttemptRow.__table__)
)
_LOCK: Final = (
    select(_ATTEMPT.id)
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.organisation_id == bindparam("organisation_id"))
    .with_for_update()
    .execution_options(**BOUND)
)
_NAMES: Final = ("organisation_id", "attempt_id", "number", "kind", "question_id", "response", "language", "at", "one_time_key")
_ADD: Final = Prepared(insert(AttemptStepRow.__table__).values({name: bindparam(name, type_=_STEP[name].type) for name in _NAMES}).inline())  # type: ignore[arg-type]


def get_answering(session: Session, attempt_id: str, question_id: str, *, key: str, organisation_id: str) -> Answering:
    """The attempt as it stands, locked for a next step where the database can; NotFound."""
    if session.get_bind().dialect.name == "postgresql":
        # What a statement reads beside the row it waits for is as old as its beginning: so wait first, then look.
        session.connection().execute(_LOCK, {"attempt_id": attempt_id, "organisation_id": organisation_id})
    given = {"attempt_id": attempt_id, "question_id": question_id, "key": key, "organisation_id": organisation_id}
    rows = _ANSWERING.rows(driver_of(session), given)
    if not rows:
        raise NotFound("no-attempt")
    return Answering(*rows[0])


def add_step(session: Session, values: dict[str, object]) -> None:
    """Add one step, given by the names of its columns; the organisation must be the one of `get_answering`."""
    _ADD.run(driver_of(session), values)
