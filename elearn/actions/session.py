"""Signing in and out, and how long a session lives. Opens its own transactions where hashing lies between, so that none waits for it."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session
from sqlalchemy.pool import PoolProxiedConnection

from elearn.actions import handle as handles
from elearn.actions import passphrase as passphrases
from elearn.actions import throttle
from elearn.errors import Refused
from elearn.lang import visible
from elearn.store import sessions
from elearn.store.base import JsonObject
from elearn.store.engine import Database
from elearn.store.factors import SignInStepRow, has_factor
from elearn.store.people import PersonRow, count_missed_try, find_person_by_handle, get_person
from elearn.store.row_security import driver_of
from elearn.store.sessions import SignedIn, TrustedDeviceRow, WebSessionRow, new_token, token_hash
from elearn.store.tenancy import bind, everyone

#: Idle time, longest life, and how long a sign-in counts as fresh.
IDLE: Final = timedelta(minutes=30)
LIFE: Final = timedelta(hours=12)
IDLE_ADMIN: Final = timedelta(minutes=15)
LIFE_ADMIN: Final = timedelta(hours=4)
FRESH: Final = timedelta(minutes=5)
#: `seen_at` moves in steps of this, so that reading does not write.
STEP: Final = timedelta(minutes=5)
TRUST: Final = timedelta(days=180)
#: How long a sign-in waits for the second factor, and what such a wait is called.
PATIENCE: Final = timedelta(minutes=10)
SIGN_IN: Final = "sign-in"
_ADMINS: Final = ("admin", "operator")
_SHORTEST_IDLE: Final = timedelta(minutes=5)
_SHORTEST_LIFE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: `token` for the cookie, `device` for the cookie of a trusted browser ("" if not wanted).

    `stayed`: an erasure was called off by it; `missed`: so many tries to get in had failed since the session before.
    """

    token: str
    person_id: str
    organisation_id: str
    role: str
    language: str
    ends_at: datetime
    device: str = ""
    stayed: bool = False
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in half done: the passphrase was right, the second factor is still to be shown. `token` is for a cookie of its own."""

    token: str


def sign_in(
    database: Database,
    handle: str,
    passphrase: str,
    *,
    now: datetime,
    old_token: str = "",
    device: str = "",
    label: str = "",
    trust: bool = False,
) -> Opened | Waiting:
    """Open a session or wait for the second factor; Refused("wrong-sign-in") whatever was wrong, ("too-many-tries", seconds=…), ("busy").

    A try that waits stays counted until the second factor was shown too, and the session of `old_token` lives until then.
    """
    counter, person = _begin_try(database, handle, device, now)
    if not passphrases.verify(person.passphrase_hash if person else None, passphrase) or person is None:
        raise Refused("wrong-sign-in")
    rehashed = passphrases.make_hash(passphrase) if passphrases.needs_rehash(person.passphrase_hash) else person.passphrase_hash
    with database.transaction() as session, everyone(session):
        # locked, so that whoever changes the passphrase or switches a second factor on ends this session too, or is seen here
        found = get_person(session, person.id, for_update=True)
        if found.passphrase_hash != person.passphrase_hash or found.state == "suspended" or _is_over(found, now):
            raise Refused("wrong-sign-in")
        found.passphrase_hash = rehashed
        if has_factor(session, found.id):
            return wait_for_factor(session, found, now=now, counter=counter, label=label, trust=trust)
        throttle.forgive(session, counter, now=now)
        take_back_try(found)
        if old_token:
            sessions.delete_session(session, token_hash(old_token))
        return open_session(session, found, now=now, device=device, label=label, trust=trust)


def let_in(session: Session, person: PersonRow, *, now: datetime) -> Opened | Waiting:
    """Open a session for somebody with another proof than the passphrase: it stands in for that, never for the second factor."""
    return wait_for_factor(session, person, now=now) if has_factor(session, person.id) else open_session(session, person, now=now)


def wait_for_factor(
    session: Session, person: PersonRow, *, now: datetime, counter: str = "", label: str = "", trust: bool = False
) -> Waiting:
    """Keep a sign-in half done for ten minutes; `counter`: the key under which its try is counted."""
    token = new_token()
    row = SignInStepRow(
        token_hash=token_hash(token),
        organisation_id=person.organisation_id,
        person_id=person.id,
        purpose=SIGN_IN,
        challenge=secrets.token_bytes(32),
        facts={"counter": counter, "label": clean_label(label), "trust": trust},
        ends_at=now + PATIENCE,
    )
    session.add(row)
    session.flush()
    return Waiting(token)


def open_session(
    session: Session,
    person: PersonRow,
    *,
    now: datetime,
    device: str = "",
    label: str = "",
    trust: bool = False,
    factored: bool = False,
) -> Opened:
    """Open a session for a person who has just proved to be herself, `factored`: twice; it calls off an erasure she had asked for."""
    _idle, life = lifetimes(person.role, {})
    stayed = person.state == "leaving"
    if stayed:
        person.state, person.erase_on = "active", None
    missed, person.missed_tries = person.missed_tries, 0
    token = new_token()
    known = sessions.find_trusted_device(session, device, now) if device else None
    hers = known if known is not None and known.person_id == person.id else None
    row = WebSessionRow(
        token_hash=token_hash(token),
        organisation_id=person.organisation_id,
        person_id=person.id,
        created_at=now,
        seen_at=now,
        ends_at=now + life,
        fresh_at=now,
        label=clean_label(label),
        trusted=trust or hers is not None,
        factored=factored,
        missed_tries=missed,
    )
    session.add(row)
    kept = device if hers is not None else _trust(session, person, now) if trust else ""
    if hers is not None:
        hers.ends_at = now + TRUST
    session.flush()
    return Opened(token, person.id, person.organisation_id, person.role, person.language, row.ends_at, kept, stayed, missed)


def take_back_try(person: PersonRow, count: int = 1) -> None:
    """Take the tries that succeeded out of those that she is told of."""
    person.missed_tries = max(0, person.missed_tries - count)


def current(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """As `look_up`; from here on the session sees her organisation only."""
    with everyone(session):
        signed_in = look_up(driver_of(session), token, now=now)
    if signed_in is not None:
        bind(session, signed_in.organisation_id)
    return signed_in


def look_up(connection: PoolProxiedConnection, token: str, *, now: datetime) -> SignedIn | None:
    """Who is behind a token if the session lives, in one statement; or None."""
    signed_in = sessions.find_signed_in(connection, token)
    if signed_in is None or signed_in.state == "suspended":
        return None
    idle, life = lifetimes(signed_in.role, signed_in.settings)
    if now >= min(signed_in.seen_at + idle, signed_in.created_at + life, signed_in.ends_at):
        return None
    return signed_in


def wants_touch(signed_in: SignedIn, *, now: datetime) -> bool:
    """Whether `seen_at` is old enough to be moved; when no write is possible, reading simply goes on."""
    return now - signed_in.seen_at >= STEP


def touch(session: Session, signed_in: SignedIn, *, now: datetime) -> None:
    """Move `seen_at`."""
    sessions.touch_session(session, signed_in.token_hash, now)


def is_fresh(signed_in: SignedIn, *, now: datetime) -> bool:
    """Whether she proved to be herself within the last five minutes."""
    return now - signed_in.fresh_at < FRESH


def require_fresh(signed_in: SignedIn, *, now: datetime) -> None:
    """Raise Refused("sign-in-again") unless the sign-in is fresh."""
    if not is_fresh(signed_in, now=now):
        raise Refused("sign-in-again")


def sign_out(session: Session, token: str) -> None:
    """End the session behind a token, if there is one."""
    with everyone(session):
        sessions.delete_session(session, token_hash(token))


def end_session(session: Session, signed_in: SignedIn, hashed: str) -> int:
    """End one of her own sessions by its token hash; how many were ended (0 or 1)."""
    return sessions.delete_session(session, hashed, person_id=signed_in.person_id)


def end_other_sessions(session: Session, signed_in: SignedIn) -> int:
    """End all her sessions but this one and forget her trusted browsers; how many sessions were ended."""
    return sessions.end_everywhere(session, signed_in.person_id, keep=signed_in.token_hash)


def label_session(session: Session, signed_in: SignedIn, label: str) -> None:
    """Give this session her own word for it."""
    sessions.label_session(session, signed_in.token_hash, clean_label(label))


def lifetimes(role: str, settings: JsonObject) -> tuple[timedelta, timedelta]:
    """Idle time and longest life of a role; an organisation may set `idle_minutes` and `session_hours` shorter, not longer."""
    idle, life = (IDLE_ADMIN, LIFE_ADMIN) if role in _ADMINS else (IDLE, LIFE)
    minutes, hours = settings.get("idle_minutes"), settings.get("session_hours")
    if isinstance(minutes, int):
        idle = min(idle, max(_SHORTEST_IDLE, timedelta(minutes=minutes)))
    if isinstance(hours, int):
        life = min(life, max(_SHORTEST_LIFE, timedelta(hours=hours)))
    return idle, life


def clean_label(text: str) -> str:
    """A person's own word for a device: what can be seen of it, at most sixty characters."""
    return " ".join(visible(text).split())[:60]


def _begin_try(database: Database, handle: str, device: str, now: datetime) -> tuple[str, PersonRow | None]:
    """Count the try before it is made, and find whom it is about; the key of the counter and the person."""
    key = handles.fold(handle)
    with database.transaction() as session, everyone(session):
        count_missed_try(session, key)  # before the counter: who succeeds at this moment locks the two in the same order
        person = find_person_by_handle(session, key)
        known = sessions.find_trusted_device(session, device, now) if device else None
        counter = f"name:{throttle.bucket(key)}"
        if person and known and known.person_id == person.id:
            counter = f"device:{known.token_hash[:32]}"
        throttle.count_try(session, counter, now=now)
    return counter, person


def _is_over(person: PersonRow, now: datetime) -> bool:
    """Whether the passphrase was given to her by somebody, and the days are over in which she could choose her own."""
    return person.passphrase_ends_on is not None and now.date() > person.passphrase_ends_on


def _trust(session: Session, person: PersonRow, now: datetime) -> str:
    """The token of a browser that is trusted from now on."""
    token = new_token()
    row = TrustedDeviceRow(token_hash=token_hash(token), organisation_id=person.organisation_id, person_id=person.id, ends_at=now + TRUST)
    session.add(row)
    return token
