"""What went wrong, as a page in the reader's language that says what to do next. No trace, no version, nothing typed is lost."""

import logging
import secrets
from dataclasses import dataclass
from typing import ClassVar, Final

from flask import Flask, g, jsonify, make_response, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from elearn.errors import Conflict, ElearnError, Invalid, NotFound, Refused
from elearn.web import auth
from elearn.web.csrf import CrossSiteError
from elearn.web.i18n import gettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.render import render

_LOG: Final = logging.getLogger("elearn")
_STATUS: Final = ((NotFound, 404), (Conflict, 409), (Invalid, 422), (Refused, 403))
#: Never carried from a lost form to the next: tokens, secrets.
_NOT_KEPT: Final = frozenset({"csrf_token", "passphrase", "new_passphrase", "code", "keep-to"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """An error with what to do next; `kept` are the fields of a form that can be sent again to `send_to`."""

    template: ClassVar[str] = "errors/error.html"

    text: str
    kept: tuple[tuple[str, str], ...] = ()
    send_to: str = ""


def kept_fields() -> tuple[tuple[str, str], ...]:
    """Give what was typed in the form of this request, without tokens and secrets, so that no answer is lost."""
    return tuple((name, value) for name, value in request.form.items(multi=True) if name not in _NOT_KEPT)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _answer(status: int, title: str, text: str) -> ResponseReturnValue:
    g.public = False
    if _wants_json():
        return jsonify(error=text), status
    return make_response(render(ErrorPage(title=title, text=text)), status)


def not_found() -> ResponseReturnValue:
    """Answer for what is not there, or not for this asker: the same words for both."""
    text = gettext(
        "The address may be old or mistyped, or the page may belong to somebody else. The list of courses is a good place to go on."
    )
    return _answer(404, gettext("There is no page here"), text)


def _on_elearn(error: ElearnError) -> ResponseReturnValue:
    if isinstance(error, NotFound):
        return not_found()
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 400)
    return _answer(status, gettext("This did not work"), sentence(error.code, error.params))


def _on_sign_in_needed(error: auth.SignInNeeded) -> ResponseReturnValue:
    """Send a reader to the sign-in page and back; a form travels along, so that a lost session loses no answer."""
    if _wants_json():
        return jsonify(error=gettext("Please sign in again: your answer is still on this page.")), 401
    fresh = isinstance(error, auth.FreshSignInNeeded)
    target = request.full_path.rstrip("?")
    if request.method == "GET":
        return redirect(href("account.sign_in", next=target, fresh="1") if fresh else href("account.sign_in", next=target), 303)
    from elearn.web.account.session import keep_page  # noqa: PLC0415 - the account pages stand above this module

    return keep_page(target, kept_fields())


def _on_csrf(error: CSRFError) -> ResponseReturnValue:
    """Offer an answer for sending again; never a form that another site sent, nor one that changes an account."""
    from elearn.web.account.session import old_form_page  # noqa: PLC0415 - as above

    own = None if isinstance(error, CrossSiteError) else old_form_page()
    if own is not None:
        return own
    text = gettext("The form had grown old, so nothing was changed. What you typed is still here: press the button to send it again.")
    if _wants_json():
        return jsonify(error=text), 403
    if isinstance(error, CrossSiteError) or not (request.endpoint or "").startswith("learn."):
        return _answer(
            400,
            gettext("Please send this again"),
            gettext("The form had grown old, so nothing was changed. Go back, load the page again and repeat."),
        )
    page = ErrorPage(title=gettext("Please send this again"), text=text, kept=kept_fields(), send_to=request.full_path.rstrip("?"))
    return make_response(render(page), 400)


def _on_http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code == 404:  # noqa: PLR2004 - the number is the word
        return not_found()
    if code in (301, 302, 303, 307, 308):
        return error.get_response()
    titles = {
        405: (gettext("This page cannot do that"), gettext("Please go back and use the buttons of the page.")),
        413: (gettext("This is too much at once"), gettext("Please send a shorter text or a smaller file.")),
        429: (gettext("Too many tries"), gettext("Please wait a minute and try again.")),
    }
    title, text = titles.get(code, (gettext("This did not work"), gettext("Please go back and try again.")))
    return _answer(code, title, text)


def _on_crash(error: Exception) -> ResponseReturnValue:
    """Log a code and a random id, nothing about the person or what was typed (safety requirement 36)."""
    mark = secrets.token_hex(4)
    _LOG.error("crash id=%s kind=%s endpoint=%s", mark, type(error).__name__, request.endpoint)
    text = gettext(
        "The fault is ours. Nothing you saved before is lost. Please try again; if it happens again, tell us this number: %(id)s", id=mark
    )
    return _answer(500, gettext("Something broke on our side"), text)


def register(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(auth.SignInNeeded, _on_sign_in_needed)
    app.register_error_handler(ElearnError, _on_elearn)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    if not app.testing:
        app.register_error_handler(Exception, _on_crash)
