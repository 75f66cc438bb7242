"""What went wrong, as a page in the reader's language that says what to do next. No trace, no version. Lost forms: account.lost."""

import logging
import secrets
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import quote

from flask import Flask, Response, g, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from elearn.errors import Conflict, ElearnError, Invalid, NotFound, Refused, Unavailable
from elearn.web import auth
from elearn.web.i18n import gettext
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.render import nearest_page, render

_LOG: Final = logging.getLogger("elearn")
_STATUS: Final = ((NotFound, 404), (Conflict, 409), (Invalid, 422), (Refused, 403), (Unavailable, 503))


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """An error with what to do next; `kept` are the fields of a form that can be sent again to `send_to`."""

    template: ClassVar[str] = "errors/error.html"

    text: str
    kept: tuple[tuple[str, str], ...] = ()
    send_to: str = ""


def wants_json() -> bool:
    """Whether a script asks, which wants a short answer and no page."""
    return request.accept_mimetypes.best == "application/json"


def answer(status: int, title: str, text: str) -> ResponseReturnValue:
    """Give an error as a page, or as JSON to a script."""
    g.public = False
    if wants_json():
        return jsonify(error=text), status
    return make_response(render(ErrorPage(title=title, text=text)), status)


def not_found() -> ResponseReturnValue:
    """Answer for what is not there, or not for this asker: the same words for both."""
    text = gettext(
        "The address may be old or mistyped, or the page may belong to somebody else. The list of courses is a good place to go on."
    )
    return answer(404, gettext("There is no page here"), text)


def _on_elearn(error: ElearnError) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return not_found()
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    return answer(status, gettext("This did not work"), sentence(error.code, error.params))


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, SecurityError):  # no page of ours can be made for a host that is not ours
        return Response("400 Bad Request\n", 400, content_type="text/plain; charset=utf-8")
    code = error.code or 500
    if code == 404:  # noqa: PLR2004 - the number is the word
        return not_found()
    if code in (301, 302, 303, 307, 308):
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and request.method == "GET" and not wants_json():
        return _to_page_of_form()
    titles = {
        405: (gettext("This page cannot do that"), gettext("Please go back and use the buttons of the page.")),
        413: (gettext("This is too much at once"), gettext("Please send a shorter text or a smaller file.")),
        429: (gettext("Too many tries"), gettext("Please wait a minute and try again.")),
    }
    title, text = titles.get(code, (gettext("This did not work"), gettext("Please go back and try again.")))
    return answer(code, title, text)


def _to_page_of_form() -> ResponseReturnValue:
    """Lead from an address that only takes forms, read again by a browser that forgot its page, to the page of the form."""
    query = request.query_string.decode(errors="replace")
    path = quote(nearest_page(request.path))
    return redirect(f"{path}?{query}" if query else path, 303)


def _on_crash(error: Exception) -> ResponseReturnValue:
    """Log a code and a random id, nothing about the person or what was typed."""
    mark = secrets.token_hex(4)
    auth.stay_unknown()
    _LOG.error("crash id=%s kind=%s endpoint=%s", mark, type(error).__name__, request.endpoint)
    text = gettext(
        "The fault is ours. Nothing you saved before is lost. Please try again; if it happens again, tell us this number: %(id)s", id=mark
    )
    return answer(500, gettext("Something broke on our side"), text)


def _on_second_crash(info: tuple[object, ...]) -> None:
    """Log a crash of a crash page with as little; Flask would log the address, and the words of the error may hold answers."""
    _LOG.error("crash of a page about a crash kind=%s", getattr(info[0], "__name__", ""))


def register(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.log_exception = _on_second_crash  # type: ignore[method-assign,assignment] # Flask's own would name the address
    app.register_error_handler(ElearnError, _on_elearn)
    app.register_error_handler(HTTPException, _on_http)
    if not app.testing:
        app.register_error_handler(Exception, _on_crash)
