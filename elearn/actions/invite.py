"""Invites: making, taking back and using them."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import typed_code
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import audit
from elearn.store.base import hour, new_id
from elearn.store.cohorts import get_cohort
from elearn.store.invites import InviteRow, delete_invite, delete_sheet, find_invite
from elearn.store.people import claim_admins
from elearn.store.sessions import SignedIn

LIFE: Final = timedelta(days=7)
MOST_USES: Final = 200
MOST_CODES: Final = 100
#: Roles an invite may give; nobody becomes admin or operator by a code that can be passed on.
ROLES: Final = ("learner", "trainer", "translator", "reviewer")


@dataclass(frozen=True, slots=True)
class Slip:
    """One code, shown once; `mark` names its slip for whoever takes it back, and says nothing of the code."""

    mark: str
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """Codes made together."""

    id: str
    ends_at: datetime
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class Admission:
    """What an invite gives: a role in an organisation, and a place in a cohort if it names one."""

    organisation_id: str
    role: str
    cohort_id: str | None = None


def invite(session: Session, who: SignedIn, *, role: str, uses: int = 1, now: datetime) -> str:
    """Make one invite into her own organisation; the code, shown once. Invalid as in `make`."""
    return invite_many(session, who, role=role, uses=uses, now=now).slips[0].code


def invite_many(
    session: Session, who: SignedIn, *, role: str, codes: int = 1, uses: int = 1, cohort_id: str | None = None, now: datetime
) -> Sheet:
    """Make a sheet of codes into her own organisation, and into one of its cohorts if given; as in `make`.

    NotFound("no-page") when she is no admin any more: who took that away a moment ago took all her invites back.
    """
    if who.person_id not in claim_admins(session):
        raise NotFound("no-page")
    mark = audit.mark(session, who.person_id, organisation_id=who.organisation_id)
    return make(session, organisation_id=who.organisation_id, actor=mark, role=role, codes=codes, uses=uses, cohort_id=cohort_id, now=now)


def make(
    session: Session,
    *,
    organisation_id: str,
    actor: str,
    role: str,
    uses: int,
    codes: int = 1,
    cohort_id: str | None = None,
    now: datetime,
) -> Sheet:
    """Make codes of 128 bits for 7 days, shown once; `actor` is the mark for the record.

    Invalid when role, uses or codes are not possible, NotFound("no-cohort"), Refused("cohort-closed").
    """
    _check(session, role, uses, codes, cohort_id)
    sheet, ends_at = new_id(), now + LIFE
    made = [(new_id(), secrets.token_hex(16)) for _ in range(codes)]
    session.add_all(
        InviteRow(
            id=invite_id,
            organisation_id=organisation_id,
            code_hash=hash_code(code),
            role=role,
            ends_at=ends_at,
            uses_left=uses,
            cohort_id=cohort_id,
            sheet=sheet,
            made_on=now.date(),
        )
        for invite_id, code in made
    )
    session.flush()
    audit.record(session, "invite.made", organisation_id=organisation_id, actor=actor, about=sheet, now=now)
    return Sheet(sheet, ends_at, tuple(Slip(mark_of(invite_id), grouped(code)) for invite_id, code in made))


def take_back(session: Session, who: SignedIn, invite_id: str, *, now: datetime) -> None:
    """Make an invite of her organisation void; NotFound."""
    if not delete_invite(session, invite_id):
        raise NotFound("no-invite")
    _note_taken_back(session, who, invite_id, now)


def take_back_sheet(session: Session, who: SignedIn, sheet: str, *, now: datetime) -> int:
    """Make every code of a sheet of her organisation void; how many there were. NotFound."""
    count = delete_sheet(session, sheet)
    if not count:
        raise NotFound("no-invite")
    _note_taken_back(session, who, sheet, now)
    return count


def close_all_of(session: Session, person_id: str, *, organisation_id: str, actor: str, now: datetime) -> int:
    """Make void what is left of the sheets that somebody made, because she may make none any more; how many there were.

    Whose a sheet is stands in the record alone; `actor` is the mark of whoever takes her right away.
    """
    maker = audit.find_mark(session, person_id)
    since = hour(now - LIFE)
    made: list[str] = []
    while maker and (more := audit.list_objects(session, organisation_id, verb="invite.made", actor=maker, since=since, start=len(made))):
        made += more
    closed = [sheet for sheet in made if delete_sheet(session, sheet)]
    for sheet in closed:
        audit.record(session, "invite.taken_back", organisation_id=organisation_id, actor=actor, about=sheet, now=now)
    return len(closed)


def admit(session: Session, code: str, *, now: datetime) -> Admission:
    """Use an invite once; Refused("bad-invite"). The session must see everyone."""
    row = find_usable(session, code, now=now, for_update=True)
    row.uses_left -= 1
    return Admission(row.organisation_id, row.role, row.cohort_id)


def find_usable(session: Session, code: str, *, now: datetime, for_update: bool = False) -> InviteRow:
    """The invite of a code that can still be used; Refused("bad-invite"). The session must see everyone."""
    row = find_invite(session, hash_code(code), for_update=for_update)
    if row is None or row.uses_left < 1 or row.ends_at <= now:
        raise Refused("bad-invite")
    return row


def hash_code(code: str) -> str:
    """What is stored of a code, however it was typed: its SHA-256."""
    return hashlib.sha256(typed_code.plain(code).encode()).hexdigest()


def grouped(code: str) -> str:
    """A code as people read and type it: in groups of four."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def mark_of(invite_id: str) -> str:
    """What names a slip on paper and in the list: the beginning of the id, which has nothing to do with the code."""
    return invite_id[:6]


def _check(session: Session, role: str, uses: int, codes: int, cohort_id: str | None) -> None:
    if role not in ROLES:
        raise Invalid("unknown-role")
    if not 1 <= uses <= MOST_USES:
        raise Invalid("bad-uses", maximum=MOST_USES)
    if not 1 <= codes <= MOST_CODES:
        raise Invalid("bad-codes", maximum=MOST_CODES)
    if cohort_id is not None and get_cohort(session, cohort_id, for_update=True).closed:
        raise Refused("cohort-closed")


def _note_taken_back(session: Session, who: SignedIn, about: str, now: datetime) -> None:
    audit.record_act(session, "invite.taken_back", person_id=who.person_id, organisation_id=who.organisation_id, about=about, now=now)
