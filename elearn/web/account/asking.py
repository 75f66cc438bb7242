"""The sign-in form as a page, alone or with the fields of another form that wait on it. Opens no session."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Response, make_response
from wtforms import BooleanField, HiddenField, PasswordField, StringField

from elearn.web.account.errand import Errand, Kept
from elearn.web.account.fresh_words import fresh_reason
from elearn.web.auth import person
from elearn.web.forms import Form, needed
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import carry_form, render


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
    """The sign-in form; `kept` are the fields of another form, to be sent to `send_to` afterwards.

    `fresh`: why a new sign-in is asked for, empty where it is the first.
    """

    template: ClassVar[str] = "account/sign_in.html"

    form: SignInForm
    fresh: str
    kept: Kept = ()
    send_to: str = ""


def sign_in_page(form: SignInForm, way: Errand) -> SignInPage:
    """Give the page of a sign-in form on which an errand waits."""
    fresh = form.fresh.data == "1" and person().is_authenticated
    title = gettext("Please sign in once more") if fresh else gettext("Sign in")
    if way.send_to:
        carry_form("sign-in", href("account.sign_in_submit"))
    return SignInPage(title=title, form=form, fresh=fresh_reason(way) if fresh else "", kept=way.kept, send_to=way.send_to)


def ask_anew(way: Errand, *, wrong: str = "") -> Response:
    """Ask for a sign-in, from the beginning, without losing the errand: a form on it waits and goes on its way afterwards."""
    fresh = "1" if person().is_authenticated else ""
    form = SignInForm(formdata=None, data={"handle": own_handle(), "next": way.target, "fresh": fresh})
    if wrong:
        form.form_errors.append(wrong)
    return make_response(render(sign_in_page(form, way)), 401)


def own_handle() -> str:
    """Give the handle of whoever is signed in, or an empty text."""
    signed_in = person().signed_in
    return signed_in.handle if signed_in else ""
