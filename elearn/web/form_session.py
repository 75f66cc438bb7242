"""Flask's signed cookie (the secret of forms, notices for the next page) and the form token, each at the least cost. Knows no readers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from hmac import compare_digest
from typing import Any, Final, cast

from flask import Flask, Request, Response, current_app, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from elearn.web import auth

#: Where Flask-WTF keeps the secret of a browser's forms, and the salt with which it signs it.
_SECRET: Final = "csrf_token"  # noqa: S105 - a name
_SALT: Final = "wtf-csrf-token"
_MOST: Final = 2_000


class FormSessions(SecureCookieSessionInterface):
    """As Flask's own, but with one serializer, and signatures of cookies that hold nothing but the secret of forms checked once."""

    def __init__(self, app: Flask) -> None:
        serializer = super().get_signing_serializer(app)
        if serializer is None:
            message = "the key of the form cookie is missing"
            raise RuntimeError(message)
        self._serializer = serializer
        self._name = self.get_cookie_name(app)
        self._life = app.permanent_session_lifetime
        self._key = app.secret_key
        self._read: Callable[[str], tuple[dict[str, Any], Any]] = lru_cache(_MOST)(self._verified)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:  # noqa: ARG002 - Flask's signature
        """Give the one serializer: keys do not change while the process lives."""
        return self._serializer

    def _verified(self, value: str) -> tuple[dict[str, Any], Any]:
        return cast("tuple[dict[str, Any], Any]", self._serializer.loads(value, return_timestamp=True))

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:  # noqa: ARG002 - Flask's signature
        """Give what the cookie holds if its signature is ours and not too old, else nothing."""
        value = request.cookies.get(self._name, "")
        content = self._content(value, auth.now()) if value else None
        if content is None:
            return self.session_class()
        # what holds lists is read anew: whoever gets it may add to them
        return self.session_class(content if content.keys() == {_SECRET} else self._verified(value)[0])

    def _content(self, value: str, moment: datetime) -> dict[str, Any] | None:
        """What a cookie holds if its signature is ours and not too old, else None."""
        try:
            content, signed_at = self._read(value)
        except BadSignature:
            return None
        return None if moment - signed_at > self._life else content

    def is_plain(self, cookies: Mapping[str, str], token: str, moment: datetime) -> bool:
        """Whether the cookie holds the secret of forms and nothing else, and this is its form token letter for letter."""
        content = self._content(cookies.get(self._name, ""), moment)
        return content is not None and content.keys() == {_SECRET} and _fits(token, content[_SECRET], self._key)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie when something in it changed; say that the answer depends on cookies when it was looked at."""
        if session.modified or session.permanent:
            super().save_session(app, session, response)
        elif session.accessed and "Cookie" not in response.headers.get("Vary", ""):
            response.headers.add("Vary", "Cookie")


def form_token() -> str:
    """Give the form token of this request, as Flask-WTF will check it: signed once for each browser, not for each request."""
    secret = session.get(_SECRET)
    return _signed(current_app.secret_key, secret) if isinstance(secret, str) else str(generate_csrf())


def is_own(token: str) -> bool:
    """Whether this is letter for letter what `form_token` gives: so it is valid. Others may be too, as signed by another worker."""
    return _fits(token, session.get(_SECRET), current_app.secret_key)


def _fits(token: str, secret: object, key: str | bytes | None) -> bool:
    return isinstance(secret, str) and key is not None and compare_digest(token.encode(), _signed(key, secret).encode())


@lru_cache(_MOST)
def _signed(key: str | bytes, secret: str) -> str:
    return str(URLSafeTimedSerializer(key, salt=_SALT).dumps(secret))
