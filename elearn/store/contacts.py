"""Names and e-mail addresses, where an organisation keeps them and the person agreed: sealed, one row a person. Rows and queries only."""

from datetime import date

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from elearn.store.base import Base
from elearn.store.tenancy import Tenant


class ContactRow(Tenant, Base):
    """What a person let her organisation keep: sealed values, and a blind index to find an address again."""

    __tablename__ = "contact"
    __table_args__ = (Index(None, "organisation_id", "email_index"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[bytes | None]
    email: Mapped[bytes | None]
    email_index: Mapped[str | None]
    consent_on: Mapped[date]
