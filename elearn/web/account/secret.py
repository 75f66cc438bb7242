"""The secrets of an account: a new passphrase, a new recovery sheet. Both ask for a fresh sign-in first."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import account
from elearn.actions.session import Opened
from elearn.errors import ElearnError, Invalid
from elearn.store.people import count_recovery_codes
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import enter
from elearn.web.account.new_passphrase import OfferForm, passphrase_field
from elearn.web.account.sheet import SheetPage
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, require_fresh, requires, runtime, signed_in
from elearn.web.i18n import gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render


class PassphraseForm(OfferForm):
    """A new passphrase."""

    new_passphrase = passphrase_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class PassphrasePage(Page):
    """The form for a new passphrase; password managers need the handle beside it. `given`: another knows the one she has."""

    template: ClassVar[str] = "account/passphrase.html"

    form: PassphraseForm
    handle: str
    given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CodesPage(Page):
    """What a new recovery sheet does, before it is made."""

    template: ClassVar[str] = "account/codes.html"

    left: int


@blueprint.get("/account/passphrase")
@requires(Permission.SET_PASSPHRASE)
def passphrase() -> str:
    """Show the form for a new passphrase."""
    require_fresh()
    return render(_page(PassphraseForm()))


@blueprint.post("/account/passphrase")
@requires(Permission.SET_PASSPHRASE)
@limiter.limit(COSTLY)
def passphrase_submit() -> ResponseReturnValue:
    """Set a new passphrase; every other session ends. One's first own passphrase comes with a recovery sheet."""
    require_fresh()
    form = PassphraseForm()
    if not form.validate():
        return render(_page(form)), 422
    try:
        opened, codes = _set(form)
    except Invalid as error:
        form.show_problems(error, {"passphrase": "new_passphrase"})
        return render(_page(form)), 422
    except ElearnError as error:
        form.form_errors.append(refusal(error))
        return render(_page(form)), refusal_status(error)
    enter(opened)
    if codes:
        return render(_first_sheet(form, codes))
    leave_notice(gettext("Your new passphrase works. All other sessions have ended."))
    return redirect(href("account.profile"), 303)


@blueprint.get("/account/codes")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def codes() -> str:
    """Say what a new sheet does."""
    require_fresh()
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        left = count_recovery_codes(session, who.person_id)
    return render(CodesPage(title=gettext("New recovery sheet"), left=left))


@blueprint.post("/account/codes")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def codes_submit() -> str:
    """Make a new sheet and show it, once; the one before is void."""
    require_fresh()
    who = signed_in()
    made = account.new_recovery_sheet(runtime().database, who, now=now())
    return render(SheetPage(title=gettext("Keep this sheet"), handle=who.handle, passphrase="", codes=made, welcome=False))


def _set(form: PassphraseForm) -> tuple[Opened, tuple[str, ...]]:
    """Give the new session and, if another knew the passphrase before, a first recovery sheet."""
    who, new = signed_in(), form.chosen("new_passphrase")
    if who.passphrase_ends_on is not None:
        return account.choose_passphrase(runtime().database, who, new, now=now())
    return account.change_passphrase(runtime().database, who, new, now=now()), ()


def _first_sheet(form: PassphraseForm, codes: tuple[str, ...]) -> SheetPage:
    offered = "" if form.new_passphrase.data else form.chosen("new_passphrase")
    return SheetPage(title=gettext("Keep this sheet"), handle=signed_in().handle, passphrase=offered, codes=codes, welcome=True)


def _page(form: PassphraseForm) -> PassphrasePage:
    if not form.offered.data:
        form.offer()
    if form.new_passphrase.errors:
        form.new_passphrase.data = ""
    who = signed_in()
    return PassphrasePage(title=gettext("New passphrase"), form=form, handle=who.handle, given=who.passphrase_ends_on is not None)
