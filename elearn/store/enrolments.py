"""Enrolments: who takes which course. Rows and queries only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, new_id
from elearn.store.tenancy import Tenant


class EnrolmentRow(Tenant, Base):
    """A person taking a course; `state` is active, left or complete."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("person_id", "course_id"), Index(None, "organisation_id", "course_id"))

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    state: Mapped[str]
    created_on: Mapped[date]


def get_enrolment(session: Session, enrolment_id: str) -> EnrolmentRow:
    """The enrolment with this id; NotFound."""
    found = session.scalar(select(EnrolmentRow).where(EnrolmentRow.id == enrolment_id))
    if found is None:
        raise NotFound("no-enrolment")
    return found


def find_enrolment(session: Session, person_id: str, course_id: str) -> EnrolmentRow | None:
    """The person's enrolment in the course, in whatever state, or None."""
    return session.scalar(select(EnrolmentRow).where(EnrolmentRow.person_id == person_id, EnrolmentRow.course_id == course_id))


def list_enrolled(session: Session, course_id: str, person_ids: Sequence[str]) -> set[str]:
    """Which of these people, at most 2,000, have an enrolment in the course, in whatever state."""
    wanted = select(EnrolmentRow.person_id).where(EnrolmentRow.course_id == course_id, EnrolmentRow.person_id.in_(person_ids[:2_000]))
    return set(session.scalars(wanted))


def bring_back(session: Session, course_id: str, person_ids: Sequence[str]) -> None:
    """Make those of these people active again, at most 2,000, who had left the course."""
    left = update(EnrolmentRow).where(EnrolmentRow.course_id == course_id, EnrolmentRow.state == "left")
    session.execute(left.where(EnrolmentRow.person_id.in_(person_ids[:2_000])).values(state="active"))


def list_enrolments(session: Session, person_id: str, *, limit: int = 200) -> list[EnrolmentRow]:
    """The person's enrolments, the latest first."""
    wanted = select(EnrolmentRow).where(EnrolmentRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(EnrolmentRow.created_on.desc(), EnrolmentRow.course_id).limit(limit)))


def list_course_enrolments(session: Session, course_id: str, *, after: str = "", limit: int = 200) -> list[EnrolmentRow]:
    """The organisation's enrolments in a course, by id from behind `after`."""
    wanted = select(EnrolmentRow).where(EnrolmentRow.course_id == course_id, EnrolmentRow.id > after)
    return list(session.scalars(wanted.order_by(EnrolmentRow.id).limit(limit)))


def count_enrolments(session: Session, course_id: str) -> int:
    """How many people of the organisation take or took a course."""
    return session.scalar(select(func.count(EnrolmentRow.id)).where(EnrolmentRow.course_id == course_id)) or 0
