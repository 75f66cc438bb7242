"""Attempts at quizzes and their steps, raw and append-only. Rows and queries only; what a step means is elearn.quiz's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import BigInteger, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, JsonObject, new_id
from elearn.store.tenancy import Tenant

#: Only steps of practice carry a key.
_KEYED: Final = "one_time_key IS NOT NULL"


class AttemptRow(Tenant, Base):
    """One try at a quiz page, bound to its release and its seed; `number` counts a person's attempts, as times are too coarse for it."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "person_id", "course_id", "page_id"), Index(None, "organisation_id", "course_id", "state"))

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    page_id: Mapped[str]
    number: Mapped[int]
    form: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    language: Mapped[str]
    drawn: Mapped[JsonObject]
    state: Mapped[str]
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    fraction_e4: Mapped[int | None]
    passed: Mapped[bool | None]


class AttemptStepRow(Tenant, Base):
    """One step of an attempt, numbered from 1; `one_time_key` keeps a form sent twice from counting twice.

    Steps lie in one tree by attempt and number, beside each other: a saved answer, which has no key, touches no other index.
    """

    __tablename__ = "attempt_step"
    __table_args__ = (
        Index(None, "one_time_key", unique=True, sqlite_where=text(_KEYED), postgresql_where=text(_KEYED)),
        {"sqlite_with_rowid": False},
    )

    attempt_id: Mapped[str] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    question_id: Mapped[str]
    response: Mapped[JsonObject | None]
    language: Mapped[str]
    at: Mapped[datetime]
    one_time_key: Mapped[str | None]


def get_attempt(session: Session, attempt_id: str, *, for_update: bool = False) -> AttemptRow:
    """The attempt with this id, locked for a next step if asked and the database can; NotFound."""
    wanted = select(AttemptRow).where(AttemptRow.id == attempt_id)
    found = session.scalar(wanted.with_for_update() if for_update else wanted)
    if found is None:
        raise NotFound("no-attempt")
    return found


def find_open_attempt(session: Session, person_id: str, course_id: str, page_id: str) -> AttemptRow | None:
    """The person's latest open attempt at a quiz page, or None."""
    wanted = select(AttemptRow).where(
        AttemptRow.person_id == person_id,
        AttemptRow.course_id == course_id,
        AttemptRow.page_id == page_id,
        AttemptRow.state == "open",
    )
    return session.scalar(wanted.order_by(AttemptRow.number.desc(), AttemptRow.id).limit(1))


def list_open_tests(session: Session, person_id: str, *, limit: int = 20) -> list[AttemptRow]:
    """The person's tests and baselines that were begun and not handed in, the latest first."""
    wanted = select(AttemptRow).where(AttemptRow.person_id == person_id, AttemptRow.state == "open", AttemptRow.form != "practice")
    return list(session.scalars(wanted.order_by(AttemptRow.number.desc(), AttemptRow.id).limit(limit)))


def list_attempts(session: Session, person_id: str, course_id: str, *, page_id: str = "", limit: int = 200) -> list[AttemptRow]:
    """The person's attempts in a course, at one page if given, the latest first."""
    wanted = select(AttemptRow).where(AttemptRow.person_id == person_id, AttemptRow.course_id == course_id)
    if page_id:
        wanted = wanted.where(AttemptRow.page_id == page_id)
    return list(session.scalars(wanted.order_by(AttemptRow.number.desc(), AttemptRow.id).limit(limit)))


def list_attempts_in_state(session: Session, state: str, *, course_id: str = "", limit: int = 200) -> list[AttemptRow]:
    """The organisation's attempts in a state, of one course if given, the oldest first."""
    wanted = select(AttemptRow).where(AttemptRow.state == state)
    if course_id:
        wanted = wanted.where(AttemptRow.course_id == course_id)
    return list(session.scalars(wanted.order_by(AttemptRow.started_at, AttemptRow.id).limit(limit)))


def last_number(session: Session, person_id: str) -> int:
    """The number of the person's latest attempt at anything, 0 before the first."""
    return session.scalar(select(func.max(AttemptRow.number)).where(AttemptRow.person_id == person_id)) or 0


def count_attempts(session: Session, person_id: str, course_id: str, page_id: str, *, closed: bool = False) -> int:
    """How often the person has begun a quiz page, or (`closed`) handed it in."""
    wanted = select(func.count(AttemptRow.id)).where(AttemptRow.person_id == person_id, AttemptRow.course_id == course_id)
    if closed:
        wanted = wanted.where(AttemptRow.state != "open")
    return session.scalar(wanted.where(AttemptRow.page_id == page_id)) or 0


def list_steps(session: Session, attempt_id: str, *, limit: int = 5_000) -> list[AttemptStepRow]:
    """The steps of an attempt, in order."""
    wanted = select(AttemptStepRow).where(AttemptStepRow.attempt_id == attempt_id).order_by(AttemptStepRow.number)
    return list(session.scalars(wanted.limit(limit)))


def find_step_by_key(session: Session, one_time_key: str) -> AttemptStepRow | None:
    """The step that a form with this one-time key made, or None."""
    return session.scalar(select(AttemptStepRow).where(AttemptStepRow.one_time_key == one_time_key))


def count_steps(session: Session, attempt_id: str) -> int:
    """How many steps an attempt has; the next one has this number plus 1."""
    return session.scalar(select(func.count(AttemptStepRow.number)).where(AttemptStepRow.attempt_id == attempt_id)) or 0


@dataclass(frozen=True, slots=True)
class PracticeStep:
    """One answer of a lesson's practice."""

    attempt_id: str
    number: int
    question_id: str
    response: JsonObject | None
    language: str
    at: datetime
