"""Signing in and out and the quick exit; a form that met an ended session waits on the sign-in page and goes on from there."""

from typing import Final

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import session as sessions
from elearn.actions.session import Opened, Waiting
from elearn.errors import Refused
from elearn.web import auth
from elearn.web.account.asking import SignInForm, ask_anew, own_handle, sign_in_page
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import device, enter, forget, go_out
from elearn.web.account.errand import Errand, Kept, errand, go_on, start
from elearn.web.account.proof import ask_proof, old_proof_page
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, person, requires, runtime
from elearn.web.i18n import gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.parts.own_path import own_path
from elearn.web.render import leave_notice, render

_CLEAR: Final = '"cache", "cookies", "storage"'


@blueprint.get("/account/sign-in")
@requires(Permission.VIEW_PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Ask who it is; whoever is signed in already goes on, unless a new sign-in is asked for."""
    fresh, target = request.args.get("fresh") == "1", own_path(request.args.get("next"))
    if person().is_authenticated and not fresh:
        return redirect(target or start(), 303)
    form = SignInForm(data={"handle": own_handle(), "next": target, "fresh": "1" if fresh else ""})
    return render(sign_in_page(form, Errand(target=target)))


@blueprint.post("/account/sign-in")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def sign_in_submit() -> ResponseReturnValue:
    """Open a session and go on where the person was, or ask for the second factor; the same answer whatever was wrong."""
    form, way = SignInForm(), errand()
    if request.form.get("speak"):
        return render(sign_in_page(form, way))
    if not form.validate():
        return render(sign_in_page(form, way)), 422
    try:
        outcome = _open(form)
    except Refused as error:
        form.form_errors.append(refusal(error))
        return render(sign_in_page(form, way)), refusal_status(error)
    if isinstance(outcome, Waiting):
        return ask_proof(outcome, way)
    enter(outcome)
    return go_on(way)


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
    response = make_response(redirect(auth.site().exit_url, 303))
    response.headers["Clear-Site-Data"] = _CLEAR
    for name in request.cookies:
        response.delete_cookie(name, path="/", secure=runtime().settings.secure, httponly=True, samesite="Lax")
    return response


def keep_page(send_to: str, kept: Kept) -> Response:
    """Ask for a sign-in without losing a form: its fields wait as `keep-<name>` and go to `send_to` afterwards."""
    return ask_anew(Errand(kept=kept, send_to=send_to))


def old_form_page() -> Response | None:
    """Answer a form whose token is too old where that must not stop anybody: leaving, and signing in with an answer that waits."""
    if request.endpoint == "account.leave":
        return away()
    if request.endpoint not in ("account.sign_in_submit", "account.proof_submit"):
        return None
    way = errand()
    if not way.answers:  # a form without a good token may change no account
        way = Errand(target=way.target)
    if request.endpoint == "account.proof_submit":
        return old_proof_page(way)
    form = SignInForm()
    form.form_errors.append(gettext("This page had grown old. Please sign in again."))
    return make_response(render(sign_in_page(form, way)), 400)


def _open(form: SignInForm) -> Opened | Waiting:
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
