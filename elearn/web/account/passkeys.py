"""Passkeys beside the codes of an app: the list, adding and removing. Needs a fresh sign-in, a script, and the public address."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import HiddenField, StringField

from elearn.access.permission import Permission
from elearn.actions import passkey as deeds
from elearn.errors import Conflict, Refused
from elearn.store.factors import PasskeyRow, has_factor, list_passkeys
from elearn.web.account.blueprint import blueprint
from elearn.web.account.entrance import enter
from elearn.web.account.passkey_place import passkey_place
from elearn.web.account.waiting import refusal
from elearn.web.auth import now, require_fresh, requires, runtime, signed_in
from elearn.web.forms import Form, short
from elearn.web.i18n import format_day, gettext, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render


class PasskeyForm(Form):
    """A person's own word for the passkey, and what the device answers."""

    label = StringField(lazy_gettext("My word for this passkey"), [short(60)], render_kw={"autocomplete": "off", "maxlength": "60"})
    step = HiddenField()
    answer = HiddenField()


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey: its id, the own word for it, days in words."""

    id: str
    label: str
    since: str
    used: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeysPage(Page):
    """All passkeys of a person; `possible`: this address allows them, `codes_on`: they stand beside codes, as they must."""

    template: ClassVar[str] = "account/passkeys.html"

    passkeys: tuple[PasskeyView, ...]
    possible: bool
    codes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyAddPage(Page):
    """The button that asks the device."""

    template: ClassVar[str] = "account/passkey_add.html"

    form: PasskeyForm
    question: str


@blueprint.get("/account/passkeys")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def passkeys() -> str:
    """List the passkeys, and say what they are not good for."""
    require_fresh()
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        rows, codes_on = list_passkeys(session, who.person_id), has_factor(session, who.person_id)
    views = tuple(_view(row, number) for number, row in enumerate(rows, start=1))
    return render(PasskeysPage(title=gettext("Passkeys"), passkeys=views, possible=passkey_place() is not None, codes_on=codes_on))


@blueprint.post("/account/passkeys/begin")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def passkey_begin_submit() -> ResponseReturnValue:
    """Begin to add one: what the device is asked."""
    require_fresh()
    who, place = signed_in(), passkey_place()
    if place is None:
        return redirect(href("account.passkeys"), 303)
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            begun = deeds.begin(session, who, place, now=now())
    except Refused as error:
        leave_notice(refusal(error), "info")
        return redirect(href("account.passkeys"), 303)
    form = PasskeyForm(formdata=None, data={"step": begun.token})
    return render(PasskeyAddPage(title=gettext("Add a passkey"), form=form, question=begun.question))


@blueprint.post("/account/passkeys/add")
@requires(Permission.MANAGE_OWN_ACCOUNT)
@limiter.limit(COSTLY)
def passkey_add_submit() -> ResponseReturnValue:
    """Keep what the device has made; every other session ends."""
    form, who, place = PasskeyForm(), signed_in(), passkey_place()
    if place is None:
        return redirect(href("account.passkeys"), 303)
    step, answer, label = form.step.data or "", form.answer.data or "", form.label.data or ""
    try:
        opened = deeds.add(runtime().database, who, step, answer, label=label, place=place, now=now())
    except (Refused, Conflict) as error:
        leave_notice(refusal(error), "bad")
        return redirect(href("account.passkeys"), 303)
    enter(opened)
    leave_notice(gettext("The passkey is kept. All other sessions have ended."))
    return redirect(href("account.passkeys"), 303)


@blueprint.post("/account/passkeys/remove")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def passkey_remove_submit() -> ResponseReturnValue:
    """Drop the passkey whose button was pressed; every other session ends."""
    require_fresh()
    who = signed_in()
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            opened = deeds.remove(session, who, request.form.get("passkey", ""), now=now())
    except Refused as error:
        leave_notice(refusal(error), "info")
        return redirect(href("account.passkeys"), 303)
    enter(opened)
    leave_notice(gettext("The passkey is removed, and all other sessions have ended. Delete it on the device too."))
    return redirect(href("account.passkeys"), 303)


def _view(row: PasskeyRow, number: int) -> PasskeyView:
    label = row.label or gettext("Passkey %(number)s", number=number)
    return PasskeyView(row.id, label, format_day(row.created_on), format_day(row.used_on) if row.used_on else "")
