import hashlib
import json
from datetime import UTC, datetime

import pytest
from pyld.jsonld import JsonLdError

from elearn.credential import contexts, sign
from elearn.credential.award import canonical
from elearn.credential.contexts import CREDENTIALS_V2, OPEN_BADGES_V3, Loader, pinned
from tests.credential.factories import KEY, REAL, STATUS, make_award, make_signed


@pytest.mark.parametrize("address", ["https://example.com/x", "http://127.0.0.1/", "file:///etc/hostname", ""])
def test_every_other_address_is_refused(address: str) -> None:
    with pytest.raises(JsonLdError):
        pinned()(address, {})


def test_the_w3c_context_of_the_library_is_the_one_we_tested() -> None:
    document = pinned()(CREDENTIALS_V2, {})["document"]
    assert hashlib.sha256(canonical(document)).hexdigest() == "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"


def test_our_own_open_badges_context_does_not_change_by_accident() -> None:
    assert (
        hashlib.sha256(canonical(contexts.open_badges())).hexdigest() == "5c2a1f7c375e388610925950a4708b52648c1a9ec8d944c637edc02799408bec"
    )


@pytest.mark.skipif(not REAL.exists(), reason="the published contexts are not beside this checkout")
def test_our_terms_mean_what_the_published_contexts_say() -> None:
    published = json.loads((REAL / "contexts/ob-v3p0-3.0.3.json").read_text("utf-8"))["@context"]
    ours = contexts.open_badges()["@context"]
    for name, meaning in ours.items():
        if isinstance(meaning, dict) and "@context" in meaning:
            inner = published[name].get("@context", {})
            assert meaning["@id"] == published[name]["@id"]
            assert all(inner[term] == said for term, said in meaning["@context"].items() if inner)
        else:
            assert meaning == published[name]


@pytest.mark.skipif(not REAL.exists(), reason="the published contexts are not beside this checkout")
def test_a_stranger_with_the_published_contexts_reads_the_same_rdf_and_accepts_the_proof() -> None:
    files = {CREDENTIALS_V2: "credentials-v2.jsonld", OPEN_BADGES_V3: "ob-v3p0-3.0.3.json"}
    published = Loader({address: json.loads((REAL / "contexts" / file).read_text("utf-8")) for address, file in files.items()})
    signed = make_signed(make_award(pseudonym="Dove"), status=STATUS)
    document, proof = sign.split(signed)
    assert sign.canonical_rdf(document, published) == sign.canonical_rdf(document, pinned())
    assert sign.is_signed_by(KEY.public, document, proof, loader=published)
    assert sign.sign(document, KEY, created=datetime(2026, 3, 5, tzinfo=UTC), loader=published) == sign.sign(
        document, KEY, created=datetime(2026, 3, 5, tzinfo=UTC)
    )
