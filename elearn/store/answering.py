"""What saving one answer of a test needs to know, in one statement, and the step it adds. Rows and queries only."""

from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Text, bindparam, cast, func, insert, select
from sqlalchemy.orm import aliased

from elearn.errors import NotFound
from elearn.store.attempts import AttemptRow, AttemptStepRow
from elearn.store.base import JsonObject
from elearn.store.prepared import Prepared, Writer


class Answering(NamedTuple):
    """An attempt before one more answer: `last_number` of its steps and the `latest` answer to the question.

    `drawn` is the text of its JSON: it does not change while the attempt is open, so it is read once for many answers.
    """

    person_id: str
    course_id: str
    page_id: str
    release_id: int
    form: str
    state: str
    ends_at: datetime | None
    drawn: str
    last_number: int | None
    latest: JsonObject | None


_ATTEMPT: Final = AttemptRow.__table__.c
_STEP: Final = AttemptStepRow.__table__.c
_EARLIER: Final = aliased(AttemptStepRow.__table__, name="earlier")
_ANSWERING: Final = Prepared(
    select(
        *(_ATTEMPT[name] for name in ("person_id", "course_id", "page_id", "release_id", "form", "state", "ends_at")),
        cast(_ATTEMPT.drawn, Text),
        select(func.max(_STEP.number)).where(_STEP.attempt_id == _ATTEMPT.id).scalar_subquery().label("last_number"),
        select(_EARLIER.c.response)
        .where(_EARLIER.c.attempt_id == _ATTEMPT.id, _EARLIER.c.question_id == bindparam("question_id"))
        .order_by(_EARLIER.c.number.desc())
        .limit(1)
        .scalar_subquery()
        .label("latest"),
    )
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.organisation_id == bindparam("organisation_id"))
    .with_for_update(of=AttemptRow.__table__)
)
_LOCK: Final = Prepared(
    select(_ATTEMPT.id)
    .where(_ATTEMPT.id == bindparam("attempt_id"), _ATTEMPT.organisation_id == bindparam("organisation_id"))
    .with_for_update()
)
_NAMES: Final = ("organisation_id", "attempt_id", "number", "kind", "question_id", "response", "language", "at")
_ADD: Final = Prepared(insert(AttemptStepRow.__table__).values({name: bindparam(name, type_=_STEP[name].type) for name in _NAMES}).inline())  # type: ignore[arg-type]


def get_answering(writer: Writer, attempt_id: str, question_id: str) -> Answering:
    """The attempt as it stands, locked for a next step where the database can; NotFound."""
    given = {"attempt_id": attempt_id, "organisation_id": writer.organisation_id}
    if writer.locks_rows:
        # What a statement reads beside the row it waits for is as old as its beginning: so wait first, then look.
        _LOCK.rows(writer.connection, given)
    rows = _ANSWERING.rows(writer.connection, given | {"question_id": question_id})
    if not rows:
        raise NotFound("no-attempt")
    return Answering(*rows[0])


def add_step(writer: Writer, attempt_id: str, values: dict[str, object]) -> None:
    """Add one step to an attempt that `get_answering` gave in this transaction, given by the names of its columns."""
    _ADD.run(writer.connection, {"organisation_id": writer.organisation_id, "attempt_id": attempt_id, **values})
