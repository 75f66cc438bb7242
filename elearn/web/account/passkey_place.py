"""Whether this request came to the address that passkeys are bound to. Looks at no passkey."""

from urllib.parse import urlsplit

from flask import request

from elearn.actions.passkey import Place, place_of
from elearn.web.auth import runtime, site


def passkey_place() -> Place | None:
    """Give the place where passkeys work if the browser is there; None at a mirror, and where browsers allow none."""
    place = place_of(runtime().settings.public_url, issuer=site().factor_issuer, label=site().factor_label)
    return place if place is not None and urlsplit(place.origin).netloc == request.host else None
