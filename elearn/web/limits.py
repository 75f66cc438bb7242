"""Coarse limits on costly pages, in memory only, and on what any request may hold. Sign-in has its own counters in the database."""

import hashlib
import hmac
import secrets
from datetime import date
from typing import Final

from flask import Flask, abort, request
from flask_limiter import Limiter

from elearn.web import auth

#: Sign-in, joining, recovering: each costs a slow hash. Checking certificates: against guessing of serials.
COSTLY: Final = "30 per minute"

_secrets: Final[dict[date, bytes]] = {}


def _asker() -> str:
    """Give a mark of the asker's address, under a key that changes daily and is never stored."""
    today = auth.now().date()
    if today not in _secrets:
        _secrets.clear()
        _secrets[today] = secrets.token_bytes(32)
    return hmac.new(_secrets[today], (request.remote_addr or "").encode(), hashlib.sha256).hexdigest()


limiter: Final = Limiter(_asker, storage_uri="memory://", headers_enabled=False)


def refuse_unusable() -> None:
    """Refuse a NUL anywhere: nobody can type it, no page can show it, no database keeps it."""
    if "\0" in request.path:
        abort(400)
    for fields in (request.args if request.query_string else (), request.form if request.method == "POST" else ()):
        if fields and any("\0" in "".join((name, *values)) for name, values in fields.lists()):
            abort(400)


def register(app: Flask) -> None:
    """Switch the limits on."""
    app.before_request(refuse_unusable)
    app.config["RATELIMIT_ENABLED"] = auth.runtime_of(app).settings.limit_requests
    limiter.init_app(app)
