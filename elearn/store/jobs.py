"""Things to be done later for a person: at most one of each kind at a time, named by her random id alone. Rows and queries only."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, Select, case, delete, literal, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, UtcTime, upsert
from elearn.store.tenancy import Tenant


class JobRow(Tenant, Base):
    """One thing to be done, written in the transaction of the deed that causes it.

    `due_at`: not before this, None when nothing waits; `leased_until`: somebody is at it, unless that process died; `rests_until`: the
    next of this kind not before this.
    """

    __tablename__ = "job"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    tries: Mapped[int]
    leased_until: Mapped[datetime | None]
    rests_until: Mapped[datetime | None]


def put_job(session: Session, row: JobRow) -> None:
    """Let a thing be done, by one statement; one that waits already stays as it is, one that is being done is done once more."""
    values = {name: getattr(row, name) for name in ("person_id", "kind", "organisation_id", "due_at", "tries")}
    due = literal(row.due_at, UtcTime())
    later = case((JobRow.rests_until > due, JobRow.rests_until), else_=due)
    waits_not = or_(JobRow.due_at.is_(None), JobRow.leased_until.is_not(None))
    put = upsert(session, JobRow).values(**values)
    session.execute(
        put.on_conflict_do_update(index_elements=["person_id", "kind"], set_={"due_at": later, "tries": row.tries}, where=waits_not)
    )


def has_due_job(session: Session, kinds: Collection[str], now: datetime) -> bool:
    """Whether anything of these kinds is to be done now. The session must see everyone."""
    return session.scalar(_due(kinds, now)) is not None


def claim_job(session: Session, kinds: Collection[str], now: datetime) -> JobRow | None:
    """What is longest due and nobody is at, locked; what others lock at this moment is passed over. The session must see everyone."""
    return session.scalar(_due(kinds, now).with_for_update(skip_locked=True))


def _due(kinds: Collection[str], now: datetime) -> Select[JobRow]:
    free = or_(JobRow.leased_until.is_(None), JobRow.leased_until <= now)
    return select(JobRow).where(JobRow.kind.in_(kinds), JobRow.due_at <= now, free).order_by(JobRow.due_at, JobRow.person_id).limit(1)


def find_job(session: Session, kind: str, person_id: str, *, for_update: bool = False) -> JobRow | None:
    """What there is of this kind for a person, locked if asked and the database can, or None."""
    wanted = select(JobRow).where(JobRow.kind == kind, JobRow.person_id == person_id)
    return session.scalar(wanted.with_for_update().execution_options(populate_existing=True) if for_update else wanted)


def delete_jobs(session: Session, kind: str, *, person_id: str = "") -> None:
    """Drop what there is of this kind: of one person, or of all whom the session sees."""
    gone = delete(JobRow).where(JobRow.kind == kind)
    session.execute(gone.where(JobRow.person_id == person_id) if person_id else gone)


def delete_rested_jobs(session: Session, now: datetime) -> None:
    """Drop where nothing waits and nothing needs to rest any more, in all organisations the session sees."""
    rested = or_(JobRow.rests_until.is_(None), JobRow.rests_until <= now)
    session.execute(delete(JobRow).where(JobRow.due_at.is_(None), rested))
