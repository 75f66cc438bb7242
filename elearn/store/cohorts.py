"""Cohorts: groups of an organisation that learn together, who is in them, and how its members get on. Rows and queries only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, ScalarSelect, delete, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, new_id
from elearn.store.credentials import CredentialRow
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressFactRow, ProgressSummaryRow
from elearn.store.tenancy import Tenant

#: People of whom progress is read at once.
_AT_ONCE: Final = 100


class CohortRow(Tenant, Base):
    """One group: `courses` are ids of courses it takes, `languages` what it is taught in; a closed one takes no new members."""

    __tablename__ = "cohort"
    __table_args__ = (Index(None, "organisation_id", "starts_on"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    trainer_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    languages: Mapped[list[str]]
    courses: Mapped[list[str]]
    closed: Mapped[bool]
    created_on: Mapped[date]


class CohortMemberRow(Tenant, Base):
    """One person in one cohort."""

    __tablename__ = "cohort_member"

    cohort_id: Mapped[str] = mapped_column(ForeignKey("cohort.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    joined_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class CohortLine:
    """A cohort in a list: the pseudonym of its trainer, if there is one, and how many people are in it."""

    row: CohortRow
    trainer: str | None
    members: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a member stands in a course; `certified`: she holds a valid certificate of it."""

    percent: int
    complete_at: datetime | None
    certified: bool


def get_cohort(session: Session, cohort_id: str, *, for_update: bool = False) -> CohortRow:
    """The cohort with this id as far as the session may see, locked if asked and the database can; NotFound."""
    wanted = select(CohortRow).where(CohortRow.id == cohort_id)
    found = session.scalar(wanted.with_for_update() if for_update else wanted)
    if found is None:
        raise NotFound("no-cohort")
    return found


def list_cohorts(session: Session, *, about: str = "", start: int = 0, limit: int = 50) -> list[CohortLine]:
    """Cohorts with this in their name, the open ones first, then the latest begun, from `start`."""
    wanted = (
        select(CohortRow, PersonRow.pseudonym, _members())
        .outerjoin(PersonRow, PersonRow.id == CohortRow.trainer_id)
        .where(_like(CohortRow.name, about))
        .order_by(CohortRow.closed, CohortRow.starts_on.desc(), CohortRow.name, CohortRow.id)
    )
    return [CohortLine(*row) for row in session.execute(wanted.offset(start).limit(limit))]


def count_cohorts(session: Session, *, about: str = "") -> int:
    """How many cohorts have this in their name."""
    return session.scalar(select(func.count(CohortRow.id)).where(_like(CohortRow.name, about))) or 0


def list_open_cohorts(session: Session, *, limit: int = 200) -> list[CohortRow]:
    """Cohorts that take new members, by name."""
    return list(session.scalars(select(CohortRow).where(~CohortRow.closed).order_by(CohortRow.name, CohortRow.id).limit(limit)))


def list_trained_cohorts(session: Session, trainer_id: str, *, limit: int = 200) -> list[CohortLine]:
    """The cohorts of one trainer, the open ones first, then the latest begun."""
    wanted = select(CohortRow, _members()).where(CohortRow.trainer_id == trainer_id)
    ordered = wanted.order_by(CohortRow.closed, CohortRow.starts_on.desc(), CohortRow.name, CohortRow.id).limit(limit)
    return [CohortLine(row, None, members) for row, members in session.execute(ordered)]


def find_member(session: Session, cohort_id: str, person_id: str) -> CohortMemberRow | None:
    """The person's place in the cohort, or None."""
    wanted = select(CohortMemberRow).where(CohortMemberRow.cohort_id == cohort_id, CohortMemberRow.person_id == person_id)
    return session.scalar(wanted)


def list_members(session: Session, cohort_id: str, *, start: int = 0, limit: int = 50) -> list[PersonRow]:
    """The people of a cohort by pseudonym, from `start`."""
    wanted = select(PersonRow).join(CohortMemberRow, CohortMemberRow.person_id == PersonRow.id)
    ordered = wanted.where(CohortMemberRow.cohort_id == cohort_id).order_by(PersonRow.pseudonym, PersonRow.id)
    return list(session.scalars(ordered.offset(start).limit(limit)))


def list_member_ids(session: Session, cohort_id: str, *, limit: int = 2_000) -> list[str]:
    """The ids of the people of a cohort."""
    return list(session.scalars(select(CohortMemberRow.person_id).where(CohortMemberRow.cohort_id == cohort_id).limit(limit)))


def count_members(session: Session, cohort_id: str) -> int:
    """How many people are in a cohort."""
    return session.scalar(select(func.count()).select_from(CohortMemberRow).where(CohortMemberRow.cohort_id == cohort_id)) or 0


def delete_member(session: Session, cohort_id: str, person_id: str) -> int:
    """Take a person out of a cohort; how many were taken out (0 or 1)."""
    wanted = delete(CohortMemberRow).where(CohortMemberRow.cohort_id == cohort_id, CohortMemberRow.person_id == person_id)
    return len(session.scalars(wanted.returning(CohortMemberRow.person_id)).all())


def list_outsiders(session: Session, cohort_id: str, *, about: str = "", start: int = 0, limit: int = 50) -> list[PersonRow]:
    """Active people who are not in the cohort, with this in their pseudonym, by pseudonym from `start`."""
    ordered = select(PersonRow).where(*_outside(cohort_id, about)).order_by(PersonRow.pseudonym, PersonRow.id)
    return list(session.scalars(ordered.offset(start).limit(limit)))


def count_outsiders(session: Session, cohort_id: str, *, about: str = "") -> int:
    """How many active people are not in the cohort and have this in their pseudonym."""
    return session.scalar(select(func.count(PersonRow.id)).where(*_outside(cohort_id, about))) or 0


def list_trainers(session: Session, *, limit: int = 200) -> list[PersonRow]:
    """The organisation's active trainers by pseudonym."""
    wanted = select(PersonRow).where(PersonRow.role == "trainer", PersonRow.state == "active")
    return list(session.scalars(wanted.order_by(PersonRow.pseudonym, PersonRow.id).limit(limit)))


def find_standings(session: Session, person_ids: Sequence[str], course_ids: Sequence[str]) -> dict[tuple[str, str], Standing]:
    """Where up to a hundred people stand in courses, by person and course; nothing for a course not begun."""
    certified = (
        select(CredentialRow.id)
        .where(CredentialRow.person_id == ProgressSummaryRow.person_id, CredentialRow.course_id == ProgressSummaryRow.course_id)
        .where(CredentialRow.status == "valid")
    )
    wanted = select(
        ProgressSummaryRow.person_id,
        ProgressSummaryRow.course_id,
        ProgressSummaryRow.percent,
        ProgressSummaryRow.complete_at,
        certified.exists(),
    ).where(ProgressSummaryRow.person_id.in_(person_ids[:_AT_ONCE]), ProgressSummaryRow.course_id.in_(course_ids))
    rows = session.execute(wanted)
    return {(person, course): Standing(percent, complete_at, certified) for person, course, percent, complete_at, certified in rows}


def find_last_hours(session: Session, person_ids: Sequence[str], course_ids: Sequence[str]) -> dict[str, datetime]:
    """The hour in which each of up to a hundred people last did something in these courses."""
    last = func.max(ProgressFactRow.hour, type_=ProgressFactRow.hour.type)
    wanted = (
        select(ProgressFactRow.person_id, last)
        .where(ProgressFactRow.person_id.in_(person_ids[:_AT_ONCE]), ProgressFactRow.course_id.in_(course_ids))
        .group_by(ProgressFactRow.person_id)
    )
    return {person_id: hour for person_id, hour in session.execute(wanted)}  # noqa: C416 - rows, made pairs


def _members() -> ScalarSelect[int]:
    counted = select(func.count(CohortMemberRow.person_id)).where(CohortMemberRow.cohort_id == CohortRow.id)
    return counted.correlate(CohortRow).scalar_subquery()


def _outside(cohort_id: str, about: str) -> tuple[ColumnElement[bool], ...]:
    inside = select(CohortMemberRow.person_id).where(CohortMemberRow.cohort_id == cohort_id, CohortMemberRow.person_id == PersonRow.id)
    return (PersonRow.state == "active", ~inside.exists(), _like(PersonRow.pseudonym, about))


def _like(column: InstrumentedAttribute[str], about: str) -> ColumnElement[bool]:
    """Whether a column contains a text."""
    if not about:
        return true()
    # SQLite knows small and capital letters of English only, so each way of writing is asked for.
    return or_(*(column.contains(way, autoescape=True) for way in sorted({about, about.lower(), about.upper(), about.title()})))
