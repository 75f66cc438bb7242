"""Form tokens for every unsafe request, without exemptions (design: safety requirement 8)."""

from collections.abc import Mapping

from flask import Flask, current_app
from flask_wtf.csrf import CSRFError, CSRFProtect

from elearn.web.asked import asked
from elearn.web.form_session import is_own
from elearn.web.kept import token_in_page

_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_OWN = frozenset({"same-origin", "none"})


class CrossSiteError(CSRFError):  # type: ignore[misc] # Flask-WTF ships no types
    """The browser itself says that another site sent this form."""


def refuse_cross_site() -> None:
    """Refuse an unsafe request that Sec-Fetch-Site or Origin shows to come from elsewhere; absent headers decide nothing."""
    asking = asked()
    if asking.method not in _SAFE and is_cross_site(asking.environ, asking.host, tls=current_app.config["SESSION_COOKIE_SECURE"]):
        raise CrossSiteError


def is_cross_site(environ: Mapping[str, str], ours: str, *, tls: bool) -> bool:
    """Whether a request says itself that it comes from elsewhere than this host; `tls`: cookies travel over TLS only."""
    site, origin = environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_ORIGIN")
    if site is not None and site not in _OWN:
        return True
    if origin is None or origin == "null":
        return False
    scheme, _, host = origin.partition("://")
    return host != ours or (tls and scheme != "https")  # a page without TLS may be anybody's on the way


def register(app: Flask) -> None:
    """Protect every unsafe route."""
    app.config["WTF_CSRF_SSL_STRICT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.before_request(refuse_cross_site)
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # it would ask about exemptions for pages that are only read; `protect` does not
    checked = CSRFProtect(app)

    def protect() -> None:
        asking = asked()
        if asking.method not in _SAFE and asking.endpoint and not is_own(asking.form.get("csrf_token", "")):
            checked.protect()

    app.before_request(protect)
    app.jinja_env.globals["csrf_token"] = token_in_page  # in place of the one it has just put there
