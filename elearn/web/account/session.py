"""Signing in and out and the quick exit; a form that met an ended session waits on the sign-in page and goes on from there."""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import Response, current_app, make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from elearn.access.identity import Role
from elearn.access.permission import Permission
from elearn.actions import session as sessions
from elearn.actions.session import Opened
from elearn.errors import Refused
from elearn.web import auth
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import device, enter, forget, go_out
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, person, requires, runtime
from elearn.web.forms import Form, needed
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.own_path import own_path, posting_endpoint
from elearn.web.render import carry_form, leave_notice, render

Kept = tuple[tuple[str, str], ...]

_KEPT: Final = "keep-"
_TO: Final = "keep-to"
_CLEAR: Final = '"cache", "cookies", "storage"'


class SignInForm(Form):
    """Handle and passphrase; where to go on; whether this browser is the person's own."""

    handle = StringField(
        lazy_gettext("Handle"),
        needed(lazy_gettext("Type your handle.")),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    passphrase = PasswordField(
        lazy_gettext("Passphrase"), needed(lazy_gettext("Type your passphrase.")), render_kw={"autocomplete": "current-password"}
    )
    trust = BooleanField(lazy_gettext("This device is mine alone: remember it for half a year"))
    next = HiddenField()
    fresh = HiddenField()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(Page):
    """The sign-in form; `kept` are the fields of another form, to be sent to `send_to` afterwards."""

    template: ClassVar[str] = "account/sign_in.html"

    form: SignInForm
    fresh: bool
    kept: Kept = ()
    send_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage(Page):
    """One button that sends the kept fields on; `at_once`: a script may press it."""

    template: ClassVar[str] = "account/again.html"

    kept: Kept
    send_to: str
    at_once: bool


@blueprint.get("/account/sign-in")
@requires(Permission.VIEW_PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask who it is; whoever is signed in already goes on, unless a new sign-in is asked for."""
    fresh, target = request.args.get("fresh") == "1", own_path(request.args.get("next"))
    if person().is_authenticated and not fresh:
        return redirect(target or _start(), 303)
    form = SignInForm(data={"handle": _own_handle(), "next": target, "fresh": "1" if fresh else ""})
    return render(_page(form))


@blueprint.post("/account/sign-in")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def sign_in_submit() -> ResponseReturnValue:
    """Open a session and go on where the person was; the same answer whatever was wrong."""
    form, kept, send_to = SignInForm(), _kept(), request.form.get(_TO, "")
    endpoint = posting_endpoint(current_app, send_to)
    send_to = _in_own_words(send_to) if endpoint else ""
    if request.form.get("speak"):
        return render(_page(form, kept, send_to))
    if not form.validate():
        return render(_page(form, kept, send_to)), 422
    try:
        opened = _open(form)
    except Refused as error:
        form.form_errors.append(refusal(error))
        return render(_page(form, kept, send_to)), refusal_status(error)
    enter(opened)
    if send_to:
        return render(_again(kept, send_to, at_once=endpoint.startswith("learn.")))
    return redirect(own_path(form.next.data) or _start(), 303)


@blueprint.post("/account/sign-out")
@requires(Permission.VIEW_PUBLIC)
def sign_out_submit() -> ResponseReturnValue:
    """End the session."""
    go_out()
    leave_notice(gettext("You are signed out."))
    return redirect(href("public.home"), 303)


@blueprint.post("/account/exit")
@requires(Permission.VIEW_PUBLIC)
def leave() -> ResponseReturnValue:
    """Leave at once: end the session, clear what the browser keeps, go to a page that says nothing."""
    go_out()
    return away()


def away() -> Response:
    """Lead to the neutral page and have the browser forget this site, as far as it can."""
    forget()
    response = make_response(redirect(runtime().settings.exit_url, 303))
    response.headers["Clear-Site-Data"] = _CLEAR
    for name in request.cookies:
        response.delete_cookie(name, path="/", secure=runtime().settings.secure, httponly=True, samesite="Lax")
    return response


def keep_page(send_to: str, kept: Kept) -> Response:
    """Ask for a sign-in without losing a form: its fields wait as `keep-<name>` and go to `send_to` afterwards."""
    fresh = person().is_authenticated
    form = SignInForm(formdata=None, data={"handle": _own_handle(), "next": "", "fresh": "1" if fresh else ""})
    return make_response(render(_page(form, kept, send_to)), 401)


def old_form_page() -> Response | None:
    """Answer a form whose token is too old where that must not stop anybody: leaving, and signing in with an answer that waits."""
    if request.endpoint == "account.leave":
        return away()
    if request.endpoint != "account.sign_in_submit":
        return None
    form, send_to = SignInForm(), request.form.get(_TO, "")
    form.form_errors.append(gettext("This page had grown old. Please sign in again."))
    if not posting_endpoint(current_app, send_to).startswith("learn."):  # a form without a good token may change no account
        return make_response(render(_page(form)), 400)
    return make_response(render(_page(form, _kept(), send_to)), 400)


def _page(form: SignInForm, kept: Kept = (), send_to: str = "") -> SignInPage:
    fresh = form.fresh.data == "1" and person().is_authenticated
    title = gettext("Please sign in once more") if fresh else gettext("Sign in")
    if send_to:
        carry_form("sign-in", href("account.sign_in_submit"))
    return SignInPage(title=title, form=form, fresh=fresh, kept=kept, send_to=send_to)


def _again(kept: Kept, send_to: str, *, at_once: bool) -> AgainPage:
    if at_once:
        carry_form("kept", send_to)
    return AgainPage(title=gettext("You are signed in"), kept=kept, send_to=send_to, at_once=at_once)


def _in_own_words(path: str) -> str:
    """Give a path of ours in the language of this request: it may have been chosen while the form waited."""
    return f"/{language()}{path[3:]}"


def _kept() -> Kept:
    """Give the kept fields of this form under their own names."""
    names = ((name, value) for name, value in request.form.items(multi=True) if name.startswith(_KEPT) and name != _TO)
    return tuple((name.removeprefix(_KEPT), value) for name, value in names if name != f"{_KEPT}csrf_token")


def _open(form: SignInForm) -> Opened:
    before = person().signed_in
    return sessions.sign_in(
        runtime().database,
        form.handle.data or "",
        form.passphrase.data or "",
        now=now(),
        old_token=request.cookies.get(auth.cookie_name(), ""),
        device=device(),
        label=before.label if before else "",
        trust=bool(form.trust.data),
    )


def _own_handle() -> str:
    signed_in = person().signed_in
    return signed_in.handle if signed_in else ""


def _start() -> str:
    """Where somebody who has come in begins: an admin with the certificates that wait, everybody else with her learning."""
    return f"/{language()}/admin/" if Role.ADMIN in person().identity.roles else f"/{language()}/learn/"
