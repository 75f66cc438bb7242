"""Coming in and going out: the cookies of a session and the visitor of the rest of this request. Checks no passphrase."""

from contextlib import suppress

from flask import Response, after_this_request, g, request
from flask import session as form_session

from elearn.actions import session as sessions
from elearn.actions.session import PATIENCE, TRUST, Opened, Waiting
from elearn.actions.session import sign_out as end_by_token
from elearn.errors import Unavailable
from elearn.store.read_only import ReadOnlyError
from elearn.web import auth
from elearn.web.auth import now, runtime
from elearn.web.i18n import gettext, ngettext
from elearn.web.render import leave_notice


def enter(opened: Opened) -> None:
    """Hand the browser its new session; forms and notices of the one before are void."""
    _forget_forms()
    _become(opened.token)

    def give(response: Response) -> Response:
        auth.set_cookie(response, auth.cookie_name(), opened.token)
        _take(response, auth.step_cookie_name())
        if opened.device:
            auth.set_cookie(response, auth.device_cookie_name(), opened.device, max_age=int(TRUST.total_seconds()))
        return response

    after_this_request(give)
    if opened.missed:
        leave_notice(_missed_text(opened.missed), "info")
    if opened.stayed:
        leave_notice(gettext("Welcome back. Your account will not be erased."))


def _missed_text(count: int) -> str:
    """Tell of tries that failed, calmly: most are one's own slips."""
    return ngettext(
        "Before this sign-in, %(num)s try to get into your account failed. Was it you who mistyped? Then all is well."
        " If not, somebody tried and did not get in: choose a new passphrase if anybody may know yours.",
        "Before this sign-in, %(num)s tries to get into your account failed. Was it you who mistyped? Then all is well."
        " If not, somebody tried and did not get in: choose a new passphrase if anybody may know yours.",
        count,
    )


def wait(waiting: Waiting) -> None:
    """Hand the browser the cookie of a sign-in that waits for the second factor."""

    def give(response: Response) -> Response:
        auth.set_cookie(response, auth.step_cookie_name(), waiting.token, max_age=int(PATIENCE.total_seconds()))
        return response

    after_this_request(give)


def go_out() -> None:
    """End the session of this request, on the server and in the browser; in the browser also when the server cannot write or is unsure."""
    token = request.cookies.get(auth.cookie_name(), "")
    if token:
        with suppress(ReadOnlyError, Unavailable), runtime().database.transaction() as session:
            end_by_token(session, token)
    forget()


def forget() -> None:
    """Take the session cookie back; the session itself has been ended already, or must not be touched."""
    _forget_forms()
    auth.become(None)

    def take(response: Response) -> Response:
        for name in (auth.cookie_name(), auth.step_cookie_name()):
            _take(response, name)
        return response

    after_this_request(take)


def device() -> str:
    """Give the token of a trusted device, or an empty text."""
    return request.cookies.get(auth.device_cookie_name(), "")


def _take(response: Response, name: str) -> None:
    if name in request.cookies:
        response.delete_cookie(name, path="/", secure=runtime().settings.secure, httponly=True, samesite="Lax")


def _become(token: str) -> None:
    """Let the rest of this request be the person who has just come in."""
    with runtime().database.read() as session:
        auth.become(sessions.current(session, token, now=now()))


def _forget_forms() -> None:
    form_session.clear()
    g.pop("csrf_token", None)
