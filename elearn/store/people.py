"""People and what lets them in: accounts, recovery codes, audit keys, tombstones. Rows and queries only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, delete, func, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from elearn.access.identity import Role
from elearn.errors import NotFound
from elearn.store.base import Base, new_id
from elearn.store.tenancy import Tenant

ROLES: Final = tuple(role.value for role in Role if role is not Role.VISITOR)
STATES: Final = ("active", "leaving", "suspended")


class PersonRow(Tenant, Base):
    """An account: a handle to sign in, a pseudonym to be called by; no name, no address.

    `passphrase_ends_on`: up to which day a passphrase works that another gave her; None for one she chose herself.
    `missed_tries`: tries at signing in as her since a session was opened last, that under way included.
    """

    __tablename__ = "person"
    __table_args__ = (Index(None, "organisation_id", "handle_key"), Index(None, "erase_on"))

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    handle: Mapped[str]
    handle_key: Mapped[str] = mapped_column(unique=True)
    pseudonym: Mapped[str]
    passphrase_hash: Mapped[str]
    role: Mapped[str]
    language: Mapped[str]
    other_languages: Mapped[list[str]]
    country: Mapped[str]
    state: Mapped[str]
    created_on: Mapped[date]
    erase_on: Mapped[date | None]
    passphrase_ends_on: Mapped[date | None]
    missed_tries: Mapped[int] = mapped_column(default=0)


class RecoveryCodeRow(Tenant, Base):
    """One code of a sheet, hashed under the salt of its sheet; burned when `used_on` is set, over after the day `ends_on`.

    `purpose`: "passphrase" for the recovery sheet, "factor" for the codes in place of a second factor, "reset" for a code an admin gave.
    """

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    purpose: Mapped[str]
    salt: Mapped[bytes]
    code_hash: Mapped[bytes]
    used_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class AuditKeyRow(Tenant, Base):
    """The random key behind a person's mark in the audit chain; erasing it unlinks her."""

    __tablename__ = "audit_key"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes]


class TombstoneRow(Base):
    """The id of an erased person, so that a restored backup can be cleaned again."""

    __tablename__ = "tombstone"

    person_id: Mapped[str] = mapped_column(primary_key=True)
    erased_on: Mapped[date]


@dataclass(frozen=True, slots=True)
class Sought:
    """Whom a list of people is about: a part of a pseudonym, a role, a state; what is empty asks for nothing."""

    name: str = ""
    role: str = ""
    state: str = ""


def get_person(session: Session, person_id: str, *, for_update: bool = False) -> PersonRow:
    """The person with this id as far as the session may see, locked if asked and the database can; NotFound."""
    wanted = select(PersonRow).where(PersonRow.id == person_id)
    found = session.scalar(_locked(wanted) if for_update else wanted)
    if found is None:
        raise NotFound("no-person")
    return found


def find_person_by_handle(session: Session, handle_key: str) -> PersonRow | None:
    """The person whose folded handle this is, or None; sign-in asks this across organisations."""
    return session.scalar(select(PersonRow).where(PersonRow.handle_key == handle_key))


def count_missed_try(session: Session, handle_key: str) -> None:
    """Count a try at signing in as whoever has this folded handle; the same statement where nobody has it."""
    counted = update(PersonRow).where(PersonRow.handle_key == handle_key).values(missed_tries=PersonRow.missed_tries + 1)
    session.execute(counted)


def list_people(session: Session, *, role: str = "", after: str = "", limit: int = 100) -> list[PersonRow]:
    """People of the organisation by folded handle, of one role if given, from behind `after`."""
    wanted = select(PersonRow).where(PersonRow.handle_key > after)
    if role:
        wanted = wanted.where(PersonRow.role == role)
    return list(session.scalars(wanted.order_by(PersonRow.handle_key).limit(limit)))


def list_people_by_id(session: Session, person_ids: Sequence[str]) -> list[PersonRow]:
    """The people with these ids, at most 500 of them."""
    return list(session.scalars(select(PersonRow).where(PersonRow.id.in_(person_ids[:500]))))


def list_found(session: Session, sought: Sought, *, start: int = 0, limit: int = 50) -> list[PersonRow]:
    """People of the organisation who fit, by pseudonym, from `start`."""
    wanted = select(PersonRow).where(*_fits(sought))
    return list(session.scalars(wanted.order_by(func.lower(PersonRow.pseudonym), PersonRow.id).offset(start).limit(limit)))


def count_found(session: Session, sought: Sought) -> int:
    """How many people of the organisation fit."""
    return session.scalar(select(func.count(PersonRow.id)).where(*_fits(sought))) or 0


def claim_admins(session: Session) -> frozenset[str]:
    """The ids of the organisation's admins whose accounts work, locked: who changes an admin waits here for whoever does so too."""
    wanted = select(PersonRow).where(PersonRow.role == Role.ADMIN.value, PersonRow.state == "active").order_by(PersonRow.id)
    return frozenset(row.id for row in session.scalars(_locked(wanted)))


def _locked(wanted: Select[PersonRow], *, wholly: bool = False) -> Select[PersonRow]:
    """Locked as they are now; against rows that merely point to them only if `wholly`, as whoever deletes them needs it."""
    return wanted.with_for_update(key_share=not wholly).execution_options(populate_existing=True)


def _fits(sought: Sought) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = []
    if sought.name:
        # SQLite knows small and capital letters of English only, so each way of writing is asked for.
        ways = sorted({sought.name, sought.name.lower(), sought.name.upper(), sought.name.title()})
        found.append(or_(*(PersonRow.pseudonym.contains(way, autoescape=True) for way in ways)))
    if sought.role:
        found.append(PersonRow.role == sought.role)
    if sought.state:
        found.append(PersonRow.state == sought.state)
    return tuple(found)


def list_people_to_erase(session: Session, today: date, *, limit: int = 100) -> list[PersonRow]:
    """People whose days of grace are over, suspended meanwhile or not, locked: whoever calls it off at this moment is not among them."""
    wanted = select(PersonRow).where(PersonRow.erase_on <= today).order_by(PersonRow.erase_on, PersonRow.id).limit(limit)
    return list(session.scalars(_locked(wanted, wholly=True)))


def count_people(session: Session, *, role: str = "") -> int:
    """How many people the organisation has, of one role if given."""
    wanted = select(func.count(PersonRow.id))
    if role:
        wanted = wanted.where(PersonRow.role == role)
    return session.scalar(wanted) or 0


def list_recovery_codes(session: Session, person_id: str, *, purpose: str = "passphrase", limit: int = 50) -> list[RecoveryCodeRow]:
    """The codes of the person's sheet of this purpose that are not burned yet."""
    return list(session.scalars(select(RecoveryCodeRow).where(*_unburned(person_id, purpose)).limit(limit)))


def use_recovery_code(session: Session, code_id: str, today: date) -> bool:
    """Burn a code by one statement; False when it was burned before."""
    used = update(RecoveryCodeRow).where(RecoveryCodeRow.id == code_id, RecoveryCodeRow.used_on.is_(None)).values(used_on=today)
    return session.scalar(used.returning(RecoveryCodeRow.id)) is not None


def count_recovery_codes(session: Session, person_id: str, *, purpose: str = "passphrase") -> int:
    """How many codes of the sheet of this purpose still work."""
    return session.scalar(select(func.count(RecoveryCodeRow.id)).where(*_unburned(person_id, purpose))) or 0


def delete_recovery_codes(session: Session, person_id: str, *, purpose: str = "passphrase") -> None:
    """Drop the whole sheet of this purpose."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.purpose == purpose))


def delete_ended_recovery_codes(session: Session, today: date) -> None:
    """Drop codes whose last day is over, of all organisations the session sees."""
    session.execute(delete(RecoveryCodeRow).where(RecoveryCodeRow.ends_on < today))


def _unburned(person_id: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.purpose == purpose, RecoveryCodeRow.used_on.is_(None)


def find_audit_key(session: Session, person_id: str) -> AuditKeyRow | None:
    """The person's audit key, or None when it was erased or never made."""
    return session.scalar(select(AuditKeyRow).where(AuditKeyRow.person_id == person_id))


def list_tombstones(session: Session, *, limit: int = 10_000) -> list[TombstoneRow]:
    """Erased people, the latest first."""
    return list(session.scalars(select(TombstoneRow).order_by(TombstoneRow.erased_on.desc()).limit(limit)))


def list_all_tombstones(session: Session) -> Iterator[TombstoneRow]:
    """Everybody who was ever erased, read a thousand at a time."""
    wanted = select(TombstoneRow).order_by(TombstoneRow.person_id).limit(1_000)
    page = list(session.scalars(wanted))
    while page:
        yield from page
        page = list(session.scalars(wanted.where(TombstoneRow.person_id > page[-1].person_id)))


def put_tombstones(session: Session, erased: Mapping[str, date]) -> None:
    """Set tombstones by the ids of the erased; those that stand stay as they are."""
    there = set(session.scalars(select(TombstoneRow.person_id)))
    session.add_all(TombstoneRow(person_id=person_id, erased_on=day) for person_id, day in erased.items() if person_id not in there)
    session.flush()
