"""Web sessions and trusted devices, known by the hash of their token only. Rows and queries; the rules of age are actions'."""

import hashlib
import secrets
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import ForeignKey, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.pool import PoolProxiedConnection

from elearn.store.base import Base, JsonObject
from elearn.store.factors import delete_ended_steps, delete_steps
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow
from elearn.store.prepared import Prepared
from elearn.store.tenancy import Tenant


class WebSessionRow(Tenant, Base):
    """One signed-in browser; `seen_at` moves in coarse steps, `ends_at` never, `label` is the person's own word for it.

    `factored`: a second factor was shown too. `missed_tries`: how many tries to get in had failed since the session before.
    """

    __tablename__ = "web_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    fresh_at: Mapped[datetime]
    label: Mapped[str]
    trusted: Mapped[bool]
    factored: Mapped[bool]
    missed_tries: Mapped[int] = mapped_column(default=0)


class TrustedDeviceRow(Tenant, Base):
    """A browser that has signed in before: its own counter of failed tries, no other right."""

    __tablename__ = "trusted_device"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


class SignedIn(NamedTuple):
    """A web session with its person and organisation, as one row of one statement."""

    token_hash: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    fresh_at: datetime
    label: str
    trusted: bool
    factored: bool
    missed_tries: int
    person_id: str
    handle: str
    pseudonym: str
    role: str
    language: str
    other_languages: list[str]
    country: str
    state: str
    passphrase_ends_on: date | None
    organisation_id: str
    organisation_name: str
    settings: JsonObject


_SESSION: Final = WebSessionRow.__table__.c
_PERSON: Final = PersonRow.__table__.c
_ORGANISATION: Final = OrganisationRow.__table__.c
_SIGNED_IN: Final = Prepared(
    select(
        *(
            _SESSION[name]
            for name in ("token_hash", "created_at", "seen_at", "ends_at", "fresh_at", "label", "trusted", "factored", "missed_tries")
        ),
        *(_PERSON[name] for name in ("id", "handle", "pseudonym", "role", "language", "other_languages", "country")),
        *(_PERSON[name] for name in ("state", "passphrase_ends_on")),
        *(_ORGANISATION[name] for name in ("id", "name", "settings")),
    ).where(
        _SESSION.token_hash == bindparam("token_hash"),
        _PERSON.id == _SESSION.person_id,
        _ORGANISATION.id == _PERSON.organisation_id,
    )
)


def new_token() -> str:
    """A token for a cookie: 256 random bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_signed_in(connection: PoolProxiedConnection, token: str) -> SignedIn | None:
    """Session, person and organisation behind a token, dead or alive, in one statement; or None."""
    rows = _SIGNED_IN.rows(connection, {"token_hash": token_hash(token)})
    return SignedIn(*rows[0]) if rows else None


def list_sessions(session: Session, person_id: str, *, limit: int = 50) -> list[WebSessionRow]:
    """The person's sessions, the latest seen first."""
    wanted = select(WebSessionRow).where(WebSessionRow.person_id == person_id)
    return list(session.scalars(wanted.order_by(WebSessionRow.seen_at.desc(), WebSessionRow.token_hash).limit(limit)))


def touch_session(session: Session, hashed: str, seen_at: datetime) -> None:
    """Note that a session is in use."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == hashed).values(seen_at=seen_at))


def label_session(session: Session, hashed: str, label: str) -> None:
    """Set the person's own word for a session."""
    session.execute(update(WebSessionRow).where(WebSessionRow.token_hash == hashed).values(label=label))


def delete_session(session: Session, hashed: str, *, person_id: str = "") -> int:
    """End one session, of this person if given; how many were ended (0 or 1)."""
    gone = delete(WebSessionRow).where(WebSessionRow.token_hash == hashed)
    if person_id:
        gone = gone.where(WebSessionRow.person_id == person_id)
    return len(session.scalars(gone.returning(WebSessionRow.token_hash)).all())


def delete_sessions(session: Session, person_id: str, *, keep: str = "") -> int:
    """End all sessions of a person but the one whose token hash is `keep`, and sign-ins half done; how many sessions were ended."""
    delete_steps(session, person_id)
    gone = delete(WebSessionRow).where(WebSessionRow.person_id == person_id, WebSessionRow.token_hash != keep)
    return len(session.scalars(gone.returning(WebSessionRow.token_hash)).all())


def end_everywhere(session: Session, person_id: str, *, keep: str = "") -> int:
    """Forget all trusted devices of a person, and end her sessions as `delete_sessions` does; how many sessions were ended."""
    session.execute(delete(TrustedDeviceRow).where(TrustedDeviceRow.person_id == person_id))
    return delete_sessions(session, person_id, keep=keep)


def delete_ended_sessions(session: Session, now: datetime) -> None:
    """Drop the sessions, devices and sign-ins half done of all organisations that are over."""
    session.execute(delete(WebSessionRow).where(WebSessionRow.ends_at <= now))
    session.execute(delete(TrustedDeviceRow).where(TrustedDeviceRow.ends_at <= now))
    delete_ended_steps(session, now)


def find_trusted_device(session: Session, token: str, now: datetime) -> TrustedDeviceRow | None:
    """The device behind a token if its time is not over, or None."""
    wanted = select(TrustedDeviceRow).where(TrustedDeviceRow.token_hash == token_hash(token), TrustedDeviceRow.ends_at > now)
    return session.scalar(wanted)
