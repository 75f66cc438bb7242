"""Deeds that need a second admin: who asked for what, about whom, and what came of it. Rows and queries only."""

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base, JsonObject, new_id
from elearn.store.tenancy import Tenant

STATES: Final = ("waiting", "agreed", "refused")


class ApprovalRow(Tenant, Base):
    """One deed that waits: `facts` are what it needs and name no person but by `person_id`; `state`: one of STATES."""

    __tablename__ = "approval"
    __table_args__ = (Index(None, "organisation_id", "state"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    deed: Mapped[str]
    facts: Mapped[JsonObject]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str]
    asked_at: Mapped[datetime]
    ends_at: Mapped[datetime]
