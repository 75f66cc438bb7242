"""Names and e-mail addresses that people let their organisation keep: sealed at once, opened one at a time, and every look is recorded.

Only she herself enters, changes or deletes them; what her organisation decides to keep no more is erased with that decision.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import mail, notices
from elearn.credential.name import clean_name
from elearn.errors import Invalid, Problem, Refused, Where
from elearn.lang import unseen
from elearn.store import audit, contacts
from elearn.store.base import JsonObject
from elearn.store.contacts import ContactRow
from elearn.store.organisations import get_organisation
from elearn.store.people import get_person
from elearn.store.sealed import Cell, Key, blind_index, seal, unseal
from elearn.store.sessions import SignedIn

_LONGEST: Final = 254
#: Nothing that a header of a mail could read as more than one address.
_EMAIL: Final = re.compile(r"[^@\s()<>\[\]:;,\\\"]+@[^@\s()<>\[\]:;,\\\"]+\.[^@\s()<>\[\]:;,\\\".]+")


@dataclass(frozen=True, slots=True)
class Seals:
    """The keys of sealed values and of their blind index, the current one first."""

    seal: tuple[Key, ...]
    index: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """A name and an e-mail address, readable; empty: none."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """What an organisation keeps of those who agree."""

    names: bool
    emails: bool

    @property
    def anything(self) -> bool:
        """Whether it keeps anything at all."""
        return self.names or self.emails


def kept_by(settings: JsonObject) -> Kept:
    """What the settings of an organisation say that it keeps; nothing unless they say so."""
    return Kept(settings.get("keep_names") is True, settings.get("keep_emails") is True)


def keep(
    session: Session, who: SignedIn, contact: Contact, *, agreed: bool, seals: Seals, now: datetime, mails: bool | None = None
) -> None:
    """Seal what she typed in place of what was kept, or drop it if both are empty; Invalid with the fields that cannot be kept.

    `mails`: whether she wants a mail when something is new, None: as before.
    """
    kept = kept_by(get_organisation(session, who.organisation_id, steady=True).settings)  # nothing slips in behind a decision to keep less
    typed = Contact(contact.name if kept.names else "", contact.email if kept.emails else "")
    clean = _check(typed, agreed=agreed, mails=mails is True)
    if clean == Contact():
        drop(session, who, now=now)
        return
    wanted = bool(clean.email) and (contacts.wants_mail(session, who.person_id) if mails is None else mails)
    row = ContactRow(
        person_id=who.person_id,
        organisation_id=who.organisation_id,
        name=_seal(clean.name, "name", who, seals),
        email=_seal(clean.email, "email", who, seals),
        email_index=_index(clean.email, who.organisation_id, seals.index[0]) if clean.email else None,
        consent_on=now.date(),
        mails=wanted,
    )
    contacts.put_contact(session, row)
    if not wanted:
        mail.call_off(session, who.person_id)
    _record(session, Identity(who.person_id, who.organisation_id), "contact.kept", who.person_id, now=now)


def drop(session: Session, who: SignedIn, *, now: datetime) -> None:
    """Delete what is kept of her."""
    if contacts.delete_contact(session, who.person_id):
        mail.call_off(session, who.person_id)
        _record(session, Identity(who.person_id, who.organisation_id), "contact.deleted", who.person_id, now=now)


def find_own(session: Session, who: SignedIn, *, seals: Seals) -> Contact | None:
    """What is kept of her, opened for herself, or None."""
    row = contacts.find_contact(session, who.person_id)
    return None if row is None else _open(row, seals, Kept(names=True, emails=True))


def mail_address(session: Session, person_id: str, *, seals: Seals) -> str:
    """The address that a person wants mails at, opened for sending one; empty if she wants none or her organisation keeps none."""
    row = contacts.find_contact(session, person_id)
    if row is None or not row.mails:
        return ""
    kept = kept_by(get_organisation(session, row.organisation_id).settings)
    return _open(row, seals, Kept(names=False, emails=kept.emails)).email


def view(session: Session, who: Identity, person_id: str, *, seals: Seals, now: datetime) -> Contact:
    """What one person let the organisation keep, opened for an admin; it is recorded, and she is told. NotFound, Refused("no-contact")."""
    person = get_person(session, person_id)
    kept = kept_by(get_organisation(session, who.organisation_id).settings)
    row = contacts.find_contact(session, person.id)
    found = Contact() if row is None else _open(row, seals, kept)
    if found == Contact():
        raise Refused("no-contact")
    notices.tell(session, person.id, "name-viewed", now)
    _record(session, who, "contact.viewed", person.id, now=now)
    return found


def find_by_email(session: Session, who: Identity, email: str, *, seals: Seals, now: datetime) -> str | None:
    """The id of the person with exactly this address, found without opening any, or None; that it was looked for is recorded."""
    found: list[ContactRow] = []
    if kept_by(get_organisation(session, who.organisation_id).settings).emails:
        found = contacts.list_by_email(session, [_index(email, who.organisation_id, key) for key in seals.index])
    person_id = found[0].person_id if found else None
    _record(session, who, "contact.searched", person_id, now=now)
    return person_id


def offers(session: Session, organisation_id: str, person_id: str) -> bool:
    """Whether there is anything of this person that an admin may look at."""
    kept = kept_by(get_organisation(session, organisation_id).settings)
    row = contacts.find_contact(session, person_id)
    return row is not None and ((kept.names and row.name is not None) or (kept.emails and row.email is not None))


def open_some(session: Session, organisation_id: str, person_ids: Sequence[str], *, seals: Seals) -> dict[str, Contact]:
    """What these people let be kept, opened for a file that two admins agreed to; whoever let nothing be kept is not in it."""
    kept = kept_by(get_organisation(session, organisation_id).settings)
    found = {row.person_id: _open(row, seals, kept) for row in contacts.list_contacts(session, person_ids)}
    return {person_id: one for person_id, one in found.items() if one != Contact()}


def opener(seals: Seals, person_id: str, organisation_id: str) -> Callable[[str, str, bytes], str | None]:
    """What opens sealed cells of a person for herself: by table, column and value; nothing where no key fits any more."""

    def open_cell(table: str, column: str, value: bytes) -> str | None:
        try:
            return unseal(value, Cell(table, column, person_id, organisation_id), seals.seal).decode()
        except Refused:
            return None

    return open_cell


def _open(row: ContactRow, seals: Seals, kept: Kept) -> Contact:
    open_cell = opener(seals, row.person_id, row.organisation_id)
    name = open_cell("contact", "name", row.name) if kept.names and row.name else None
    email = open_cell("contact", "email", row.email) if kept.emails and row.email else None
    return Contact(name or "", email or "")


def _seal(text: str, column: str, who: SignedIn, seals: Seals) -> bytes | None:
    return seal(text.encode(), Cell("contact", column, who.person_id, who.organisation_id), seals.seal) if text else None


def _index(email: str, organisation_id: str, key: Key) -> str:
    return blind_index(email, organisation_id=organisation_id, secret=key.secret)


def _check(contact: Contact, *, agreed: bool, mails: bool) -> Contact:
    """The values as they are kept; Invalid with all that is wrong."""
    found: list[Problem] = []
    name = email = ""
    with _noting("name", found):
        name = clean_name(contact.name) if contact.name.strip() else ""
    with _noting("email", found):
        email = _clean_email(contact.email)
    if mails and not contact.email.strip():
        found.append(Problem("email-needed", Where("email")))
    if (contact.name.strip() or contact.email.strip()) and not agreed:
        found.append(Problem("consent-needed", Where("agreed")))
    if found:
        raise Invalid(found[0].code, tuple(found), **found[0].params)
    return Contact(name, email)


def _clean_email(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.strip())
    if plain and (len(plain) > _LONGEST or unseen(plain) or not _EMAIL.fullmatch(plain)):
        raise Invalid("email-form")
    return plain


@contextmanager
def _noting(field: str, found: list[Problem]) -> Iterator[None]:
    """Put what is wrong with one field on a list and go on."""
    try:
        yield
    except Invalid as error:
        found.append(Problem(error.code, Where(field), error.params))


def _record(session: Session, who: Identity, verb: str, person_id: str | None, *, now: datetime) -> None:
    about = audit.mark(session, person_id, organisation_id=who.organisation_id) if person_id else ""
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, about=about, now=now)
