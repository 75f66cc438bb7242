"""What people do with their own account: join, recover, change. Opens its own transactions where hashing lies between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.actions import handle as handles
from elearn.actions import notices, recovery, throttle
from elearn.actions import passphrase as passphrases
from elearn.actions import pseudonym as pseudonyms
from elearn.actions.cohort import seat
from elearn.actions.invite import Admission, admit, find_usable
from elearn.actions.once import once
from elearn.actions.session import Opened, Waiting, let_in, open_session, take_back_try
from elearn.errors import Conflict, Invalid, Problem, Refused, Where
from elearn.lang import is_country, is_language
from elearn.store import audit, sessions
from elearn.store.base import JsonObject, new_id
from elearn.store.cohorts import get_cohort
from elearn.store.engine import Database
from elearn.store.one_time import find_key
from elearn.store.organisations import find_open_organisation
from elearn.store.people import PersonRow, count_missed_try, delete_recovery_codes, find_person_by_handle, get_person
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone

#: How one-time keys call joining; the bucket of the handle follows.
_JOIN: Final = "join "


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """What somebody types to join; `pseudonym` is the handle if empty, `invite` is empty where anyone may join."""

    handle: str
    passphrase: str
    language: str
    country: str
    pseudonym: str = ""
    invite: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """What is needed to make an account at once: checked, and hashed beforehand."""

    handle: str
    pseudonym: str
    language: str
    country: str
    passphrase_hash: str = field(repr=False)
    sheet: recovery.Sheet = field(repr=False)


@dataclass(frozen=True, slots=True)
class Joined:
    """A new account with its recovery codes; the codes are empty when the form came a second time, for they are shown once."""

    person_id: str
    organisation_id: str
    recovery_codes: tuple[str, ...]


def join(database: Database, new: NewPerson, *, form_key: str, now: datetime) -> Joined:
    """Make an account; Invalid, Refused("join-closed"), Refused("bad-invite"), Conflict("handle-taken")."""
    try:
        ready = prepare(new)
    except Invalid as error:
        raise Invalid(error.code, (*error.problems, *_invite_problems(database, new.invite, now)), **error.params) from error
    own: list[Joined] = []

    def act() -> JsonObject:
        own.append(register(session, ready, _admission(session, new.invite, now), now=now))
        return {"person_id": own[0].person_id, "organisation_id": own[0].organisation_id}

    with database.transaction() as session, everyone(session):
        made = once(session, form_key, "", _JOIN + throttle.bucket(ready.handle), act, now=now)
    return own[0] if own else Joined(str(made["person_id"]), str(made["organisation_id"]), ())


def has_joined(session: Session, form_key: str) -> bool:
    """Whether an account was made with this form."""
    row = find_key(session, form_key)
    return row is not None and row.deed.startswith(_JOIN)


def keep_form(session: Session, form_key: str, ready: Ready, *, now: datetime) -> None:
    """Keep the key of a form that makes an account by another way than `join`, if it has one; Invalid, Conflict when it was used."""
    if form_key:
        once(session, form_key, "", _JOIN + throttle.bucket(ready.handle), dict, now=now)


def prepare(new: NewPerson) -> Ready:
    """Check what was typed and hash it, outside any transaction; Invalid with all its problems at once, Refused("busy")."""
    found: list[Problem] = []
    handle = pseudonym = ""
    with _noting(found):
        handle = handles.check(new.handle)
    with _noting(found):
        passphrases.check(new.passphrase, handle=new.handle)
    with _noting(found):
        pseudonym = pseudonyms.check(new.pseudonym) if new.pseudonym else handle
    with _noting(found):
        _check_choices(new.language, new.country)
    if found:
        raise Invalid(found[0].code, tuple(found), **found[0].params)
    return Ready(handle, pseudonym, new.language, new.country, passphrases.make_hash(new.passphrase), recovery.new_sheet())


def register(session: Session, ready: Ready, place: Admission, *, now: datetime) -> Joined:
    """Make an account in an organisation and, if it is still open, a cohort; Conflict("handle-taken"). The session must see everyone."""
    person = PersonRow(
        id=new_id(),
        organisation_id=place.organisation_id,
        handle=ready.handle,
        handle_key=handles.fold(ready.handle),
        pseudonym=ready.pseudonym,
        passphrase_hash=ready.passphrase_hash,
        role=place.role,
        language=ready.language,
        other_languages=[],
        country=ready.country,
        state="active",
        created_on=now.date(),
        erase_on=None,
    )
    _add(session, person)
    recovery.keep(session, person, ready.sheet)
    _join_cohort(session, person, place.cohort_id, now)
    _note(session, "person.joined", person, now)
    return Joined(person.id, place.organisation_id, ready.sheet.codes)


def _join_cohort(session: Session, person: PersonRow, cohort_id: str | None, now: datetime) -> None:
    """Into the cohort that the invite names; one closed in this very moment takes nobody, and she is in the organisation all the same."""
    cohort = get_cohort(session, cohort_id) if cohort_id else None
    if cohort is not None and not cohort.closed:
        seat(session, cohort, person.id, now=now)


def _add(session: Session, person: PersonRow) -> None:
    if find_person_by_handle(session, person.handle_key) is not None:
        raise Conflict("handle-taken")
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError as error:  # somebody took it between the two statements
        raise Conflict("handle-taken") from error


def change_passphrase(database: Database, who: SignedIn, new: str, *, now: datetime) -> Opened:
    """Set a new passphrase, end all sessions and trusted browsers, open a new session. The edge asks for a fresh sign-in first."""
    passphrases.check(new, handle=who.handle)
    hashed = passphrases.make_hash(new)
    with database.transaction(who.organisation_id) as session:
        return _change_passphrase(session, who, hashed, now)


def choose_passphrase(database: Database, who: SignedIn, new: str, *, now: datetime) -> tuple[Opened, tuple[str, ...]]:
    """As `change_passphrase`, in place of one that another knows too (Invalid for that one); and a recovery sheet, shown once."""
    passphrases.check(new, handle=who.handle)
    with database.read(who.organisation_id) as session:
        given = get_person(session, who.person_id).passphrase_hash
    if passphrases.verify(given, new):
        raise Invalid("passphrase-given", (Problem("passphrase-given", Where("passphrase")),))
    hashed, sheet = passphrases.make_hash(new), recovery.new_sheet()
    with database.transaction(who.organisation_id) as session:
        recovery.keep(session, get_person(session, who.person_id), sheet)
        return _change_passphrase(session, who, hashed, now), sheet.codes


def _change_passphrase(session: Session, who: SignedIn, hashed: str, now: datetime) -> Opened:
    person = get_person(session, who.person_id)
    _set_passphrase(session, person, hashed, now)
    _note(session, "passphrase.changed", person, now)
    return open_session(session, person, now=now, label=who.label, trust=who.trusted, factored=who.factored)


def recover(database: Database, handle: str, code: str, new: str, *, now: datetime) -> Opened | Waiting:
    """Set a new passphrase with a code of the recovery sheet, or of a reset; Invalid, Refused("wrong-recovery"), ("too-many-tries").

    The code stands in for the passphrase only: whoever has a second factor must show it all the same.
    """
    passphrases.check(new, handle=handle)
    key = handles.fold(handle)
    counter = f"recover:{throttle.bucket(key)}"
    with database.transaction() as session, everyone(session):
        count_missed_try(session, key)
        throttle.count_try(session, counter, now=now)
        person = find_person_by_handle(session, key)
        salts = recovery.salts(session, person.id if person else "")
    tried = {purpose: recovery.hash_code(code, salt) for purpose, salt in salts.items()}
    hashed = passphrases.make_hash(new)
    with database.transaction() as session, everyone(session):
        found = get_person(session, person.id, for_update=True) if person else None
        if found is None or found.state == "suspended":
            raise Refused("wrong-recovery")
        way = recovery.burn_either(session, found.id, tried, today=now.date())
        throttle.forgive(session, counter, now=now)
        take_back_try(found)
        _set_passphrase(session, found, hashed, now)
        _note(session, "passphrase.reset" if way == recovery.RESET else "passphrase.recovered", found, now)
        return let_in(session, found, now=now)


def new_recovery_sheet(database: Database, who: SignedIn, *, now: datetime) -> tuple[str, ...]:
    """Replace the recovery sheet; the new codes, shown once. The edge asks for a fresh sign-in first."""
    sheet = recovery.new_sheet()
    with database.transaction(who.organisation_id) as session:
        person = get_person(session, who.person_id)
        recovery.keep(session, person, sheet)
        _note(session, "recovery.renewed", person, now)
    return sheet.codes


def rename(session: Session, who: SignedIn, pseudonym: str) -> None:
    """Change the name others see; Invalid when it cannot be one."""
    get_person(session, who.person_id).pseudonym = pseudonyms.check(pseudonym)


def choose(session: Session, who: SignedIn, *, language: str, other_languages: tuple[str, ...], country: str) -> None:
    """Set the first language, the others in order of preference, and the country; Invalid when one is unknown."""
    _check_choices(language, country)
    others = [tag for tag in dict.fromkeys(other_languages) if tag != language]
    for tag in others:
        _check_choices(tag, country)
    person = get_person(session, who.person_id)
    person.language, person.other_languages, person.country = language, others, country


def _admission(session: Session, invite: str, now: datetime) -> Admission:
    """What an invite gives, or an open organisation gives to anyone."""
    if invite.strip():
        return admit(session, invite, now=now)
    organisation = find_open_organisation(session)
    if organisation is None:
        raise Refused("join-closed")
    return Admission(organisation.id, "learner")


def _invite_problems(database: Database, invite: str, now: datetime) -> tuple[Problem, ...]:
    """What is wrong with the way in, told beside other problems; using the invite is left to `_admission`."""
    try:
        with database.read() as session, everyone(session):
            _require_way_in(session, invite, now)
    except Refused as refused:
        return (Problem(refused.code, Where("invite")),)
    return ()


def _require_way_in(session: Session, invite: str, now: datetime) -> None:
    if invite.strip():
        find_usable(session, invite, now=now)
    elif find_open_organisation(session) is None:
        raise Refused("join-closed")


def _set_passphrase(session: Session, person: PersonRow, hashed: str, now: datetime) -> None:
    """A new passphrase ends what the old one opened, and a reset that an admin had started."""
    person.passphrase_hash, person.passphrase_ends_on = hashed, None
    delete_recovery_codes(session, person.id, purpose=recovery.RESET)
    notices.tell(session, person.id, "passphrase-changed", now)
    sessions.end_everywhere(session, person.id)


def _note(session: Session, verb: str, person: PersonRow, now: datetime) -> None:
    audit.record_act(session, verb, person_id=person.id, organisation_id=person.organisation_id, now=now)


def _check_choices(language: str, country: str) -> None:
    found = () if is_language(language) else (Problem("unknown-language", Where("language")),)
    if country and not is_country(country):
        found = (*found, Problem("unknown-country", Where("country")))
    if found:
        raise Invalid(found[0].code, found)


@contextmanager
def _noting(found: list[Problem]) -> Iterator[None]:
    """Put the problems of a check on a list and go on, so that whoever mends a form sees all of them."""
    try:
        yield
    except Invalid as error:
        found.extend(error.problems)
