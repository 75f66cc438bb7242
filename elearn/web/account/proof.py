"""The second step of signing in: a code of the app, or one of the sheet in its place. What sign-in carries is carried on."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Response, make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from elearn.access import timecode
from elearn.access.permission import Permission
from elearn.actions import factor, passkey
from elearn.actions.session import Opened, Waiting
from elearn.errors import Refused
from elearn.web import auth
from elearn.web.account.asking import ask_anew
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import device, enter, wait
from elearn.web.account.errand import Errand, Kept, errand, go_on
from elearn.web.account.passkey_place import passkey_place
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import Form, needed
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.own_path import own_path
from elearn.web.render import carry_form, leave_notice, render


class ProofForm(Form):
    """One field for both kinds of codes; `answer` is what a passkey says instead, put there by a script."""

    code = StringField(
        lazy_gettext("Code"),
        needed(lazy_gettext("Type the six digits that your app shows now.")),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"},
    )
    answer = HiddenField()
    next = HiddenField()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage(Page):
    """The form for a code; `kept` are the fields of another form, to be sent to `send_to` afterwards; `question`: to passkeys, or empty."""

    template: ClassVar[str] = "account/proof.html"

    form: ProofForm
    kept: Kept
    send_to: str
    question: str


@blueprint.get("/account/sign-in/code")
@requires(Permission.VIEW_PUBLIC)
def proof() -> ResponseReturnValue:
    """Ask for the code; whoever has not shown a passphrase begins with that."""
    target = own_path(request.args.get("next"))
    if not request.cookies.get(auth.step_cookie_name()):
        return redirect(href("account.sign_in", next=target or None), 303)
    return render(_page(ProofForm(data={"next": target}), Errand(target=target)))


@blueprint.post("/account/sign-in/code")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def proof_submit() -> ResponseReturnValue:
    """Open the session and go on where the person was."""
    form, way = ProofForm(), errand()
    if request.form.get("speak"):
        return render(_page(form, way))
    if not form.answer.data and not form.validate():
        return render(_page(form, way)), 422
    try:
        opened = _prove(form)
    except Refused as error:
        if error.code == "sign-in-over":
            return ask_anew(way, wrong=refusal(error))
        form.form_errors.append(refusal(error))
        return render(_page(form, way)), refusal_status(error)
    enter(opened)
    if not form.answer.data and not timecode.clean(form.code.data or ""):
        leave_notice(gettext("The code of your sheet is used up: strike it out."))
    return go_on(way)


def ask_proof(waiting: Waiting, way: Errand) -> ResponseReturnValue:
    """Go on to the second step; a form that waits makes it a page at once, so that nothing of it is lost."""
    wait(waiting)
    if not way.send_to:
        return redirect(href("account.proof", next=way.target or None), 303)
    return render(_page(ProofForm(formdata=None, data={"next": way.target}), way, token=waiting.token))


def old_proof_page(way: Errand) -> Response:
    """Answer a form of the second step whose token is too old."""
    form = ProofForm(formdata=None, data={"next": way.target})
    form.form_errors.append(gettext("This page had grown old. Please type the code again."))
    return make_response(render(_page(form, way)), 400)


def _page(form: ProofForm, way: Errand, *, token: str = "") -> ProofPage:
    form.code.data = form.answer.data = ""
    if way.send_to:
        carry_form("proof", href("account.proof_submit"))
    title, question = gettext("A code from your app"), _question(token or request.cookies.get(auth.step_cookie_name(), ""))
    return ProofPage(title=title, form=form, kept=way.kept, send_to=way.send_to, question=question)


def _question(token: str) -> str:
    """Give what a passkey of the person who signs in is asked, or an empty text where she has none that works here."""
    place = passkey_place()
    if place is None or not token:
        return ""
    with runtime().database.read() as session:
        return passkey.question(session, token, place, now=now())


def _prove(form: ProofForm) -> Opened:
    token, old = request.cookies.get(auth.step_cookie_name(), ""), request.cookies.get(auth.cookie_name(), "")
    if not form.answer.data:
        code, keys = form.code.data or "", runtime().keys.seal
        return factor.prove(runtime().database, token, code, keys=keys, now=now(), old_token=old, device=device())
    place = passkey_place()
    if place is None:
        raise Refused("passkey-unusable")
    return passkey.prove(runtime().database, token, form.answer.data, place=place, now=now(), old_token=old, device=device())
