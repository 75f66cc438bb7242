"""Coarse limits on costly pages, in memory only, and on what any request may hold. Sign-in has its own counters in the database.

Behind an onion service or a proxy that says nothing all askers share one address: what costs a slow hash is limited for all strangers
together, before anything is counted or hashed, and for each browser that is trusted apart, so that a flood shuts nobody out at home.
Whoever has shown a passphrase is counted by her account, not by an address. Of certificates only misses are counted: what is right is
always told, so whoever asks for numbers that are none keeps nobody from checking one.
"""

import hashlib
import hmac
import secrets
from datetime import date
from ipaddress import ip_address
from typing import Final

from flask import Flask, Response, abort, current_app, g, make_response, request
from flask_limiter import Limiter

from elearn.actions.session import SIGN_IN
from elearn.store.factors import find_step
from elearn.store.sessions import find_trusted_device, token_hash
from elearn.store.tenancy import everyone
from elearn.web import auth
from elearn.web.asked import asked, holds_nul
from elearn.web.buckets import Buckets
from elearn.web.errors import answer
from elearn.web.i18n import gettext
from elearn.web.messages import sentence

#: Sign-in, joining, recovering: each costs a slow hash.
COSTLY: Final = "30 per minute"

#: Forms that cost a slow hash and that anybody may send.
HASHING: Final = frozenset({"account.sign_in_submit", "account.recover_submit", "account.join_submit", "account.setup_submit"})
#: After so many seconds whoever was put off may try again.
_LATER: Final = 5

#: Where an application keeps how many misses are left to whom.
_MISSES: Final = "elearn misses"

_secrets: Final[dict[date, bytes]] = {}


def _asker() -> str:
    """Give a mark of who asks."""
    return _mark(_known_by())


def _mark(text: str) -> str:
    """Give what stands for a text in memory, under a key that changes daily and is never stored."""
    today = auth.now().date()
    if today not in _secrets:
        _secrets.clear()
        _secrets[today] = secrets.token_bytes(32)
    return hmac.new(_secrets[today], text.encode(), hashlib.sha256).hexdigest()


def _known_by() -> str:
    """Give what an asker is told apart by: her account, or the sign-in that waits for her code; only strangers by an address.

    So no stranger who shares an address with everybody shuts those out who have shown a passphrase.
    """
    signed_in = auth.person().signed_in
    if signed_in is not None:
        return f"person {signed_in.person_id}"
    token = request.cookies.get(auth.step_cookie_name(), "") if request.endpoint == "account.proof_submit" else ""
    return f"step {token_hash(token)}" if token and _waits(token) else f"address {request.remote_addr or ''}"


def _waits(token: str) -> bool:
    with auth.runtime().database.read() as session, everyone(session):
        return find_step(session, token_hash(token), SIGN_IN, auth.now()) is not None


limiter: Final = Limiter(_asker, storage_uri="memory://", headers_enabled=False)


def count_miss(about: str = "") -> None:
    """Count a question that was not met with a hit: for this asker, or for whoever asks `about` the same; 429 when there are too many."""
    misses: Buckets | None = current_app.extensions.get(_MISSES)
    if misses is not None and not misses.take(_mark(f"about {about}") if about else _asker(), auth.now()):
        abort(429)


def refuse_unusable() -> None:
    """Refuse a NUL anywhere."""
    asking = asked()
    if "\0" in asking.path:
        abort(400)
    for fields in (asking.args if asking.query_string else (), asking.form if asking.method == "POST" else ()):
        if fields and holds_nul(fields.lists()):
            abort(400)


@limiter.request_filter
def counted_otherwise() -> bool:
    """Whether the address of an asker says nothing about her and another limit stands for that of addresses."""
    return request.endpoint in HASHING and (_is_ours(request.remote_addr or "::1") or bool(trusted_device()))


def _is_ours(address: str) -> bool:
    """Whether an address is of this machine; what is no address (a proxy may say "unknown", or a socket's name) is not."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def trusted_device() -> str:
    """Give the mark of the trusted browser that asks; "" for any other, whatever it says."""
    found: str | None = g.get("trusted_device")
    if found is None:
        token = request.cookies.get(auth.device_cookie_name(), "")
        found = g.trusted_device = _device_of(token) if token else ""
    return found


def _device_of(token: str) -> str:
    with auth.runtime().database.read() as session, everyone(session):
        return token_hash(token) if find_trusted_device(session, token, auth.now()) else ""


def _hold_back(strangers: Buckets, trusted: Buckets) -> Response | None:
    """Put off what costs a slow hash when there is more of it than readers can bear."""
    asking = asked()
    if asking.method != "POST" or asking.endpoint not in HASHING:
        return None
    device = trusted_device()
    if (trusted if device else strangers).take(device, auth.now()):
        return None
    response = make_response(answer(503, gettext("This did not work"), sentence("busy", {})))
    response.headers["Retry-After"] = str(_LATER)
    return response


def register(app: Flask) -> None:
    """Switch the limits on."""
    app.before_request(refuse_unusable)
    app.config["RATELIMIT_ENABLED"] = auth.runtime_of(app).settings.limit_requests
    # views with a limit ask about it themselves; taken for registered already, the extension does not ask before and after all others too
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
    if app.config["RATELIMIT_ENABLED"]:
        app.extensions[_MISSES] = Buckets(at_once=30, a_second=0.5, most=10_000)
        strangers = Buckets(at_once=10, a_second=3)  # together a fifth of a core in each worker
        trusted = Buckets(at_once=5, a_second=0.1)
        app.before_request(lambda: _hold_back(strangers, trusted))
