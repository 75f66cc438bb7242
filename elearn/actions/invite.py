"""Invites: making, taking back and using them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.errors import Invalid, NotFound, Refused
from elearn.store import audit
from elearn.store.invites import InviteRow, delete_invite, find_invite
from elearn.store.sessions import SignedIn

LIFE: Final = timedelta(days=7)
MOST_USES: Final = 200
#: Roles an invite may give; nobody becomes admin or operator by a code that can be passed on.
ROLES: Final = ("learner", "trainer", "translator", "reviewer")


def invite(session: Session, who: SignedIn, *, role: str, uses: int = 1, now: datetime) -> str:
    """Make an invite into her own organisation; the code, shown once. Invalid as in `make`."""
    mark = audit.mark(session, who.person_id, organisation_id=who.organisation_id)
    return make(session, organisation_id=who.organisation_id, actor=mark, role=role, uses=uses, now=now)


def make(session: Session, *, organisation_id: str, actor: str, role: str, uses: int, now: datetime) -> str:
    """Make an invite of 128 bits for 7 days; `actor` is the mark for the record. Invalid when role or uses are not possible."""
    if role not in ROLES:
        raise Invalid("unknown-role")
    if not 1 <= uses <= MOST_USES:
        raise Invalid("bad-uses", maximum=MOST_USES)
    code = secrets.token_hex(16)
    row = InviteRow(
        organisation_id=organisation_id,
        code_hash=hash_code(code),
        role=role,
        ends_at=now + LIFE,
        uses_left=uses,
        cohort_id=None,
        sheet="",
        made_on=now.date(),
    )
    session.add(row)
    session.flush()
    audit.record(session, "invite.made", organisation_id=organisation_id, actor=actor, about=row.id, now=now)
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def take_back(session: Session, who: SignedIn, invite_id: str, *, now: datetime) -> None:
    """Make an invite of her organisation void; NotFound."""
    if not delete_invite(session, invite_id):
        raise NotFound("no-invite")
    mark = audit.mark(session, who.person_id, organisation_id=who.organisation_id)
    audit.record(session, "invite.taken_back", organisation_id=who.organisation_id, actor=mark, about=invite_id, now=now)


def admit(session: Session, code: str, *, now: datetime) -> tuple[str, str]:
    """Use an invite once: the organisation and the role it gives; Refused("bad-invite"). The session must see everyone."""
    row = find_usable(session, code, now=now, for_update=True)
    row.uses_left -= 1
    return row.organisation_id, row.role


def find_usable(session: Session, code: str, *, now: datetime, for_update: bool = False) -> InviteRow:
    """The invite of a code that can still be used; Refused("bad-invite"). The session must see everyone."""
    row = find_invite(session, hash_code(code), for_update=for_update)
    if row is None or row.uses_left < 1 or row.ends_at <= now:
        raise Refused("bad-invite")
    return row


def hash_code(code: str) -> str:
    """What is stored of a code as typed, hyphens and spaces aside: its SHA-256."""
    plain = "".join(code.casefold().split()).replace("-", "")
    return hashlib.sha256(plain.encode()).hexdigest()
