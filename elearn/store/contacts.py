"""Names and e-mail addresses, where an organisation keeps them and the person agreed: sealed, one row a person. Rows and queries only."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.store.base import Base, upsert
from elearn.store.tenancy import Tenant


class ContactRow(Tenant, Base):
    """What a person let her organisation keep: sealed values, and a blind index to find an address again.

    `mails`: she wants a mail when something is new in her account.
    """

    __tablename__ = "contact"
    __table_args__ = (Index(None, "organisation_id", "email_index"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[bytes | None]
    email: Mapped[bytes | None]
    email_index: Mapped[str | None]
    consent_on: Mapped[date]
    mails: Mapped[bool] = mapped_column(default=False)


def find_contact(session: Session, person_id: str) -> ContactRow | None:
    """What a person let her organisation keep, still sealed, or None."""
    return session.scalar(select(ContactRow).where(ContactRow.person_id == person_id))


def wants_mail(session: Session, person_id: str) -> bool:
    """Whether a person left an address and wants a mail when something is new in her account."""
    wanted = select(ContactRow.mails).where(ContactRow.person_id == person_id, ContactRow.email.is_not(None))
    return session.scalar(wanted) is True


def list_contacts(session: Session, person_ids: Sequence[str]) -> list[ContactRow]:
    """The contacts, still sealed, of at most 500 people."""
    return list(session.scalars(select(ContactRow).where(ContactRow.person_id.in_(person_ids[:500]))))


def list_by_email(session: Session, indexes: Sequence[str], *, limit: int = 20) -> list[ContactRow]:
    """The contacts whose address is found under one of these blind indexes."""
    wanted = select(ContactRow).where(ContactRow.email_index.in_(indexes))
    return list(session.scalars(wanted.order_by(ContactRow.person_id).limit(limit)))


def put_contact(session: Session, row: ContactRow) -> None:
    """Keep this in place of what was kept of the same person, by one statement."""
    values = {name: getattr(row, name) for name in ("name", "email", "email_index", "consent_on", "mails")}
    put = upsert(session, ContactRow).values(person_id=row.person_id, organisation_id=row.organisation_id, **values)
    session.execute(put.on_conflict_do_update(index_elements=["person_id"], set_=values))


def delete_contact(session: Session, person_id: str) -> bool:
    """Drop what is kept of a person; whether there was anything."""
    gone = delete(ContactRow).where(ContactRow.person_id == person_id).returning(ContactRow.person_id)
    return session.scalar(gone) is not None


def clear_contacts(session: Session, organisation_id: str, *, names: bool, emails: bool) -> None:
    """Drop the names, the addresses, or both, that an organisation keeps no more."""
    hers = ContactRow.organisation_id == organisation_id
    if names:
        session.execute(update(ContactRow).where(hers).values(name=None))
    if emails:
        session.execute(update(ContactRow).where(hers).values(email=None, email_index=None, mails=False))
    session.execute(delete(ContactRow).where(hers, ContactRow.name.is_(None), ContactRow.email.is_(None)))
