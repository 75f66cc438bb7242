"""Issued certificates: frozen facts, the signed document, and what became of it. Rows and queries only."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, func, or_, select, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.errors import NotFound
from elearn.store.base import Base, JsonObject, new_id
from elearn.store.people import PersonRow
from elearn.store.progress import ProgressSummaryRow
from elearn.store.tenancy import Tenant


class CredentialRow(Tenant, Base):
    """One credential; `id` is its serial, `person_id` is empty once she has been erased, only status and its reason ever change."""

    __tablename__ = "credential"
    __table_args__ = (Index(None, "person_id", "course_id"), Index(None, "organisation_id", "issued_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[str] = mapped_column(ForeignKey("course.id"))
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    facts: Mapped[JsonObject]
    facts_hash: Mapped[str]
    languages: Mapped[list[str]]
    issued_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    status: Mapped[str]
    reason: Mapped[str]
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("credential.id"))
    document: Mapped[JsonObject]
    compact: Mapped[str]
    key_id: Mapped[str]


class CredentialPrintRow(Tenant, Base):
    """One print with a name: only the salted hash of the name; the salt is on the paper and nowhere else."""

    __tablename__ = "credential_print"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    credential_id: Mapped[str] = mapped_column(ForeignKey("credential.id"), index=True)
    commitment: Mapped[str]
    hour: Mapped[datetime]


def get_credential(session: Session, serial: str, *, for_update: bool = False) -> CredentialRow:
    """The credential with this serial as far as the session may see, locked if asked and the database can; NotFound."""
    wanted = select(CredentialRow).where(CredentialRow.id == serial)
    found = session.scalar(wanted.with_for_update() if for_update else wanted)
    if found is None:
        raise NotFound("no-credential")
    return found


def find_credential(session: Session, serial: str) -> CredentialRow | None:
    """The credential with this serial, or None; the public page asks this across organisations."""
    return session.scalar(select(CredentialRow).where(CredentialRow.id == serial))


def find_current_credential(session: Session, person_id: str, course_id: str) -> CredentialRow | None:
    """The person's latest valid credential of a course, or None."""
    wanted = select(CredentialRow).where(
        CredentialRow.person_id == person_id, CredentialRow.course_id == course_id, CredentialRow.status == "valid"
    )
    return session.scalar(wanted.order_by(CredentialRow.issued_at.desc(), CredentialRow.id).limit(1))


def list_due(
    session: Session, *, course_id: str = "", final: Sequence[str] = (), limit: int = 200
) -> list[tuple[ProgressSummaryRow, PersonRow]]:
    """Completed courses without a valid credential, nor one withdrawn for a `final` reason, with their people, the latest first."""
    settled = (
        select(CredentialRow.id)
        .where(CredentialRow.person_id == ProgressSummaryRow.person_id, CredentialRow.course_id == ProgressSummaryRow.course_id)
        .where(or_(CredentialRow.status == "valid", CredentialRow.reason.in_(final)))
    )
    wanted = (
        select(ProgressSummaryRow, PersonRow)
        .join(PersonRow, PersonRow.id == ProgressSummaryRow.person_id)
        .where(ProgressSummaryRow.complete_at.is_not(None), ~settled.exists())
    )
    if course_id:
        wanted = wanted.where(ProgressSummaryRow.course_id == course_id)
    ordered = wanted.order_by(ProgressSummaryRow.complete_at.desc(), ProgressSummaryRow.person_id, ProgressSummaryRow.course_id)
    return [(summary, person) for summary, person in session.execute(ordered.limit(limit))]


def list_person_credentials(session: Session, person_id: str, *, limit: int = 200) -> list[CredentialRow]:
    """A person's credentials, the latest first."""
    wanted = select(CredentialRow).where(CredentialRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(CredentialRow.issued_at.desc(), CredentialRow.id).limit(limit)))


def list_credentials(session: Session, *, status: str = "", limit: int = 200) -> list[CredentialRow]:
    """The organisation's credentials, of one status if given, the latest first."""
    wanted = select(CredentialRow)
    if status:
        wanted = wanted.where(CredentialRow.status == status)
    return list(session.scalars(wanted.order_by(CredentialRow.issued_at.desc(), CredentialRow.id).limit(limit)))


def count_credentials(session: Session, *, status: str = "") -> int:
    """How many credentials the organisation has issued, of one status if given."""
    wanted = select(func.count(CredentialRow.id))
    if status:
        wanted = wanted.where(CredentialRow.status == status)
    return session.scalar(wanted) or 0


def list_issued(session: Session, *, about: str = "", start: int = 0, limit: int = 50) -> list[tuple[CredentialRow, str | None]]:
    """Credentials `about` a number or pseudonym, the latest first from `start`, with the pseudonym of the holder (None once erased)."""
    wanted = select(CredentialRow, PersonRow.pseudonym).outerjoin(PersonRow, PersonRow.id == CredentialRow.person_id).where(_fits(about))
    ordered = wanted.order_by(CredentialRow.issued_at.desc(), CredentialRow.id).offset(start).limit(limit)
    return [(row, pseudonym) for row, pseudonym in session.execute(ordered)]


def count_issued(session: Session, *, about: str = "") -> int:
    """How many credentials are `about` a number or pseudonym."""
    wanted = select(func.count(CredentialRow.id)).outerjoin(PersonRow, PersonRow.id == CredentialRow.person_id)
    return session.scalar(wanted.where(_fits(about))) or 0


def _fits(about: str) -> ColumnElement[bool]:
    """Whether the number or the holder's pseudonym contains a text."""
    if not about:
        return true()
    # SQLite knows small and capital letters of English only, so each way of writing is asked for.
    ways = sorted({about, about.lower(), about.upper(), about.title()})
    names = [PersonRow.pseudonym.contains(way, autoescape=True) for way in ways]
    return or_(CredentialRow.id.contains(about.upper(), autoescape=True), *names)


def has_print(session: Session, serial: str, commitment: str) -> bool:
    """Whether a print of a credential bears the name committed to; the name code in it has 128 random bits."""
    wanted = select(CredentialPrintRow.id).where(CredentialPrintRow.credential_id == serial, CredentialPrintRow.commitment == commitment)
    return session.scalar(wanted.limit(1)) is not None


def list_prints(session: Session, serial: str, *, limit: int = 200) -> list[CredentialPrintRow]:
    """The prints of a credential that bear a name, the latest first."""
    wanted = select(CredentialPrintRow).where(CredentialPrintRow.credential_id == serial)
    return list(session.scalars(wanted.order_by(CredentialPrintRow.hour.desc(), CredentialPrintRow.id).limit(limit)))
