"""Codes from an app as second factor: switched on with a picture and a first code, renewed, switched off. Needs a fresh sign-in."""

from dataclasses import dataclass
from typing import ClassVar

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from elearn.access import timecode
from elearn.access.permission import Permission
from elearn.access.rules import asks_factor
from elearn.actions import factor as deeds
from elearn.actions.factor import SwitchedOn
from elearn.credential.qr import QrDrawing, qr_drawing
from elearn.errors import Conflict, Refused
from elearn.store.factors import find_factor
from elearn.store.people import count_recovery_codes
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import enter
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import identity, now, require_fresh, requires, runtime, signed_in, site
from elearn.web.forms import Form, needed
from elearn.web.i18n import format_day, gettext, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.own_path import own_path
from elearn.web.render import carry_form, leave_notice, render


class FactorForm(Form):
    """The first code of the app, and where to go on."""

    code = StringField(
        lazy_gettext("Code"),
        needed(lazy_gettext("Type the six digits that your app shows now.")),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    next = HiddenField()


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorPage(Page):
    """Whether codes are on: `since` a day or empty; `asked`: her role does not speak without them; `entry`: how the app will list them."""

    template: ClassVar[str] = "account/factor.html"

    since: str
    codes_left: int
    asked: bool
    entry: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSetupPage(Page):
    """The seed as a picture, a link and groups of letters, and the form for the first code."""

    template: ClassVar[str] = "account/factor_setup.html"

    form: FactorForm
    picture: QrDrawing
    address: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSheetPage(Page):
    """The codes that stand in for the app, shown once; `target`: where to go on."""

    template: ClassVar[str] = "account/factor_sheet.html"

    codes: tuple[str, ...]
    target: str


@blueprint.get("/account/factor")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def factor() -> str:
    """Show whether codes are on, and what they are good for."""
    require_fresh()
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        row = find_factor(session, who.person_id)
        left = count_recovery_codes(session, who.person_id, purpose=deeds.PURPOSE)
    page = FactorPage(
        title=gettext("Codes from an app"),
        since=format_day(row.confirmed_on) if row and row.confirmed_on else "",
        codes_left=left,
        asked=asks_factor(identity()),
        entry=f"{site().factor_issuer} ({site().factor_label})",
        target=own_path(request.args.get("next")),
    )
    return render(page)


@blueprint.post("/account/factor/begin")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def factor_begin_submit() -> ResponseReturnValue:
    """Draw a seed and show it."""
    require_fresh()
    who = signed_in()
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            seed = deeds.begin(session, who, keys=runtime().keys.seal)
    except Conflict as error:
        leave_notice(refusal(error), "info")
        return redirect(href("account.factor"), 303)
    return render(_setup_page(FactorForm(formdata=None, data={"next": own_path(request.form.get("next"))}), seed))


@blueprint.post("/account/factor")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def factor_submit() -> ResponseReturnValue:
    """Switch the codes on by the first one; every other session ends."""
    form = FactorForm()
    if request.form.get("speak"):
        return _once_more(form, 200)
    if not form.validate():
        return _once_more(form, 422)
    try:
        made = _switch_on(form)
    except Refused as error:
        if error.code in ("factor-not-begun", "sealed-elsewhere"):  # a seed that our keys do not open is as good as none
            leave_notice(sentence("factor-not-begun", {}), "info")
            return redirect(href("account.factor", next=own_path(form.next.data) or None), 303)
        form.form_errors.append(refusal(error))
        return _once_more(form, refusal_status(error))
    enter(made.opened)
    return render(_sheet_page(made.recovery_codes, own_path(form.next.data)))


@blueprint.post("/account/factor/codes")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def factor_codes_submit() -> str:
    """Make a new sheet of codes that stand in for the app, and show it, once."""
    require_fresh()
    return render(_sheet_page(deeds.new_codes(runtime().database, signed_in(), now=now()), ""))


@blueprint.post("/account/factor/remove")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def factor_remove_submit() -> ResponseReturnValue:
    """Switch the codes off; every other session ends."""
    require_fresh()
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        opened = deeds.switch_off(session, who, now=now())
    enter(opened)
    leave_notice(gettext("Codes are off, and all other sessions have ended. Delete the entry in your app: it is of no use any more."))
    return redirect(href("account.profile"), 303)


def _switch_on(form: FactorForm) -> SwitchedOn:
    return deeds.switch_on(runtime().database, signed_in(), form.code.data or "", keys=runtime().keys.seal, now=now())


def _once_more(form: FactorForm, status: int) -> ResponseReturnValue:
    """Show the same seed again: only to whoever has signed in just now, as at first."""
    require_fresh()
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        seed = deeds.begun_seed(session, who, keys=runtime().keys.seal)
    return make_response(render(_setup_page(form, seed)), status)


def _setup_page(form: FactorForm, seed: bytes) -> FactorSetupPage:
    form.code.data = ""
    carry_form("factor", href("account.factor_submit"))
    address = timecode.address(seed, issuer=site().factor_issuer, label=site().factor_label)
    title = gettext("Connect your app")
    return FactorSetupPage(title=title, form=form, picture=qr_drawing(address), address=address, key=timecode.spell(seed))


def _sheet_page(codes: tuple[str, ...], target: str) -> FactorSheetPage:
    return FactorSheetPage(title=gettext("Keep this sheet"), codes=codes, target=target or href("account.profile"))
