"""Certificates: who is due, issuing, printing, withdrawing, replacing. A name passes through a print and is not kept."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Protocol

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import study
from elearn.actions.shelf import Json, Shelf
from elearn.credential import compact, name, serial
from elearn.credential import status as statuses
from elearn.credential.award import Award, canonical
from elearn.credential.keys import SigningKey
from elearn.credential.print import Printed, Sheet, print_pdf
from elearn.credential.signer import Office, Signed, sign_award
from elearn.credential.status import State
from elearn.credential.texts import Texts
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.lang import LANGUAGES, Language
from elearn.store import audit, credentials
from elearn.store import progress as progress_store
from elearn.store.base import hour
from elearn.store.credentials import CredentialPrintRow, CredentialRow
from elearn.store.organisations import get_organisation
from elearn.store.people import get_person
from elearn.store.progress import ProgressSummaryRow

REASONS = ("mistake", "rules-broken", "asked-by-holder", "lost")
#: Whose certificate was withdrawn for one of these is not offered another one by itself.
FINAL = ("rules-broken", "asked-by-holder")
#: Random bytes for serials and salts.
Random = Callable[[int], bytes]
_MONTHS = 12
_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Due:
    """One completed course without certificate; the person by pseudonym only."""

    person_id: str
    pseudonym: str
    course_id: str
    completed: datetime


class Signing(Protocol):
    """Whoever signs certificates: this process, or another one behind a socket. May raise Unavailable("signer-away")."""

    @property
    def address(self) -> str:
        """Where certificates are checked; empty: nowhere."""

    @property
    def random(self) -> Callable[[int], bytes]:
        """Random bytes for serials and salts."""

    def award(self, award: Award, *, created: datetime) -> Signed:
        """Sign an award."""

    def status(self, states: Mapping[str, State], *, day: date) -> bytes:
        """Sign the list of certificates that are no longer good."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Signing in this process: the key, the issuer's name and address, and random bytes."""

    key: SigningKey
    name: str
    address: str
    random: Callable[[int], bytes]

    def award(self, award: Award, *, created: datetime) -> Signed:
        """Sign an award."""
        return sign_award(award, Office(self.key, self.name, self.address), created=created)

    def status(self, states: Mapping[str, State], *, day: date) -> bytes:
        """Sign the list of certificates that are no longer good."""
        return statuses.write(states, self.key, day=day)


def list_due(session: Session, *, course_id: str = "", limit: int = 200) -> list[Due]:
    """Give completed courses of the organisation without a valid certificate, the latest first; none withdrawn for good."""
    rows = credentials.list_due(session, course_id=course_id, final=FINAL, limit=limit)
    return [Due(person.id, person.pseudonym, row.course_id, row.complete_at) for row, person in rows if row.complete_at]


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A certificate before it is signed: its facts as they were read, to the hour, and of whom and which release they are."""

    person_id: str
    release_id: int
    award: Award
    created: datetime


@dataclass(frozen=True, slots=True)
class Ready:
    """A certificate that is signed and not issued yet: nobody has it, and nothing is lost when it is dropped."""

    unsigned: Unsigned
    signed: Signed


#: Certificates that are ready, by person and course.
ReadyOnes = Mapping[tuple[str, str], Ready]


def propose(
    session: Session, shelf: Shelf, chosen: Iterable[tuple[str, str]], *, random: Random, now: datetime
) -> dict[tuple[str, str], Unsigned]:
    """Read what would be signed for people in courses, without those who have a valid one; Refused("not-complete"). Reads only."""
    found = {}
    for person_id, course_id in dict.fromkeys(chosen):
        if credentials.find_current_credential(session, person_id, course_id) is None:
            release_id = _completed(progress_store.find_summary_row(session, person_id, course_id, for_update=False))
            number = serial.make(random(serial.RANDOM_BYTES))
            found[person_id, course_id] = _unsigned(session, shelf, person_id, release_id, number=number, created=hour(now))
    return found


def propose_replacement(session: Session, shelf: Shelf, serial_text: str, *, random: Random, now: datetime) -> Unsigned:
    """Read what would be signed in place of a valid certificate; Conflict, Refused("holder-erased"). Reads only."""
    row = _valid(credentials.get_credential(session, serial_text))
    number = serial.make(random(serial.RANDOM_BYTES))
    return _unsigned(session, shelf, _holder(row), row.release_id, number=number, created=hour(now))


def sign(unsigned: Unsigned, signer: Signing) -> Ready:
    """Have a certificate signed, by another process perhaps, which may take its time: so outside any transaction. Unavailable."""
    return Ready(unsigned, signer.award(unsigned.award, created=unsigned.created))


def issue(session: Session, shelf: Shelf, who: Identity, ready: ReadyOnes, person_id: str, course_id: str, *, now: datetime) -> str:
    """Issue a certificate that is ready and give its serial; one that is valid already is given again.

    Refused("not-complete"), and Conflict("certificate-facts-changed") when what was signed is no longer so.
    """
    _lock_holder(session, person_id)
    row = progress_store.find_summary_row(session, person_id, course_id)  # of two clicks at once the second waits here
    existing = credentials.find_current_credential(session, person_id, course_id)
    if existing is not None:
        return existing.id
    release_id = _completed(row)
    return _store(session, who, _still_so(session, shelf, ready.get((person_id, course_id)), person_id, release_id), now=now).id


def issue_each(
    session: Session, shelf: Shelf, who: Identity, ready: ReadyOnes, chosen: Sequence[tuple[str, str]], *, now: datetime
) -> list[str]:
    """Issue to people in courses as `issue` does. All are locked before the first is recorded: the record is always locked last."""
    for person_id in sorted({person_id for person_id, _ in chosen}):
        _lock_holder(session, person_id)
    return [issue(session, shelf, who, ready, *one, now=now) for one in chosen]


def _lock_holder(session: Session, person_id: str) -> None:
    """Wait for whoever is erasing her, before anything of hers is locked: who erases goes the same way. Refused("not-complete")."""
    try:
        get_person(session, person_id, for_update=True)
    except NotFound as error:
        raise Refused("not-complete") from error


def _completed(row: ProgressSummaryRow | None) -> int:
    if row is None or row.complete_at is None:
        raise Refused("not-complete")
    return study.completed_release(row)


def _still_so(session: Session, shelf: Shelf, ready: Ready | None, person_id: str, release_id: int) -> Ready:
    """What was signed, if it would be signed just so once more."""
    if ready is not None:
        was = ready.unsigned
        if was == _unsigned(session, shelf, person_id, release_id, number=was.award.serial, created=was.created):
            return ready
    raise Conflict("certificate-facts-changed")


def _unsigned(session: Session, shelf: Shelf, person_id: str, release_id: int, *, number: str, created: datetime) -> Unsigned:
    """The frozen facts: titles and objectives in every language the release has them in."""
    person, published, day = get_person(session, person_id), shelf.release(session, release_id), created.date()
    course = published.course
    outlines = {tongue: shelf.outline(session, published.release_id, tongue) for tongue in LANGUAGES}
    titled: Mapping[Language, Json] = {tongue: outline for tongue, outline in outlines.items() if _is_whole(outline)}
    spoken: Language = person.language if person.language in titled else course.language  # type: ignore[assignment]
    award = Award(
        serial=number,
        organisations=(get_organisation(session, person.organisation_id).name,),
        course=course.id,
        code=course.code,
        titles={tongue: outline["title"]["text"] for tongue, outline in titled.items()},
        objectives={tongue: tuple(one["text"] for one in outline["objectives"]) for tongue, outline in titled.items()},
        release=published.number,
        digest=published.digest,
        hours=course.certificate.hours,
        issued_on=day,
        expires_on=_months_later(day, course.certificate.valid_months),
        languages=(spoken,),
        rule=f"lessons={course.completion.lessons} quizzes={','.join(course.completion.quizzes)} critical={course.completion.critical}",
    )
    return Unsigned(person_id, published.release_id, award, created)


def _is_whole(outline: Json) -> bool:
    """Whether the title and every objective are in the language itself: a certificate never mixes languages unsaid."""
    return not any(text["lang"] for text in (outline["title"], *outline["objectives"]))


def _months_later(day: date, months: int) -> date | None:
    """The last good day: the same day of a later month, or the last day before it where that month is shorter."""
    if not months:
        return None
    years, month = divmod(day.month - 1 + months, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _store(session: Session, who: Identity, ready: Ready, *, now: datetime) -> CredentialRow:
    unsigned, signed, award = ready.unsigned, ready.signed, ready.unsigned.award
    row = CredentialRow(
        id=award.serial,
        organisation_id=who.organisation_id,
        person_id=unsigned.person_id,
        course_id=award.course,
        release_id=unsigned.release_id,
        facts=award.facts(),
        facts_hash=award.facts_hash,
        languages=list(award.languages),
        issued_at=unsigned.created,
        ends_at=datetime.combine(award.expires_on, _LAST_SECOND) if award.expires_on else None,
        status="valid",
        reason="",
        replaced_by=None,
        document=signed.document,
        compact=signed.compact,
        key_id=signed.key_id,
    )
    session.add(row)
    session.flush()
    _record(session, who, "certificate-issued", award.serial, now=now)
    return row


def withdraw(session: Session, who: Identity, serial_text: str, reason: str, *, now: datetime) -> None:
    """Withdraw a valid certificate for a reason that is published with it. Invalid reason-needed; Conflict when it is not valid."""
    said, row = _reason(reason), _locked(session, serial_text)
    row.status, row.reason = "withdrawn", said
    _record(session, who, "certificate-withdrawn", row.id, now=now)


def check_withdrawal(session: Session, serial_text: str, reason: str) -> None:
    """See whether a certificate could be withdrawn for this reason; NotFound, Conflict and Invalid as for withdrawing it."""
    _reason(reason)
    _locked(session, serial_text)


def withdraw_if_valid(session: Session, who: Identity, serial_text: str, reason: str, *, now: datetime) -> bool:
    """Withdraw a certificate unless it ended meanwhile; whether it was withdrawn."""
    if credentials.get_credential(session, serial_text, for_update=True).status != "valid":
        return False
    withdraw(session, who, serial_text, reason, now=now)
    return True


def replace_certificate(
    session: Session, shelf: Shelf, who: Identity, serial_text: str, reason: str, *, ready: Ready, now: datetime
) -> str:
    """Issue a new certificate, which is ready, in place of a valid one and give the new serial; the old one names it.

    Conflict("certificate-facts-changed") when what was signed is no longer so; else as in `propose_replacement`.
    """
    _lock_holder(session, _holder(credentials.get_credential(session, serial_text)))
    row = _locked(session, serial_text)
    said, person_id = _reason(reason), _holder(row)
    new = _store(session, who, _still_so(session, shelf, ready, person_id, row.release_id), now=now)
    row.status, row.reason, row.replaced_by = "replaced", said, new.id
    _record(session, who, "certificate-replaced", row.id, now=now)
    return new.id


def _holder(row: CredentialRow) -> str:
    if row.person_id is None:
        raise Refused("holder-erased")
    return row.person_id


def _locked(session: Session, serial_text: str) -> CredentialRow:
    return _valid(credentials.get_credential(session, serial_text, for_update=True))


def _valid(row: CredentialRow) -> CredentialRow:
    if row.status != "valid":
        raise Conflict("certificate-not-valid")
    return row


def _reason(reason: str) -> str:
    if reason not in REASONS:
        raise Invalid("reason-needed")
    return reason


def _record(session: Session, who: Identity, verb: str, about: str, *, now: datetime) -> None:
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, about=about, now=now)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a certificate in its languages: sentences, days and percent as the web layer writes them."""

    texts: Mapping[Language, Texts]
    day: Callable[[date, Language], str]
    percent: Callable[[int, Language], str]


@dataclass(frozen=True, slots=True)
class Draft:
    """A print before it is made: what stands on it, signed, with the name as it was typed and its salt (None: no name)."""

    serial: str
    sheet: Sheet
    name: str | None = field(repr=False)
    salt: bytes | None = field(repr=False)


def draft_print(
    session: Session,
    who: Identity,
    serial_text: str,
    languages: tuple[Language, ...],
    *,
    typed_name: str,
    wording: Wording,
    signer: Signing,
    now: datetime,
) -> Draft:
    """Sign what a print of one's own valid certificate will say, in one or two languages. Reads only.

    Raises Invalid as in `clean_name` or `languages-needed`, NotFound for anybody else's, Conflict when it is no longer valid.
    """
    award = Award.from_facts(_own_valid(session, who, serial_text).facts)
    if len(set(languages)) != len(languages) or len(languages) not in (1, 2) or not set(languages) <= set(award.titles):
        raise Invalid("languages-needed")
    salt = signer.random(name.SALT_BYTES) if typed_name.strip() else None
    commitment = name.commit(typed_name, salt) if salt else None
    sheet = _sheet(replace(award, languages=languages, name_commitment=commitment), wording, signer, now=now)
    return Draft(serial_text, sheet, typed_name if salt else None, salt)


def make_print(draft: Draft) -> Printed:
    """Make the PDF; it takes a while, so outside any transaction."""
    return print_pdf(draft.sheet, name=draft.name, salt=draft.salt)


def keep_print(session: Session, who: Identity, draft: Draft, *, now: datetime) -> None:
    """Keep the salted hash of a printed name before the print is handed out; NotFound and Conflict as in `draft_print`."""
    row, commitment = _own_valid(session, who, draft.serial), draft.sheet.award.name_commitment
    if commitment is not None:
        session.add(CredentialPrintRow(organisation_id=who.organisation_id, credential_id=row.id, commitment=commitment, hour=hour(now)))
        session.flush()


def _own_valid(session: Session, who: Identity, serial_text: str) -> CredentialRow:
    row = credentials.get_credential(session, serial_text)
    if row.person_id != who.person_id:
        raise NotFound("no-credential")
    if row.status != "valid":
        raise Conflict("certificate-not-valid")
    return row


def _sheet(award: Award, wording: Wording, signer: Signing, *, now: datetime) -> Sheet:
    """All that is printed but the name: signed anew, for its commitment is part of what is signed."""
    signed = signer.award(award, created=hour(now))
    return Sheet(
        award=award,
        credential=canonical(signed.document),
        qr=compact.address(signed.compact, award, public_address=signer.address),
        texts=wording.texts,
        address=f"{signer.address}/{award.languages[0]}/verify/" if signer.address else "",
        issued={tongue: wording.day(award.issued_on, tongue) for tongue in award.languages},
        expires={tongue: wording.day(award.expires_on, tongue) for tongue in award.languages} if award.expires_on else {},
        grade={tongue: wording.percent(award.percent, tongue) for tongue in award.languages} if award.percent is not None else {},
    )


def confirms_name(session: Session, serial_text: str, typed_name: str, code: str) -> bool:
    """Whether a name and its name code are those of a print of this certificate."""
    commitment = name.commitment_of(typed_name, code)
    return bool(commitment) and credentials.has_print(session, serial_text, commitment)
