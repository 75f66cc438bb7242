"""Coming back with a code of the recovery sheet; the answer never tells whether a handle exists."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import account
from elearn.actions.session import Opened, Waiting
from elearn.errors import ElearnError, Invalid
from elearn.store.people import count_recovery_codes
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import enter
from elearn.web.account.errand import Errand
from elearn.web.account.new_passphrase import OfferForm, passphrase_field
from elearn.web.account.proof import ask_proof
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import needed
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render


class RecoverForm(OfferForm):
    """Handle, one code of the sheet, a new passphrase."""

    handle = StringField(
        lazy_gettext("Handle"),
        needed(lazy_gettext("Type your handle. It stands on your recovery sheet.")),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    code = StringField(
        lazy_gettext("Recovery code"),
        needed(lazy_gettext("Type one code of your recovery sheet.")),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    new_passphrase = passphrase_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverPage(Page):
    """The recovery form."""

    template: ClassVar[str] = "account/recover.html"

    form: RecoverForm


@blueprint.get("/account/recover")
@requires(Permission.VIEW_PUBLIC)
def recover() -> str:
    """Show the recovery form."""
    return render(_page(RecoverForm()))


@blueprint.post("/account/recover")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def recover_submit() -> ResponseReturnValue:
    """Set a new passphrase and sign in."""
    form = RecoverForm()
    if not form.validate():
        return render(_page(form)), 422
    try:
        outcome = _open(form)
    except Invalid as error:
        form.show_problems(error, {"passphrase": "new_passphrase"})
        return render(_page(form)), 422
    except ElearnError as error:
        form.form_errors.append(refusal(error))
        return render(_page(form)), refusal_status(error)
    if isinstance(outcome, Waiting):
        leave_notice(gettext("Your new passphrase works. All sessions have ended. The code is used up: strike it out."))
        return ask_proof(outcome, Errand(target=href("account.profile")))
    enter(outcome)
    leave_notice(
        gettext("Your new passphrase works and you are signed in. All other sessions have ended. The code is used up: strike it out.")
    )
    return redirect(_next(outcome), 303)


def _next(opened: Opened) -> str:
    """Lead whoever has no code left, as after a reset, to a new sheet; everybody else to the account."""
    with runtime().database.read(opened.organisation_id) as session:
        left = count_recovery_codes(session, opened.person_id)
    return href("account.profile") if left else href("account.codes")


def _open(form: RecoverForm) -> Opened | Waiting:
    return account.recover(runtime().database, form.handle.data or "", form.code.data or "", form.chosen("new_passphrase"), now=now())


def _page(form: RecoverForm) -> RecoverPage:
    if not form.offered.data:
        form.offer()
    if form.new_passphrase.errors:
        form.new_passphrase.data = ""
    return RecoverPage(title=gettext("Come back with a recovery code"), form=form)
