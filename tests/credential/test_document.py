import copy
from typing import Any

import pytest

from elearn.credential import document
from elearn.credential.document import Issuer, StatusEntry
from elearn.errors import Invalid
from tests.credential.factories import ISSUER, SERIAL, STATUS, make_award


@pytest.mark.parametrize("status", [None, STATUS])
@pytest.mark.parametrize(
    "changes", [{}, {"pseudonym": "Dove"}, {"name_commitment": None, "expires_on": None, "grade_e4": None, "objectives": {}}]
)
def test_a_credential_reads_back_as_award_issuer_and_status(changes: dict[str, Any], status: StatusEntry | None) -> None:
    award = make_award(**changes)
    assert document.read(document.build(award, ISSUER, status=status)) == (award, ISSUER, status)


def test_the_credential_has_what_open_badges_wants() -> None:
    built = document.build(make_award(), Issuer("did:web:learn.example", "Coalition"))
    subject = built["credentialSubject"]
    assert built["@context"][:2] == ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]
    assert built["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert built["issuer"] == {"id": "did:web:learn.example", "type": ["Profile"], "name": "Coalition"}
    assert (built["validFrom"], built["validUntil"]) == ("2026-03-05T00:00:00Z", "2029-03-05T23:59:59Z")
    assert {"id", "type", "criteria", "description", "name"} <= set(subject["achievement"])
    assert subject["licenseNumber"] == SERIAL
    assert subject["identifier"][0]["identityHash"].startswith("sha256$")


def test_neither_name_nor_salt_is_in_the_credential() -> None:
    text = str(document.build(make_award(), ISSUER))
    assert "Aýna" not in text
    assert "salt" not in text


def test_the_id_is_made_from_the_serial_alone() -> None:
    assert document.build(make_award(hours=9), ISSUER)["id"] == document.credential_id(SERIAL)


@pytest.mark.parametrize(
    "path", [(), ("issuer",), ("credentialSubject",), ("credentialSubject", "achievement"), ("credentialSubject", "result", 0)]
)
def test_a_member_that_does_not_belong_there_is_refused_at_every_depth(path: tuple[Any, ...]) -> None:
    built = copy.deepcopy(document.build(make_award(), ISSUER))
    inner: Any = built
    for step in path:
        inner = inner[step]
    inner["evil"] = "not covered by the signature"
    with pytest.raises(Invalid) as caught:
        document.read(built)
    assert caught.value.code == "members-unexpected"


@pytest.mark.parametrize(
    "change",
    [
        {"facts": None},
        {"issuer": "did:web:learn.example"},
        {"issuer": {"id": ["did:web:x"], "name": "x"}},
        {"issuer": {"id": "did:web:x", "name": {"@id": "did:web:x"}}},
        {"credentialStatus": {"statusListCredential": "x"}},
        {"credentialStatus": {"statusListCredential": "https://x.example/", "statusListIndex": "many"}},
        {"issuer": {"id": "relative", "name": "x"}},
        {"issuer": {"id": "did:web:x", "name": "x", "url": "relative"}},
        {"credentialStatus": {"statusListCredential": "relative", "statusListIndex": "1"}},
        {"@context": 1.5},
    ],
)
def test_what_is_no_credential_of_ours_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as caught:
        document.read({**document.build(make_award(), ISSUER), **change})
    assert caught.value.code in {"document-unreadable", "facts-unreadable", "issuer-id", "status-address"}
