"""The small door before the certificate key: bytes of a request in, bytes of an answer out. Two things are signed, nothing else.

An award: facts that make a whole certificate, which bears our issuer whatever is asked. A list of certificates that are no longer good.
Pure: key, issuer and clock are arguments; who listens where is decided by the command line.
"""

import base64
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from elearn.credential import compact, document, serial, status
from elearn.credential.award import Award, canonical
from elearn.credential.document import Document
from elearn.credential.keys import PublicKey, SigningKey
from elearn.credential.sign import sign
from elearn.errors import ElearnError, Invalid

#: No request and no answer is longer; a list of some ten thousand certificates fits.
LONGEST: Final = 2_000_000
#: How far the clocks of two machines may be apart.
_APART: Final = timedelta(days=1)
_AWARD: Final = frozenset({"kind", "facts", "created"})
_STATUS: Final = frozenset({"kind", "states", "day"})
_STATES: Final = frozenset({"withdrawn", "replaced"})


@dataclass(frozen=True, slots=True)
class Signed:
    """A certificate as it was signed: the document, the short text, and the id of the key."""

    document: Document
    compact: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Office:
    """Who signs: the key, and the name and address of the issuer (an empty address: none)."""

    key: SigningKey
    name: str
    address: str

    @property
    def issuer(self) -> document.Issuer:
        """The issuer as a credential names it: by the key, which needs no server to be looked up."""
        return document.Issuer(self.key.public.did, self.name, self.address or None)


def sign_award(award: Award, office: Office, *, created: datetime) -> Signed:
    """Sign an award, as a document and as the short text."""
    signed = sign(document.build(award, office.issuer), office.key, created=created)
    return Signed(signed, compact.write(award, office.key), office.key.public.id)


def answer(request: bytes, office: Office, *, now: datetime) -> bytes:
    """What the signer says to one request: a signature, or `{"error": code}`; never raises, never says what was asked."""
    try:
        return _line(_answer(request, office, now))
    except ElearnError as error:
        return _line({"error": error.code})
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, struct.error):
        return _line({"error": "request-unreadable"})


def ask_award(award: Award, *, created: datetime) -> bytes:
    """The request for an award."""
    return _line({"kind": "award", "facts": award.facts(), "created": created.astimezone(UTC).isoformat()})


def ask_status(states: Mapping[str, status.State], *, day: date) -> bytes:
    """The request for a list of certificates that are no longer good, by serial."""
    return _line({"kind": "status", "states": dict(states), "day": day.isoformat()})


def read_award(line: bytes, award: Award, keys: tuple[PublicKey, ...]) -> Signed:
    """The signed award of an answer; Invalid with the signer's code, or `answer-unfit` unless it is this award under a known key."""
    found = _read(line)
    code = "answer-unfit"
    try:
        signed = Signed(found["document"], found["compact"], compact.read(found["compact"]).key_id)
        short = compact.read(signed.compact)
        whole = signed.document["facts"] == award.facts() and short.compact == compact.Compact.of(award)
    except (ValueError, TypeError, KeyError, AttributeError, Invalid):
        raise Invalid(code) from None
    if not whole or not any(key.id == short.key_id and short.is_signed_by(key) for key in keys):
        raise Invalid(code)
    return signed


def read_status(line: bytes, keys: tuple[PublicKey, ...]) -> bytes:
    """The signed list of an answer; Invalid with the signer's code, or as in `status.read`."""
    try:
        signed = base64.b64decode(_read(line)["list"], validate=True)
    except (ValueError, TypeError, KeyError):
        raise Invalid("answer-unfit") from None
    status.read(signed, keys)
    return signed


def _answer(request: bytes, office: Office, now: datetime) -> dict[str, Any]:
    if len(request) > LONGEST:
        raise Invalid("request-long")
    asked = json.loads(request)
    if asked["kind"] == "award" and set(asked) == _AWARD:
        return _signed_award(asked, office, now)
    if asked["kind"] == "status" and set(asked) == _STATUS:
        return _signed_status(asked, office, now)
    raise Invalid("request-unreadable")


def _signed_award(asked: Mapping[str, Any], office: Office, now: datetime) -> dict[str, Any]:
    award, created = Award.from_facts(asked["facts"]), datetime.fromisoformat(asked["created"])
    if abs(created - now) > _APART or award.issued_on > (now + _APART).date():
        raise Invalid("request-time")
    signed = sign_award(award, office, created=created)
    return {"document": signed.document, "compact": signed.compact}


def _signed_status(asked: Mapping[str, Any], office: Office, now: datetime) -> dict[str, Any]:
    states, day = asked["states"], date.fromisoformat(asked["day"])
    if abs(day - now.date()) > _APART:
        raise Invalid("request-time")
    if not all(serial.parse(name) == name and state in _STATES for name, state in states.items()):
        raise Invalid("request-unreadable")
    return {"list": base64.b64encode(status.write(states, office.key, day=day)).decode()}


def _read(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line) if len(line) <= LONGEST else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Invalid("answer-unfit")
    if "error" in found:
        raise Invalid(str(found["error"]))
    return found


def _line(value: Mapping[str, Any]) -> bytes:
    return canonical(value) + b"\n"
