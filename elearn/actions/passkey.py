"""Passkeys beside time codes: another second proof, bound to the address of the site. The one door to webauthn."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from elearn.actions import factor, throttle
from elearn.actions.session import PATIENCE, SIGN_IN, Opened, clean_label
from elearn.errors import Conflict, Refused
from elearn.store import factors
from elearn.store.engine import Database
from elearn.store.factors import PasskeyRow, SignInStepRow
from elearn.store.sessions import SignedIn, new_token, token_hash
from elearn.store.tenancy import everyone

#: As many as one person needs, and what the adding of one is kept as while it waits.
MOST: Final = 10
ADDING: Final = "passkey"
_CHALLENGE: Final = 32
_LONGEST: Final = 20_000
_VERIFIED: Final = UserVerificationRequirement.REQUIRED
#: What the library raises for an answer that is no answer: its own, and those of the readers below it.
_UNREADABLE: Final = (WebAuthnException, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Place:
    """Where passkeys work: the host they are bound to, the origin a browser must be at, and neutral names for the list of the device."""

    host: str
    origin: str
    issuer: str
    label: str


@dataclass(frozen=True, slots=True)
class Begun:
    """The adding of a passkey that waits for the device: its token, and the question to the device as JSON."""

    token: str
    question: str


def place_of(public_url: str, *, issuer: str, label: str) -> Place | None:
    """The place of an installation, or None where browsers know no passkeys: a bare number as address, or no TLS."""
    parts = urlsplit(public_url)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        sound = parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
        return Place(host, f"{parts.scheme}://{parts.netloc}", issuer, label) if host and sound else None
    return None


def begin(session: Session, who: SignedIn, place: Place, *, now: datetime) -> Begun:
    """Ask the device for a new passkey; Refused("no-factor"), Refused("passkeys-full"). The edge asks for a fresh sign-in first."""
    if not factors.has_factor(session, who.person_id):
        raise Refused("no-factor")
    known = factors.list_passkeys(session, who.person_id)
    if len(known) >= MOST:
        raise Refused("passkeys-full", most=MOST)
    token, challenge = new_token(), secrets.token_bytes(_CHALLENGE)
    row = SignInStepRow(
        token_hash=token_hash(token),
        organisation_id=who.organisation_id,
        person_id=who.person_id,
        purpose=ADDING,
        challenge=challenge,
        facts={"session": who.token_hash},
        ends_at=now + PATIENCE,
    )
    session.add(row)
    session.flush()
    return Begun(token, _creation(who, place, challenge, known))


def add(database: Database, who: SignedIn, token: str, answer: str, *, label: str, place: Place, now: datetime) -> Opened:
    """Keep a passkey and end all sessions but a new one; Refused("passkey-unusable"), Conflict("passkey-known").

    The challenge serves one answer, good or not. Only the session that began may finish, and that had signed in just then.
    """
    with database.transaction(who.organisation_id) as session:
        step = factors.find_step(session, token_hash(token), ADDING, now)
        begun = step is not None and step.person_id == who.person_id and step.facts["session"] == who.token_hash
        challenge = step.challenge if step is not None and begun and factors.take_step(session, step.token_hash) else None
    if challenge is None:
        raise Refused("passkey-unusable")
    row = _made(who, _read(answer), challenge, place)
    row.label, row.created_on = clean_label(label), now.date()
    with database.transaction(who.organisation_id) as session:
        if not factors.has_factor(session, who.person_id):
            raise Refused("no-factor")
        if not factors.add_passkey(session, row):
            raise Conflict("passkey-known")
        return factor.begin_anew(session, who, "passkey.added", told="factor-added", factored=True, now=now)


def remove(session: Session, who: SignedIn, passkey_id: str, *, now: datetime) -> Opened:
    """Drop a passkey and end all sessions but a new one; Refused("passkey-unknown"). The edge asks for a fresh sign-in first."""
    if not factors.delete_passkey(session, passkey_id, who.person_id):
        raise Refused("passkey-unknown")
    return factor.begin_anew(session, who, "passkey.removed", told="factor-removed", factored=who.factored, now=now)


def question(session: Session, token: str, place: Place, *, now: datetime) -> str:
    """What a device is asked for a sign-in that waits, as JSON; an empty text where the person has no passkey."""
    with everyone(session):
        step = factors.find_step(session, token_hash(token), SIGN_IN, now)
        known = factors.list_passkeys(session, step.person_id) if step is not None else []
    if step is None or not step.challenge or not known:
        return ""
    options = generate_authentication_options(
        rp_id=place.host, challenge=step.challenge, allow_credentials=_descriptors(known), user_verification=_VERIFIED
    )
    return options_to_json(options)


def prove(database: Database, token: str, answer: str, *, place: Place, now: datetime, old_token: str = "", device: str = "") -> Opened:
    """Finish a sign-in that waits, by a passkey; Refused("sign-in-over"), ("passkey-unusable"), ("too-many-tries")."""
    given = _read(answer)
    with database.transaction() as session, everyone(session):
        step = factor.waiting(session, token, now)
        counter = factor.begin_try(session, step, device, now)
        asked = step.challenge or b""
        challenge = asked if factors.use_challenge(session, step.token_hash, asked, secrets.token_bytes(_CHALLENGE)) else None
        known = factors.find_passkey(session, str(given.get("id", "")), step.person_id)
    if known is None or challenge is None:
        raise Refused("passkey-unusable")
    count = _new_count(known, given, challenge, place)
    with database.transaction() as session, everyone(session):
        step = factor.claim(session, token, now)
        if not factors.use_passkey(session, known.id, step.person_id, count=count, today=now.date()):
            raise Refused("passkey-unusable")
        throttle.forgive(session, counter, now=now)
        return factor.let_in(session, step, old_token=old_token, device=device, now=now)


def _creation(who: SignedIn, place: Place, challenge: bytes, known: list[PasskeyRow]) -> str:
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=place.issuer,
        user_name=place.label,
        user_display_name=place.label,
        user_id=hashlib.sha256(b"passkey " + who.person_id.encode()).digest(),
        challenge=challenge,
        # not found on the device by itself: whoever searches it must know the handle first
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFIED
        ),
        exclude_credentials=_descriptors(known),
    )
    return options_to_json(options)


def _descriptors(known: list[PasskeyRow]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.id)) for row in known]


def _read(answer: str) -> dict[str, object]:
    """The answer of a device, as far as it is an object at all."""
    try:
        read = json.loads(answer) if len(answer) <= _LONGEST else None
    except (ValueError, RecursionError):
        read = None
    if not isinstance(read, dict):
        raise Refused("passkey-unusable")
    return read


def _made(who: SignedIn, given: Mapping[str, object], challenge: bytes, place: Place) -> PasskeyRow:
    try:
        made = verify_registration_response(
            credential=dict(given),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise Refused("passkey-unusable") from error
    return PasskeyRow(
        id=bytes_to_base64url(made.credential_id),
        organisation_id=who.organisation_id,
        person_id=who.person_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        used_on=None,
    )


def _new_count(known: PasskeyRow, given: Mapping[str, object], challenge: bytes, place: Place) -> int:
    """The count the device signed with, once all else fits; one that does not grow betrays a copy of the passkey."""
    try:
        proof = verify_authentication_response(
            credential=dict(given),
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except _UNREADABLE as error:
        raise Refused("passkey-unusable") from error
    return proof.new_sign_count
