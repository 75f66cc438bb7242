"""Data Integrity proofs, cryptosuite eddsa-rdfc-2022: document and key in, signed document out. Keys are arguments.

The only module that turns JSON-LD into RDF. Shapes and verdicts are decided in document and verify.
"""

import hashlib
import threading
from datetime import UTC, datetime
from typing import Any, Final

from pyld.jsonld import JsonLdError, JsonLdProcessor

from elearn.credential.contexts import Loader, pinned
from elearn.credential.document import Document
from elearn.credential.keys import PublicKey, SigningKey, multibase, read_multibase
from elearn.errors import Invalid

_SUITE: Final = {"type": "DataIntegrityProof", "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod"}
_PROOF_MEMBERS: Final = frozenset([*_SUITE, "created", "verificationMethod", "proofValue"])
#: pyld resolves relative ids and unknown types against some base: this one gives them away.
_NOWHERE: Final = "https://relative.invalid/"
#: pyld keeps contexts it has met in tables of the process, and loses its way in them when two threads are at it.
_ALONE: Final = threading.Lock()


class _TermDroppedError(Exception):
    """A member or type that the contexts do not define: a signature would not cover it."""


def sign(document: Document, key: SigningKey, *, created: datetime, loader: Loader | None = None) -> Document:
    """The document with its proof (in a list, as Open Badges wants it); Invalid `terms-undefined` when a term would not be signed."""
    issuer = document["issuer"]
    options = {
        **_SUITE,
        "created": created.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "verificationMethod": f"{issuer if isinstance(issuer, str) else issuer['id']}#{key.public.multibase}",
    }
    signature = key.sign(hash_data(document, options, loader or pinned()))
    return {**document, "proof": [{**options, "proofValue": multibase(signature)}]}


def split(signed: Document) -> tuple[Document, Document]:
    """Document and its one proof; Invalid `proof-missing` or `proof-unexpected`."""
    proof = signed.get("proof")
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        code = "proof-missing"
        raise Invalid(code)
    plain = all(isinstance(value, str) for value in proof.values())
    if not plain or set(proof) != _PROOF_MEMBERS or any(proof[name] != value for name, value in _SUITE.items()):
        code = "proof-unexpected"
        raise Invalid(code)
    return {name: value for name, value in signed.items() if name != "proof"}, proof


def key_named(proof: Document) -> str:
    """The multibase key that a proof names; empty when it names none."""
    return str(proof["verificationMethod"]).rpartition("#")[2]


def is_signed_by(key: PublicKey, document: Document, proof: Document, *, loader: Loader | None = None) -> bool:
    """Whether the proof is this key's over this document; Invalid `terms-undefined` as in `sign`.

    Only for documents whose shape was checked before: hostile JSON-LD can make canonicalization very slow.
    """
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    try:
        signature = read_multibase(str(proof["proofValue"]))
    except ValueError:
        return False
    return key.verifies(signature, hash_data(document, options, loader or pinned()))


def hash_data(document: Document, options: Document, loader: Loader) -> bytes:
    """What is signed: hash of the canonical proof options, then of the canonical document (W3C vc-di-eddsa 3.2)."""
    config = {**options, "@context": document["@context"]}
    return b"".join(hashlib.sha256(canonical_rdf(one, loader).encode()).digest() for one in (config, document))


def canonical_rdf(document: Document, loader: Loader) -> str:
    """RDFC-1.0 N-Quads of a JSON-LD document; Invalid `terms-undefined` when a part of it has no meaning in its contexts."""
    processor = JsonLdProcessor(on_property_dropped=_refuse_dropped)
    options: dict[str, Any] = {"documentLoader": loader, "contextResolver": loader.resolver, "base": _NOWHERE}
    try:
        with _ALONE:
            expanded = processor.expand(document, options)
            _refuse_relative(expanded)
            rdf: str = processor.normalize(expanded, {**options, "algorithm": "URDNA2015", "format": "application/n-quads"})
    except (_TermDroppedError, JsonLdError, RecursionError) as reason:
        code = "terms-undefined"
        raise Invalid(code) from reason
    return rdf


def _refuse_dropped(name: str) -> None:
    raise _TermDroppedError(name)


def _refuse_relative(node: object) -> None:
    """A relative id and a type unknown to the contexts mean nothing, so they must not be there."""
    if isinstance(node, list):
        for inner in node:
            _refuse_relative(inner)
    elif isinstance(node, dict) and node.get("@type") != "@json":
        named = [node.get("@id"), *(node["@type"] if isinstance(node.get("@type"), list) else [node.get("@type")])]
        if any(name is not None and name.startswith(_NOWHERE) for name in named):
            raise _TermDroppedError(named)
        for inner in node.values():
            _refuse_relative(inner)
