"""Organisations: the tenants of one installation. Rows and queries only."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, JsonObject, new_id
from elearn.store.people import PersonRow


class OrganisationRow(Base):
    """One partner NGO; `open_join`: anyone may join without an invite."""

    __tablename__ = "organisation"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    open_join: Mapped[bool]
    settings: Mapped[JsonObject]


def get_organisation(session: Session, organisation_id: str, *, steady: bool = False) -> OrganisationRow:
    """The organisation with this id, `steady`: as it is now and stays until the transaction ends, where the database can; NotFound."""
    found = session.get(OrganisationRow, organisation_id, with_for_update={"read": True} if steady else None)
    if found is None:
        raise NotFound("no-organisation")
    return found


def find_organisation(session: Session, slug: str) -> OrganisationRow | None:
    """The organisation with this short name, or None."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.slug == slug))


def find_open_organisation(session: Session) -> OrganisationRow | None:
    """The first organisation, by short name, that anyone may join, or None."""
    return session.scalar(select(OrganisationRow).where(OrganisationRow.open_join).order_by(OrganisationRow.slug).limit(1))


def list_organisations(session: Session, *, start: int = 0, limit: int = 200) -> list[OrganisationRow]:
    """Organisations by short name, from `start`."""
    return list(session.scalars(select(OrganisationRow).order_by(OrganisationRow.slug).offset(start).limit(limit)))


def count_organisations(session: Session) -> int:
    """How many organisations there are."""
    return session.scalar(select(func.count(OrganisationRow.id))) or 0


def list_with_admin(session: Session, organisation_ids: Sequence[str]) -> set[str]:
    """Which of these organisations have an admin who can act. The session must see everyone."""
    wanted = select(PersonRow.organisation_id).distinct().where(PersonRow.organisation_id.in_(organisation_ids), PersonRow.role == "admin")
    return set(session.scalars(wanted.where(PersonRow.state != "suspended")))
