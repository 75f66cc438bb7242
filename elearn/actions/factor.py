"""The second factor: time codes of an app, set up, shown at sign-in, removed, and a sheet of codes in their place."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.access import timecode
from elearn.actions import notices, recovery, throttle
from elearn.actions.session import SIGN_IN, Opened, open_session, take_back_try
from elearn.errors import Conflict, Refused
from elearn.store import audit, factors, sessions
from elearn.store.engine import Database
from elearn.store.factors import SecondFactorRow, SignInStepRow
from elearn.store.people import delete_recovery_codes, get_person, list_recovery_codes
from elearn.store.sealed import Cell, Key, seal, unseal
from elearn.store.sessions import SignedIn, token_hash
from elearn.store.tenancy import everyone

#: What the recovery codes of the second factor are kept as.
PURPOSE: Final = "factor"


@dataclass(frozen=True, slots=True)
class SwitchedOn:
    """The session that goes on with the second factor, and the codes that stand in for it, shown once."""

    opened: Opened
    recovery_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Held:
    """What a typed code is held against; no seed where none of the keys there are opens it."""

    seed: bytes | None
    salt: bytes


@dataclass(frozen=True, slots=True)
class _Proof:
    """What was typed: a step of time codes, or the hash of a recovery code; neither when it is wrong."""

    step: int | None = None
    code_hash: bytes = b""


def begin(session: Session, who: SignedIn, *, keys: Sequence[Key]) -> bytes:
    """A new seed for the app, in place of one that no code has confirmed; Conflict("factor-on"). The edge asks for a fresh sign-in first.

    Each beginning draws anew: a seed that somebody else began with and saw must never become hers.
    """
    seed = secrets.token_bytes(timecode.SEED_BYTES)
    sealed = seal(seed, _cell(who.person_id, who.organisation_id), keys)
    if not factors.put_seed(session, who.person_id, sealed, organisation_id=who.organisation_id):
        raise Conflict("factor-on")
    return seed


def begun_seed(session: Session, who: SignedIn, *, keys: Sequence[Key]) -> bytes:
    """The seed that waits for its first code; Refused("factor-not-begun")."""
    row = factors.find_factor(session, who.person_id)
    if row is None or row.confirmed_on is not None:
        raise Refused("factor-not-begun")
    return _open(row, keys)


def switch_on(database: Database, who: SignedIn, typed: str, *, keys: Sequence[Key], now: datetime) -> SwitchedOn:
    """Confirm the seed by its first code and end all sessions but a new one.

    Refused("wrong-code"), Refused("too-many-tries"), Refused("factor-not-begun").
    A right code is proof that she saw the seed, which only a fresh sign-in shows: so none is asked for here.
    """
    with database.transaction(who.organisation_id) as session:
        seed = begun_seed(session, who, keys=keys)
        throttle.count_try(session, throttle.factor_key(who.person_id), now=now, limits=throttle.FACTOR)
    step = timecode.matching_step(seed, typed, now)
    if step is None:
        raise Refused("wrong-code")
    sheet = recovery.new_sheet()
    with database.transaction(who.organisation_id) as session:
        person = get_person(session, who.person_id, for_update=True)
        if begun_seed(session, who, keys=keys) != seed or not factors.use_step(session, who.person_id, step):
            raise Refused("wrong-code")
        factors.confirm_factor(session, who.person_id, now.date())
        throttle.forgive(session, throttle.factor_key(who.person_id), now=now)
        recovery.keep(session, person, sheet, purpose=PURPOSE)
        return SwitchedOn(begin_anew(session, who, "factor.added", told="factor-added", factored=True, now=now), sheet.codes)


def switch_off(session: Session, who: SignedIn, *, now: datetime) -> Opened:
    """Remove the second factor and end all sessions but a new one; Refused("no-factor"). The edge asks for a fresh sign-in first."""
    if not factors.has_factor(session, who.person_id):
        raise Refused("no-factor")
    _take_away(session, who.person_id)
    return begin_anew(session, who, "factor.removed", told="factor-removed", factored=False, now=now)


def drop(session: Session, person_id: str) -> None:
    """Take the second factor of a person away with all that hangs on it, and end her sessions; the record is the caller's."""
    _take_away(session, person_id)
    sessions.end_everywhere(session, person_id)


def _take_away(session: Session, person_id: str) -> None:
    """The factor and the codes that stand in for it; the person is locked first, as wherever her factor changes."""
    get_person(session, person_id, for_update=True)
    factors.delete_factor(session, person_id)
    delete_recovery_codes(session, person_id, purpose=PURPOSE)


def new_codes(database: Database, who: SignedIn, *, now: datetime) -> tuple[str, ...]:
    """Replace the codes that stand in for the app, shown once; Refused("no-factor"). The edge asks for a fresh sign-in first."""
    sheet = recovery.new_sheet()
    with database.transaction(who.organisation_id) as session:
        if not factors.has_factor(session, who.person_id):
            raise Refused("no-factor")
        recovery.keep(session, get_person(session, who.person_id), sheet, purpose=PURPOSE)
        audit.record_act(session, "factor.codes", person_id=who.person_id, organisation_id=who.organisation_id, now=now)
    return sheet.codes


def prove(
    database: Database, token: str, typed: str, *, keys: Sequence[Key], now: datetime, old_token: str = "", device: str = ""
) -> Opened:
    """Finish a sign-in that waits, by a time code or a recovery code; Refused("sign-in-over"), ("wrong-code"), ("too-many-tries").

    Refused("sealed-elsewhere") where our own keys do not open the seed: that is counted as nobody's try, and recovery codes go on to serve.
    """
    with database.transaction() as session, everyone(session):
        step = waiting(session, token, now)
        counter = begin_try(session, step, device, now)
        held = _held(session, step, keys)
        unreadable = held.seed is None and bool(timecode.clean(typed))
        if unreadable:
            _take_back(session, token, counter, now)
    if unreadable:
        raise Refused("sealed-elsewhere")
    proof = _read(held, typed, now)
    with database.transaction() as session, everyone(session):
        step = claim(session, token, now)
        if not _use(session, step, proof, now):
            raise Refused("wrong-code")
        throttle.forgive(session, counter, now=now)
        opened = let_in(session, step, old_token=old_token, device=device, now=now)
        if proof.step is None:
            audit.record_act(session, "factor.code-used", person_id=opened.person_id, organisation_id=opened.organisation_id, now=now)
        return opened


def waiting(session: Session, token: str, now: datetime) -> SignInStepRow:
    """The sign-in that waits under this token; Refused("sign-in-over"). The session must see everyone."""
    step = factors.find_step(session, token_hash(token), SIGN_IN, now)
    if step is None:
        raise Refused("sign-in-over")
    return step


def claim(session: Session, token: str, now: datetime) -> SignInStepRow:
    """As `waiting`, with the person locked first: what ends her sessions at this moment ends the one to be opened, or is seen here."""
    get_person(session, waiting(session, token, now).person_id, for_update=True)
    return waiting(session, token, now)


def begin_try(session: Session, step: SignInStepRow, device: str, now: datetime) -> str:
    """Count a try before it is made; the key of its counter. Refused("too-many-tries").

    A trusted browser has a counter of its own, so that nobody who guesses elsewhere keeps her out.
    """
    known = sessions.find_trusted_device(session, device, now) if device else None
    hers = known is not None and known.person_id == step.person_id
    counter = f"factor-device:{known.token_hash[:32]}" if known and hers else throttle.factor_key(step.person_id)
    get_person(session, step.person_id, for_update=True).missed_tries += 1
    throttle.count_try(session, counter, now=now, limits=throttle.FACTOR)
    return counter


def _held(session: Session, step: SignInStepRow, keys: Sequence[Key]) -> _Held:
    row = factors.find_factor(session, step.person_id)
    if row is None:
        raise Refused("sign-in-over")
    codes = list_recovery_codes(session, step.person_id, purpose=PURPOSE, limit=1)
    try:
        seed = _open(row, keys)
    except Refused:  # such as sealed with a key that this process has not read yet: the codes on paper need no seed
        seed = None
    return _Held(seed, codes[0].salt if codes else bytes(16))


def _take_back(session: Session, token: str, counter: str, now: datetime) -> None:
    """Take back the tries of a sign-in that failed because of us: this one, and once that at the passphrase. The person is locked."""
    step = waiting(session, token, now)  # read again: another try may have taken it back just before
    throttle.forgive(session, counter, now=now)
    take_back_try(get_person(session, step.person_id), 2 if step.facts["counter"] else 1)
    if step.facts["counter"]:
        throttle.forgive(session, str(step.facts["counter"]), now=now)
        step.facts = {**step.facts, "counter": ""}


def _read(held: _Held, typed: str, now: datetime) -> _Proof:
    if held.seed is not None and timecode.clean(typed):
        return _Proof(step=timecode.matching_step(held.seed, typed, now))
    return _Proof(code_hash=recovery.hash_code(typed, held.salt))


def _use(session: Session, step: SignInStepRow, proof: _Proof, now: datetime) -> bool:
    """Use up what was typed: each code lets in once, however many send it at once."""
    if proof.step is not None:
        return factors.use_step(session, step.person_id, proof.step)
    return bool(proof.code_hash) and recovery.burn(session, step.person_id, proof.code_hash, today=now.date(), purpose=PURPOSE)


def let_in(session: Session, step: SignInStepRow, *, old_token: str, device: str, now: datetime) -> Opened:
    """Use the sign-in that waits up and open the session it asked for; Refused("sign-in-over")."""
    person, facts = get_person(session, step.person_id), step.facts
    if person.state == "suspended" or not factors.take_step(session, step.token_hash):
        raise Refused("sign-in-over")
    take_back_try(person, 2 if facts["counter"] else 1)
    if facts["counter"]:
        throttle.forgive(session, str(facts["counter"]), now=now)
    if old_token:
        sessions.delete_session(session, token_hash(old_token))
    trust, label = bool(facts["trust"]), str(facts["label"])
    return open_session(session, person, now=now, device=device, label=label, trust=trust, factored=True)


def begin_anew(session: Session, who: SignedIn, verb: str, *, told: str, factored: bool, now: datetime) -> Opened:
    """End every session and trusted browser, open one for this browser, tell her and the record."""
    person = get_person(session, who.person_id, for_update=True)
    sessions.end_everywhere(session, who.person_id)
    opened = open_session(session, person, now=now, label=who.label, trust=who.trusted, factored=factored)
    notices.tell(session, who.person_id, told, now)
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, now=now)
    return opened


def _open(row: SecondFactorRow, keys: Sequence[Key]) -> bytes:
    return unseal(row.seed, _cell(row.person_id, row.organisation_id), keys)


def _cell(person_id: str, organisation_id: str) -> Cell:
    return Cell("second_factor", "seed", person_id, organisation_id)
