"""Cohorts: groups of an organisation that learn together, and who is in them. Rows and queries only."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, new_id
from elearn.store.tenancy import Tenant


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
