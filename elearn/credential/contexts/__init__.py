"""The JSON-LD contexts our credentials name, pinned. Every other address is refused: nothing here ever opens a connection.

The W3C file comes with pyld; the Open Badges one is built from our own table of terms (docs/decisions/0006-*).
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import BUNDLED_CONTEXTS
from pyld.jsonld import JsonLdError

CREDENTIALS_V2: Final = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_V3: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_TABLE: Final = Path(__file__).parent / "ob-3.0.3.json"


class Loader:
    """Answers pyld with pinned documents by address, and keeps its own cache of them."""

    def __init__(self, documents: Mapping[str, Any]) -> None:
        self._documents = dict(documents)
        #: pyld's own cache is one for the whole process and would mix up two loaders.
        self.resolver = ContextResolver({}, self)

    def __call__(self, url: str, _options: object) -> dict[str, Any]:
        """The pinned document in the form pyld wants; JsonLdError for any other address."""
        if url not in self._documents:
            message = "not a pinned context"
            raise JsonLdError(message, "jsonld.LoadDocumentError", {"url": url}, code="loading document failed")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": self._documents[url]}


@cache
def pinned() -> Loader:
    """The loader of the product: two addresses, no more."""
    v2 = json.loads(BUNDLED_CONTEXTS[CREDENTIALS_V2].read_text("utf-8"))
    return Loader({CREDENTIALS_V2: v2, OPEN_BADGES_V3: open_badges()})


def open_badges() -> dict[str, Any]:
    """The JSON-LD context made from our table of Open Badges terms."""
    table = json.loads(_TABLE.read_text("utf-8"))
    prefixes: dict[str, str] = table["prefixes"]
    classes = {
        name: {"@id": _iri(one["iri"], prefixes), "@context": _terms(one["terms"], prefixes)} for name, one in table["classes"].items()
    }
    return {"@context": {**_terms(table["terms"], prefixes), **classes}}


def _terms(rows: Mapping[str, list[str | None]], prefixes: Mapping[str, str]) -> dict[str, Any]:
    context: dict[str, Any] = {"@protected": True, "id": "@id", "type": "@type"}
    for name, row in rows.items():
        keys = zip(("@id", "@type", "@container"), row, strict=False)
        context[name] = {key: _iri(value, prefixes) for key, value in keys if value}
    return context


def _iri(short: str, prefixes: Mapping[str, str]) -> str:
    prefix, colon, rest = short.partition(":")
    return prefixes[prefix] + rest if colon else short
