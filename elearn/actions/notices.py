"""What a person must be told about her own account at her next visit: a code and a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import mail
from elearn.store.account_notices import AccountNoticeRow, add_notices, delete_notices, delete_old_notices, find_notice
from elearn.store.people import get_person
from elearn.store.sessions import SignedIn

#: Everything there is to tell; the sentences are the edge's.
CODES: Final = (
    "reset-started",
    "factor-added",
    "factor-removed",
    "passphrase-changed",
    "role-changed",
    "sessions-ended-by-admin",
    "name-viewed",
    "restored",
)
KEPT: Final = timedelta(days=90)


def tell(session: Session, person_id: str, code: str, now: datetime) -> None:
    """Let a person know of something at her next visit, and by mail that there is something, if she wants that.

    The same thing is told once a day. ValueError for an unknown code.
    """
    if code not in CODES:
        message = f"nobody could be told {code}"
        raise ValueError(message)
    if find_notice(session, person_id, code, now.date()) is None:
        person = get_person(session, person_id)
        session.add(AccountNoticeRow(organisation_id=person.organisation_id, person_id=person.id, code=code, on=now.date()))
        session.flush()
        mail.ask_for(session, person, now)


def tell_everyone(session: Session, code: str, now: datetime) -> None:
    """Let everybody with an account know of something at the next visit; no mails: so many at once would show who belongs together.

    The session must see everyone.
    """
    add_notices(session, code, now.date())


def dismiss(session: Session, who: SignedIn, notice_ids: Sequence[str]) -> None:
    """Drop notices that a person has read; those of others are passed over."""
    delete_notices(session, who.person_id, notice_ids)


def drop_old(session: Session, *, now: datetime) -> None:
    """Drop what nobody read for 90 days, in all organisations the session sees."""
    delete_old_notices(session, now.date() - KEPT)
