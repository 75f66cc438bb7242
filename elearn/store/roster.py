"""What an organisation knows of several of its people at once: cohorts, progress, certificates. Queries only, for at most 500 people."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from elearn.store.cohorts import CohortMemberRow, CohortRow
from elearn.store.credentials import CredentialRow
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressSummaryRow

AT_ONCE: Final = 500
T = TypeVar("T")


def list_by_id(session: Session, *, after: str = "", limit: int = AT_ONCE) -> list[PersonRow]:
    """The organisation's people by id, from behind `after`."""
    wanted = select(PersonRow).where(PersonRow.id > after).order_by(PersonRow.id)
    return list(session.scalars(wanted.limit(min(limit, AT_ONCE))))


def list_cohorts_of(session: Session, person_ids: Sequence[str]) -> dict[str, list[CohortRow]]:
    """The cohorts of each person, by name."""
    wanted = select(CohortMemberRow.person_id, CohortRow).join(CohortRow, CohortRow.id == CohortMemberRow.cohort_id)
    wanted = wanted.where(CohortMemberRow.person_id.in_(person_ids[:AT_ONCE])).order_by(CohortRow.name, CohortRow.id)
    return _grouped((person_id, row) for person_id, row in session.execute(wanted))


def list_progress_of(session: Session, person_ids: Sequence[str]) -> dict[str, list[ProgressSummaryRow]]:
    """Where each person stands in the courses she has begun, by course."""
    wanted = select(ProgressSummaryRow).where(ProgressSummaryRow.person_id.in_(person_ids[:AT_ONCE]))
    return _grouped((row.person_id, row) for row in session.scalars(wanted.order_by(ProgressSummaryRow.course_id)))


def list_valid_serials_of(session: Session, person_ids: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """Course and number of the valid certificates of each person, the earliest first."""
    wanted = select(CredentialRow.person_id, CredentialRow.course_id, CredentialRow.id)
    wanted = wanted.where(CredentialRow.person_id.in_(person_ids[:AT_ONCE]), CredentialRow.status == "valid")
    rows = session.execute(wanted.order_by(CredentialRow.issued_at, CredentialRow.id))
    return _grouped((str(person_id), (course_id, serial)) for person_id, course_id, serial in rows)


def _grouped(pairs: Iterable[tuple[str, T]]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for person_id, thing in pairs:
        found.setdefault(person_id, []).append(thing)
    return found
