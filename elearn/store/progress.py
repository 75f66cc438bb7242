"""What happened while learning, to the hour, and the summary derived from it. Rows and queries only; facts are never changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, BigKey, JsonObject
from elearn.store.tenancy import Tenant


class ProgressFactRow(Tenant, Base):
    """One event: `kind` as in elearn.progress.facts, `ref` a block, question or attempt, `hour` the full hour it fell in."""

    __tablename__ = "progress_fact"
    __table_args__ = (Index(None, "person_id", "course_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    kind: Mapped[str]
    page_id: Mapped[str]
    ref: Mapped[str]
    fraction_e4: Mapped[int | None]
    hour: Mapped[datetime]


class ProgressSummaryRow(Tenant, Base):
    """Where a person stands in a course, derived from her facts: `done` page ids, `percent` 0..100, `rule` as it was applied."""

    __tablename__ = "progress_summary"
    __table_args__ = (Index(None, "organisation_id", "course_id", "complete_at"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    done: Mapped[list[str]]
    percent: Mapped[int]
    last_page: Mapped[str]
    complete_at: Mapped[datetime | None]
    rule: Mapped[JsonObject]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a lesson page needs to know of a person's progress."""

    done: list[str]
    percent: int
    last_page: str
    complete_at: datetime | None
    release_id: int


_TABLE: Final = ProgressSummaryRow.__table__.c
_SUMMARY: Final = (
    select(_TABLE.done, _TABLE.percent, _TABLE.last_page, _TABLE.complete_at, _TABLE.release_id)
    .where(_TABLE.person_id == bindparam("person_id"), _TABLE.course_id == bindparam("course_id"))
    .where(_TABLE.organisation_id == bindparam("organisation_id"))
)


def find_summary(session: Session, person_id: str, course_id: str, *, organisation_id: str) -> Summary | None:
    """The summary as a value, for pages read often; or None before the first fact."""
    who = {"person_id": person_id, "course_id": course_id, "organisation_id": organisation_id}
    row = session.connection().execute(_SUMMARY, who).first()  # as for find_signed_in
    return None if row is None else Summary(*row)


def find_summary_row(session: Session, person_id: str, course_id: str, *, for_update: bool = True) -> ProgressSummaryRow | None:
    """The summary to be changed, locked where the database can, unless it is only read; or None."""
    wanted = select(ProgressSummaryRow).where(ProgressSummaryRow.person_id == person_id, ProgressSummaryRow.course_id == course_id)
    return session.scalar(wanted.with_for_update() if for_update else wanted)


def list_summaries(session: Session, person_id: str, *, limit: int = 200) -> list[ProgressSummaryRow]:
    """All summaries of a person, by course."""
    wanted = select(ProgressSummaryRow).where(ProgressSummaryRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(ProgressSummaryRow.course_id).limit(limit)))


def list_complete(session: Session, *, course_id: str = "", limit: int = 200) -> list[ProgressSummaryRow]:
    """The organisation's summaries that are complete, of one course if given, the latest first."""
    wanted = select(ProgressSummaryRow).where(ProgressSummaryRow.complete_at.is_not(None))
    if course_id:
        wanted = wanted.where(ProgressSummaryRow.course_id == course_id)
    return list(session.scalars(wanted.order_by(ProgressSummaryRow.complete_at.desc(), ProgressSummaryRow.person_id).limit(limit)))


def count_complete(session: Session, course_id: str) -> int:
    """How many people of the organisation have completed a course."""
    wanted = select(func.count()).select_from(ProgressSummaryRow)
    return session.scalar(wanted.where(ProgressSummaryRow.course_id == course_id, ProgressSummaryRow.complete_at.is_not(None))) or 0


def list_facts(session: Session, person_id: str, course_id: str, *, limit: int = 20_000) -> list[ProgressFactRow]:
    """A person's facts in a course, in the order they happened."""
    wanted = select(ProgressFactRow).where(ProgressFactRow.person_id == person_id, ProgressFactRow.course_id == course_id)
    return list(session.scalars(wanted.order_by(ProgressFactRow.id).limit(limit)))


def find_fact(session: Session, person_id: str, course_id: str, *, kind: str, page_id: str, ref: str = "") -> ProgressFactRow | None:
    """The first such fact, or None."""
    wanted = select(ProgressFactRow).where(
        ProgressFactRow.person_id == person_id,
        ProgressFactRow.course_id == course_id,
        ProgressFactRow.kind == kind,
        ProgressFactRow.page_id == page_id,
        ProgressFactRow.ref == ref,
    )
    return session.scalar(wanted.order_by(ProgressFactRow.id).limit(1))


def count_facts(session: Session, course_id: str, *, kind: str) -> int:
    """How many facts of a kind the organisation has in a course."""
    wanted = select(func.count(ProgressFactRow.id)).where(ProgressFactRow.course_id == course_id, ProgressFactRow.kind == kind)
    return session.scalar(wanted) or 0
