"""The straight way of the form that is sent most: an answer that a script saves while its page is open.

It passes the same gates as every form, in the same words of the same modules, but without all that Flask does for any page. It saves, or it
does nothing: whatever is not plainly in order goes the long way, which refuses it, and says why (docs/decisions/0015).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Any, Final

from flask import Flask

from elearn.access.permission import Permission
from elearn.access.rules import needs_fresh
from elearn.actions.session import wants_touch
from elearn.lang import Language, is_language
from elearn.web.asked import holds_nul, read_cookies, read_form
from elearn.web.auth import Visitor, may, runtime_of, session_behind
from elearn.web.csrf import is_cross_site
from elearn.web.form_session import FormSessions
from elearn.web.headers import private
from elearn.web.learn.attempt import MET, Address, save_at_once, saved, saves_answer

#: Headers and body of an answer; its status is 200.
Reply = tuple[list[tuple[str, str]], bytes]
_VIEW: Final = "learn.answer_submit"
_FIELDS: Final = {"csrf_token", "question", "save"}
_TLS: Final = ("https", "wss")
_PARTS: Final = 9  # of an address such as /en/courses/c/m/p/attempt/a/answer


class StraightSaves:
    """Saves answers around Flask, with what it found out when the application was made."""

    def __init__(self, app: Flask, forms: FormSessions) -> None:
        self._ours = runtime_of(app)
        self._forms = forms
        self._permission: Permission = app.view_functions[_VIEW].permission  # type: ignore[union-attr] # auth.check_guards made sure
        self._tls = self._ours.settings.secure

    def reply(self, environ: dict[str, Any], host_of: Callable[[dict[str, Any]], str]) -> Reply | None:
        """Save what a request holds; None, with the body as it was, where it has to go the long way."""
        body = environ["wsgi.input"]
        if not saves_answer(environ) or not isinstance(body, BytesIO):
            return None
        with suppress(Exception):  # whatever it was, the long way meets it again, or finds it, and answers it
            if self._save(environ, host_of(environ)):
                return self._saved(tls=environ["wsgi.url_scheme"] in _TLS)
        body.seek(0)
        return None

    def _save(self, environ: dict[str, Any], host: str) -> bool:
        """Save the answers of a form that is in order in every way; whether they are saved."""
        place = _place_of(environ)
        read = read_form(environ, self._ours.settings.max_body_bytes)
        if place is None or read is None or is_cross_site(environ, host, tls=self._tls):
            return False
        form = read[1].to_dict(flat=False)
        now = self._ours.clock()
        cookies = read_cookies(environ)
        if not form.keys() >= _FIELDS or holds_nul(form.items()) or not self._forms.is_plain(cookies, form["csrf_token"][0], now):
            return False
        found = session_behind(cookies, self._ours, now)
        if found is None or wants_touch(found, now=now):
            return False
        who = Visitor(found, demo=self._ours.settings.demo).identity
        if not may(who, self._permission) or needs_fresh(self._permission):
            return False
        language, address = place
        try:
            return save_at_once(self._ours, who, address, form, language=language, now=now) == {}
        except Exception as error:
            environ[MET] = error
            raise

    def _saved(self, *, tls: bool) -> Reply:
        body = saved().encode()
        headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("Vary", "Cookie")]
        return headers + private(self._ours.site(self._ours.clock()).exit_url, tls=tls), body


def _place_of(environ: Mapping[str, Any]) -> tuple[Language, Address] | None:
    """The language and the attempt that an address names, if it is an ordinary one."""
    path: str = environ["PATH_INFO"]
    parts = path.split("/")
    if (
        len(parts) != _PARTS
        or parts[0]
        or not all(parts[1:])
        or not path.isascii()
        or "\0" in path
        or environ.get("SCRIPT_NAME")
        or "%00" in environ["QUERY_STRING"]
    ):
        return None
    _, language, courses, course_id, module_id, page_id, attempts, attempt_id, _ = parts
    if not is_language(language) or (courses, attempts) != ("courses", "attempt"):
        return None
    return language, Address(course_id, module_id, page_id, attempt_id)
