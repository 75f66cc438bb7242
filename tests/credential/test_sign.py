import contextlib
import hashlib
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyld import jsonld

from elearn.credential import keys, sign
from elearn.credential.contexts import CREDENTIALS_V2, OPEN_BADGES_V3, Loader, pinned
from elearn.credential.document import Document
from elearn.errors import Invalid
from tests.credential.factories import KEY, NOON, OTHER_KEY, REAL, make_signed

VECTORS = REAL / "eddsa-vectors"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="the W3C test vectors are not beside this checkout")
needs_badges = pytest.mark.skipif(not REAL.exists(), reason="the 1EdTech examples are not beside this checkout")


def published() -> Loader:
    files = {
        CREDENTIALS_V2: "credentials-v2.jsonld",
        OPEN_BADGES_V3: "ob-v3p0-3.0.3.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json": "ob-v3p0-extensions.json",
    }
    documents: dict[str, Any] = {address: json.loads((REAL / "contexts" / file).read_text("utf-8")) for address, file in files.items()}
    documents["https://www.w3.org/ns/credentials/examples/v2"] = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    return Loader(documents)


def code_of(signed: Document) -> str:
    with pytest.raises(Invalid) as caught:
        sign.split(signed)
    return caught.value.code


def test_a_signed_credential_is_good_for_its_key_only() -> None:
    document, proof = sign.split(make_signed())
    assert sign.key_named(proof) == KEY.public.multibase
    assert sign.is_signed_by(KEY.public, document, proof)
    assert not sign.is_signed_by(OTHER_KEY.public, document, proof)


def test_the_time_of_the_proof_is_utc_in_whole_seconds() -> None:
    assert sign.split(make_signed())[1]["created"] == "2026-03-05T12:30:15Z"


def test_a_changed_proof_option_breaks_the_signature() -> None:
    document, proof = sign.split(make_signed())
    assert not sign.is_signed_by(KEY.public, document, {**proof, "created": "2026-03-05T12:30:16Z"})


@pytest.mark.parametrize("value", ["", "u123", "z", "z111", "z0"])
def test_a_damaged_signature_is_simply_wrong(value: str) -> None:
    document, proof = sign.split(make_signed())
    assert not sign.is_signed_by(KEY.public, document, {**proof, "proofValue": value})


def test_a_second_verifier_written_apart_agrees() -> None:
    signed = make_signed()
    (proof,) = signed.pop("proof")
    signature = keys.read_multibase(proof.pop("proofValue"))
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": pinned()}
    parts = [jsonld.normalize(part, options) for part in ({**proof, "@context": signed["@context"]}, signed)]
    message = b"".join(hashlib.sha256(part.encode()).digest() for part in parts)
    Ed25519PublicKey.from_public_bytes(KEY.public.raw).verify(signature, message)


def test_a_proof_must_be_there_be_one_and_have_its_members() -> None:
    signed = make_signed()
    (proof,) = signed["proof"]
    assert code_of({}) == "proof-missing"
    assert code_of({**signed, "proof": "z123"}) == "proof-missing"
    assert code_of({**signed, "proof": [proof, proof]}) == "proof-missing"
    assert code_of({**signed, "proof": {**proof, "nonce": "1"}}) == "proof-unexpected"
    assert code_of({**signed, "proof": {**proof, "cryptosuite": "eddsa-jcs-2022"}}) == "proof-unexpected"
    assert code_of({**signed, "proof": {**proof, "created": {"@id": "x:y"}}}) == "proof-unexpected"


@pytest.mark.parametrize(
    "change", [{"evil": 1}, {"type": ["VerifiableCredential", "Evil"]}, {"id": "relative"}, {"@context": ["https://example.com/unknown"]}]
)
def test_what_a_signature_would_not_cover_is_not_signed(change: Document) -> None:
    document, _ = sign.split(make_signed())
    with pytest.raises(Invalid) as caught:
        sign.canonical_rdf({**document, **change}, pinned())
    assert caught.value.code == "terms-undefined"


def test_an_issuer_may_be_a_plain_address() -> None:
    document = {"@context": [CREDENTIALS_V2], "id": "urn:x:1", "type": ["VerifiableCredential"], "issuer": "did:web:learn.example"}
    signed = sign.sign(document, KEY, created=NOON)
    assert signed["proof"][0]["verificationMethod"] == f"did:web:learn.example#{KEY.public.multibase}"


@needs_vectors
def test_the_w3c_test_vector_comes_out_byte_for_byte() -> None:
    pair = json.loads((VECTORS / "keyPair.json").read_text("utf-8"))
    seed = keys.read_multibase(pair["privateKeyMultibase"])[2:]
    document = json.loads((VECTORS / "unsigned.json").read_text("utf-8"))
    options = json.loads((VECTORS / "eddsa-rdfc-2022/proofConfigDataInt.json").read_text("utf-8"))
    expected = json.loads((VECTORS / "eddsa-rdfc-2022/signedDataInt.json").read_text("utf-8"))
    assert sign.canonical_rdf(document, published()) == (VECTORS / "eddsa-rdfc-2022/canonDocDataInt.txt").read_text("utf-8")
    signature = keys.signing_key(seed).sign(sign.hash_data(document, options, published()))
    assert keys.multibase(signature) == expected["proof"]["proofValue"]


@needs_vectors
def test_the_w3c_signed_example_is_accepted() -> None:
    signed = json.loads((VECTORS / "eddsa-rdfc-2022/signedDataInt.json").read_text("utf-8"))
    document, proof = sign.split(signed)
    assert sign.is_signed_by(key_in(proof), document, proof, loader=published())


@needs_badges
@pytest.mark.parametrize("file", ["simple", "simple-context-alias", "simple-did-web-method", "simple-err-expired"])
def test_published_badges_are_accepted(file: str) -> None:
    document, proof = sign.split(json.loads((REAL / f"ob30/{file}.json").read_text("utf-8")))
    assert sign.is_signed_by(key_in(proof), document, proof, loader=published())


@needs_badges
@pytest.mark.parametrize("file", ["context", "credential-subject-type", "evidence-type", "proof-method", "proof-value", "type"])
def test_published_faulty_badges_are_refused(file: str) -> None:
    document, proof = sign.split(json.loads((REAL / f"ob30/simple-err-{file}.json").read_text("utf-8")))
    with contextlib.suppress(Invalid):
        assert not sign.is_signed_by(key_in(proof), document, proof, loader=published())


@needs_badges
def test_a_published_badge_without_proof_is_refused() -> None:
    assert code_of(json.loads((REAL / "ob30/simple-noproof.json").read_text("utf-8"))) == "proof-missing"


def key_in(proof: Document) -> keys.PublicKey:
    named = sign.key_named(proof)
    return keys.PublicKey(keys.read_multibase(named)[2:]) if named.startswith("z6Mk") else KEY.public


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that are at work together change places all the time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("restless")
def test_many_sign_at_once() -> None:
    """The signer answers several at a time, and the library behind it is made for one."""
    with ThreadPoolExecutor(16) as pool:
        signed = list(pool.map(lambda _: make_signed(), range(200)))
    assert all(one == signed[0] for one in signed)
