"""Signed things + public keys -> verdict with reasons. No network, no store: what is not given is not known.

It takes whatever people have: the PDF, the credential as JSON, the text of the QR code or the address in it.
"""

import json
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal

from elearn.credential import attachment, compact, sign
from elearn.credential.award import Award
from elearn.credential.compact import Compact
from elearn.credential.document import Document, read
from elearn.credential.keys import PublicKey
from elearn.credential.name import is_name
from elearn.credential.status import StatusList
from elearn.errors import Invalid

State = Literal["valid", "expired", "replaced", "withdrawn", "altered", "unknown-key", "unreadable"]
NameCheck = Literal["not-asked", "matches", "differs", "no-code", "not-signed"]

#: What the second file inside our PDF calls itself: it holds the name code, which the server never keeps.
HOLDER_FILE: Final = "qadam-holder-1"
_LARGEST_JSON: Final = 2**18
_LONGEST_TEXT: Final = 4000


@dataclass(frozen=True, slots=True)
class Verdict:
    """The state, codes that say why, and the facts as far as they are proven (None when they are not)."""

    state: State
    reasons: tuple[str, ...] = ()
    compact: Compact | None = None
    award: Award | None = None
    key_id: str | None = None
    status_day: date | None = None
    name: NameCheck = "not-asked"


class _Unproven(Exception):  # noqa: N818 - a verdict on its way up, not an error
    def __init__(self, state: State, reason: str, key_id: str | None = None) -> None:
        super().__init__(reason)
        self.state: State = state
        self.reason = reason
        self.key_id = key_id


def verify(
    data: bytes,
    *,
    keys: tuple[PublicKey, ...],
    day: date,
    status: StatusList | None = None,
    name: str | None = None,
    name_code: str | None = None,
) -> Verdict:
    """The verdict on a PDF, a JSON credential or a compact text, as of `day` (UTC). Never raises, whatever the bytes.

    `name` is compared with the signed commitment; its code comes from the PDF or from `name_code`.
    """
    try:
        found, code = _signed_parts(data)
        proven = _prove_text(found, keys) if isinstance(found, str) else _prove_document(found, keys)
    except _Unproven as reason:
        return Verdict(reason.state, (reason.reason,), key_id=reason.key_id)
    return replace(_judge(proven, day, status), name=_check_name(proven, name, name_code or code))


def _signed_parts(data: bytes) -> tuple[Document | str, str | None]:
    """The credential or the compact text, and the name code if the file carries one."""
    if attachment.is_pdf(data):
        return _from_pdf(data)
    if data.lstrip()[:1] == b"{":
        document = _json(data)
        if document is None:
            raise _Unproven("unreadable", "json-unreadable")
        return document, None
    try:
        text = data[: _LONGEST_TEXT + 1].decode("ascii")
    except UnicodeDecodeError:
        raise _Unproven("unreadable", "kind-unknown") from None
    return text, None


def _from_pdf(data: bytes) -> tuple[Document, str | None]:
    files = [content for content in map(_json, attachment.embedded_files(data)) if content is not None]
    credentials = [content for content in files if "proof" in content]
    codes = [content.get("name_code") for content in files if content.get("type") == HOLDER_FILE]
    if len(credentials) != 1:
        raise _Unproven("unreadable", "pdf-many-credentials" if credentials else "pdf-no-credential")
    code = codes[0] if codes else None
    return credentials[0], code if isinstance(code, str) else None


def _json(data: bytes) -> Document | None:
    if len(data) > _LARGEST_JSON:
        return None
    try:
        value = json.loads(data.decode(), object_pairs_hook=_members)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A member given twice means one thing to one reader and another to the next."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError
    return members


def _prove_document(signed: Document, keys: tuple[PublicKey, ...]) -> Verdict:
    try:
        document, proof = sign.split(signed)
        award, issuer, _ = read(document)
    except (Invalid, RecursionError) as reason:
        code = reason.code if isinstance(reason, Invalid) else "document-unreadable"
        raise _Unproven("altered" if "facts" in signed else "unreadable", code) from None
    key = next((one for one in keys if one.multibase == sign.key_named(proof)), None)
    if key is None:
        raise _Unproven("unknown-key", "key-not-listed")
    if proof["verificationMethod"] != f"{issuer.id}#{key.multibase}":
        raise _Unproven("altered", "key-not-of-issuer", key.id)
    if not sign.is_signed_by(key, document, proof):
        raise _Unproven("altered", "signature-wrong", key.id)
    _require_time(key, award.issued_on)
    return Verdict("valid", compact=Compact.of(award), award=award, key_id=key.id)


def _prove_text(text: str, keys: tuple[PublicKey, ...]) -> Verdict:
    try:
        signed = compact.read(text)
    except Invalid as reason:
        raise _Unproven("altered" if reason.code == "compact-other-serial" else "unreadable", reason.code) from None
    named = [key for key in keys if key.id == signed.key_id]
    if not named:
        raise _Unproven("unknown-key", "key-not-listed", signed.key_id)
    signers = [key for key in named if signed.is_signed_by(key)]
    if not signers:
        raise _Unproven("altered", "signature-wrong", signed.key_id)
    _require_time(signers[0], signed.compact.issued_on)
    return Verdict("valid", compact=signed.compact, key_id=signed.key_id)


def _require_time(key: PublicKey, issued_on: date) -> None:
    if not key.is_valid_on(issued_on):
        raise _Unproven("unknown-key", "key-not-of-that-day", key.id)


def _judge(proven: Verdict, day: date, status: StatusList | None) -> Verdict:
    """Proven facts against the calendar and the status list; the gravest finding names the state."""
    facts = proven.compact
    assert facts is not None
    reasons: list[str] = []
    state: State = "valid"
    if facts.expires_on and day > facts.expires_on:
        state = "expired"
        reasons.append("past-last-day")
    listed = status.state_of(facts.serial) if status else None
    if listed:
        state = listed
        reasons.append(f"listed-{listed}")
    if status is None:
        reasons.append("status-not-given")
    if facts.issued_on > day:
        reasons.append("issued-later")
    return replace(proven, state=state, reasons=tuple(reasons), status_day=status.day if status else None)


def _check_name(proven: Verdict, name: str | None, code: str | None) -> NameCheck:
    facts = proven.award or proven.compact
    commitment = facts.name_commitment if facts else None
    if name is None:
        return "not-asked"
    if commitment is None:
        return "not-signed"
    if code is None:
        return "no-code"
    return "matches" if is_name(name, code, commitment) else "differs"
