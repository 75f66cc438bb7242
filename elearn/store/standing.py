"""What a lesson page needs to know of its reader, in one statement: her summary and her answers to its practice. Reads only."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import and_, bindparam, select
from sqlalchemy.pool import PoolProxiedConnection

from elearn.store.attempts import AttemptRow, AttemptStepRow, PracticeStep
from elearn.store.prepared import Prepared
from elearn.store.progress import ProgressSummaryRow, Summary


@dataclass(frozen=True, slots=True)
class Standing:
    """A reader before a lesson: no summary before her first fact, no steps before her first answer."""

    summary: Summary | None = None
    steps: tuple[PracticeStep, ...] = ()


_SUMMARY: Final = ProgressSummaryRow.__table__.c
_ATTEMPT: Final = AttemptRow.__table__.c
_STEP: Final = AttemptStepRow.__table__.c
_SUMMARY_COLUMNS: Final = (_SUMMARY.done, _SUMMARY.percent, _SUMMARY.last_page, _SUMMARY.complete_at, _SUMMARY.release_id)
_STEP_COLUMNS: Final = (
    _ATTEMPT.id,
    *(_STEP.number, _STEP.question_id, _STEP.response, _STEP.language, _STEP.at),
)
_PRACTICE: Final = and_(
    _ATTEMPT.organisation_id == _SUMMARY.organisation_id,
    _ATTEMPT.person_id == _SUMMARY.person_id,
    _ATTEMPT.course_id == _SUMMARY.course_id,
    _ATTEMPT.page_id == bindparam("page_id"),
    _ATTEMPT.form == "practice",
    _ATTEMPT.state.concat("") == "open",  # no index by state: SQLite would walk through the open attempts of all people
)
#: There is a summary wherever there is an attempt: the first deed of a person in a course makes it.
_STANDING: Final = Prepared(
    select(*_SUMMARY_COLUMNS, *_STEP_COLUMNS)
    .select_from(
        ProgressSummaryRow.__table__.outerjoin(AttemptRow.__table__, _PRACTICE).outerjoin(
            AttemptStepRow.__table__, _STEP.attempt_id == _ATTEMPT.id
        )
    )
    .where(
        _SUMMARY.person_id == bindparam("person_id"),
        _SUMMARY.course_id == bindparam("course_id"),
        _SUMMARY.organisation_id == bindparam("organisation_id"),
    )
    .order_by(_STEP.number)
)


def find_standing(connection: PoolProxiedConnection, person_id: str, course_id: str, page_id: str, *, organisation_id: str) -> Standing:
    """The reader's summary of the course and the steps of her open practice of the lesson, in order."""
    who = {"person_id": person_id, "course_id": course_id, "page_id": page_id, "organisation_id": organisation_id}
    rows = _STANDING.rows(connection, who)
    if not rows:
        return Standing()
    cut = len(_SUMMARY_COLUMNS)
    return Standing(Summary(*rows[0][:cut]), tuple(PracticeStep(*row[cut:]) for row in rows if row[cut] is not None))
