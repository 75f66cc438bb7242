"""Award to Open Badges 3.0 credential and back. It knows the shape, not the signature."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Final

from elearn.credential import contexts
from elearn.credential.award import Award, canonical
from elearn.errors import Invalid

Document = dict[str, Any]

#: All our facts in one signed JSON literal: nothing inside it can escape the signature, as unknown members of JSON-LD do.
_OUR_TERMS: Final[Document] = {"facts": {"@id": "urn:uuid:5d0b1b0e-7f0f-5bb4-9a3a-6c1f8f0a2f51", "@type": "@json"}}
_SERIALS: Final = uuid.UUID("5d0b1b0e-7f0f-5bb4-9a3a-6c1f8f0a2f51")
_ABSOLUTE: Final = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]+")
_LONGEST: Final = 2000


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: an absolute id (`did:key:...`, `did:web:...` or https), a name, and a home page if there is one."""

    id: str
    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """The place of a credential in a Bitstring Status List: address of the list, index from 0."""

    address: str
    index: int


def credential_id(serial: str) -> str:
    """The id of a credential: made from the serial alone, so it survives a change of host name."""
    return uuid.uuid5(_SERIALS, serial).urn


def build(award: Award, issuer: Issuer, *, status: StatusEntry | None = None) -> Document:
    """The unsigned credential; Invalid `issuer-id` or `status-address` when these are no absolute addresses."""
    _require_address(issuer.id, "issuer-id")
    if not isinstance(issuer.name, str):
        raise TypeError(issuer.name)
    if issuer.url is not None:
        _require_address(issuer.url, "issuer-id")
    language = award.languages[0]
    document: Document = {
        "@context": [contexts.CREDENTIALS_V2, contexts.OPEN_BADGES_V3, _OUR_TERMS],
        "id": credential_id(award.serial),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": award.titles[language],
        "issuer": {"id": issuer.id, "type": ["Profile"], "name": issuer.name, **({"url": issuer.url} if issuer.url else {})},
        "validFrom": _instant(award.issued_on, time.min),
        "credentialSubject": _subject(award),
        "facts": award.facts(),
    }
    if award.expires_on:
        document["validUntil"] = _instant(award.expires_on, time(23, 59, 59))
    if status:
        document["credentialStatus"] = _status(status)
    return document


def read(document: Document) -> tuple[Award, Issuer, StatusEntry | None]:
    """What a credential without its proof says; Invalid `document-unreadable` or `members-unexpected`.

    The credential is built again from its facts and must come out the same: a member more, less or other is refused.
    """
    code = "document-unreadable"
    try:
        award = Award.from_facts(document["facts"])
        issuer = Issuer(document["issuer"]["id"], document["issuer"]["name"], document["issuer"].get("url"))
        place = document.get("credentialStatus")
        status = StatusEntry(place["statusListCredential"], int(place["statusListIndex"])) if place else None
        same = canonical(build(award, issuer, status=status)) == canonical(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Invalid(code) from None
    if not same:
        code = "members-unexpected"
        raise Invalid(code)
    return award, issuer, status


def _subject(award: Award) -> Document:
    language = award.languages[0]
    title = award.titles[language]
    subject: Document = {
        "id": credential_id(award.serial) + "#holder",
        "type": ["AchievementSubject"],
        "licenseNumber": award.serial,
        "achievement": {
            "id": f"{credential_id(award.serial)}#achievement",
            "type": ["Achievement"],
            "achievementType": "Certificate",
            "name": title,
            "description": "\n".join(award.objectives.get(language, ())) or title,
            "criteria": {"type": ["Criteria"], "narrative": award.rule},
            "humanCode": award.code,
            "inLanguage": language,
            "version": f"{award.release} sha256:{award.digest}",
        },
        "result": [{"type": ["Result"], "status": "Completed", **({} if award.grade_e4 is None else {"value": str(award.grade_e4)})}],
    }
    identities = [*_identity(award.name_commitment, "name"), *_identity(award.pseudonym, "userName")]
    return {**subject, "identifier": identities} if identities else subject


def _identity(value: str | None, kind: str) -> list[Document]:
    if value is None:
        return []
    hashed = kind == "name"
    return [{"type": "IdentityObject", "hashed": hashed, "identityHash": f"sha256${value}" if hashed else value, "identityType": kind}]


def _status(status: StatusEntry) -> Document:
    _require_address(status.address, "status-address")
    return {
        "id": f"{status.address}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(status.index),
        "statusListCredential": status.address,
    }


def _instant(day: date, at: time) -> str:
    return datetime.combine(day, at, UTC).isoformat().replace("+00:00", "Z")


def _require_address(text: str, code: str) -> None:
    if not _ABSOLUTE.fullmatch(text) or len(text) > _LONGEST:
        raise Invalid(code)
