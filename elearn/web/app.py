"""The application: the list of what is plugged in, nothing else."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter, Rule
from werkzeug.wsgi import get_host

from elearn.config import Settings
from elearn.lang import LANGUAGES
from elearn.runtime import Runtime
from elearn.web import assets, auth, csrf, errors, headers, i18n, limits, render
from elearn.web.account import blueprint as account
from elearn.web.account import lost
from elearn.web.admin import blueprint as admin
from elearn.web.asked import Answer, Asked, asked
from elearn.web.form_session import FormSessions
from elearn.web.learn import blueprint as learn
from elearn.web.learn.straight import StraightSaves
from elearn.web.public import blueprint as public
from elearn.web.public import entry
from elearn.web.teach import blueprint as teach

#: Where an application keeps the straight way of answers.
_STRAIGHT: Final = "elearn straight"

#: Bytes below which compressing an answer is not worth it.
_SMALL: Final = 600


#: This machine under its other address, which Werkzeug's list of trusted hosts cannot name.
_SELF: Final = re.compile(r"\[::1\](:\d{1,5})?")


#: A rule, and the values it found in an address.
Match = tuple[Rule, Mapping[str, Any]]
#: Addresses remembered in a worker.
_MOST: Final = 2_000


class _Adapter(MapAdapter):
    """What matches one address, remembering what matched before: most addresses are asked for again and again."""

    def __init__(self, known: dict[tuple[str, str], Match], *place: Any) -> None:  # noqa: ANN401 - as Werkzeug has it
        super().__init__(*place)
        self._known = known

    def match(self, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - as Werkzeug has it
        """As Werkzeug's; what Flask asks for every request is found out once for each address."""
        if given or named != {"return_rule": True}:
            return super().match(*given, **named)
        asked = (self.path_info, self.default_method)
        found = self._known.get(asked)
        if found is None:
            found = super().match(return_rule=True)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[asked] = found
        rule, values = found
        return rule, dict(values)  # the language is taken out of it


class _Application(Flask):
    """Flask, without finding out for every request what is the same for all: none of our functions is a coroutine, and hosts are few."""

    request_class = Asked
    response_class = Answer

    def __init__(self, name: str) -> None:
        super().__init__(name, static_folder=None)
        self._known_host = lru_cache(200)(self._host)
        self._known: dict[tuple[str, str], Match] = {}

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Give what matches the address of a request to a host of ours; SecurityError for any other host."""
        if request is None:
            return super().create_url_adapter(None)
        environ = request.environ
        request.host = self.host_of(environ)
        query = request.query_string.decode(errors="replace")
        place = (request.host, request.root_path, "", request.scheme, request.path, request.method, query)
        return _Adapter(self._known, self.url_map, *place)

    def host_of(self, environ: Mapping[str, str]) -> str:
        """Give the host of ours that a request is for; SecurityError for any other."""
        return self._known_host(*(environ.get(name, "") for name in ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT", "wsgi.url_scheme")))

    def _host(self, said: str, name: str, port: str, scheme: str) -> str:
        if _SELF.fullmatch(said):
            return said
        return get_host(
            {"HTTP_HOST": said, "SERVER_NAME": name, "SERVER_PORT": port, "wsgi.url_scheme": scheme}, self.config["TRUSTED_HOSTS"]
        )

    def wsgi_app(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """As Flask's; an answer that a script saves takes the straight way where it can."""
        straight: StraightSaves | None = self.extensions.get(_STRAIGHT)
        reply = straight.reply(environ, self.host_of) if straight else None
        if reply is None:
            return super().wsgi_app(environ, start_response)
        start_response("200 OK", reply[0])
        return [reply[1]]

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Give the function as it is."""
        return func


def create_app(runtime: Runtime) -> Flask:
    """Build the application around a runtime; refuses a route that names no permission."""
    app = _Application("elearn.web")
    app.extensions[auth.EXTENSION] = runtime
    _configure(app, runtime)
    forms = app.session_interface = FormSessions(app)
    for part in (assets, i18n, render, csrf, headers, limits, errors, lost, auth):
        part.register(app)
    app.url_value_preprocessor(_take_language)
    app.url_defaults(_give_language)
    app.after_request(_keep_language)
    for audience in (public, account, learn, teach, admin):
        app.register_blueprint(audience, url_prefix=f"/<any({','.join(LANGUAGES)}):lang>")
    app.register_blueprint(entry.blueprint)
    _compress(app)
    auth.check_guards(app)
    if runtime.database.is_sqlite:  # on PostgreSQL a save may wait for a standby: where that fails, nobody shall wait for it twice
        app.extensions[_STRAIGHT] = StraightSaves(app, forms)
    return app


def _configure(app: Flask, runtime: Runtime) -> None:
    """Set what Flask leaves open by default (design/safety-probes.md g)."""
    settings = runtime.settings
    app.config.update(
        SECRET_KEY=runtime.keys.session[0].secret,
        SECRET_KEY_FALLBACKS=[key.secret for key in runtime.keys.session[1:]],
        SESSION_COOKIE_NAME="__Host-form" if settings.secure else "form",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=_hosts(settings),
        COMPRESS_REGISTER=False,
        COMPRESS_ALGORITHM=["zstd", "br", "gzip"],
        COMPRESS_MIMETYPES=["text/html", "application/json"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_ZSTD_LEVEL=3,
        COMPRESS_LEVEL=4,
        COMPRESS_MIN_SIZE=_SMALL,
    )
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _compress(app: Flask) -> None:
    """Compress what is worth it and not compressed yet."""
    compress = Compress(app)

    def pack(response: Response) -> Response:
        headers = response.headers
        small = int(headers.get("Content-Length", _SMALL)) < _SMALL
        return response if small or "Content-Encoding" in headers else compress.after_request(response)

    app.after_request(pack)


def _hosts(settings: Settings) -> list[str]:
    """The host names this installation answers to: its own address, its mirrors, and what the operator adds."""
    named = [urlsplit(address).hostname or "" for address in (settings.public_url, *settings.mirrors)]
    local = ["127.0.0.1", "localhost"]
    return [host for host in (*named, *settings.trusted_hosts, *local) if host]


def _take_language(_endpoint: str | None, values: dict[str, object] | None) -> None:
    """The first segment of an address is the language; views never see it."""
    if values:
        g.lang = values.pop("lang", None)


def _give_language(endpoint: str, values: dict[str, object]) -> None:
    """Addresses made inside a page keep its language."""
    if "lang" not in values and endpoint.partition(".")[2] and not endpoint.startswith("entry."):
        values["lang"] = i18n.language()


def _keep_language(response: Response) -> Response:
    """Remember the language last read, so that `/` leads back to it."""
    asking = asked()
    chosen = g.get("lang") if asking.method == "GET" else None
    if chosen and asking.cookies.get(i18n.cookie_name()) != chosen:
        auth.set_cookie(response, i18n.cookie_name(), chosen, max_age=365 * 24 * 3600)
    return response
