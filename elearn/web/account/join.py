"""Joining: a random handle and a passphrase are offered, nothing else is asked that could name a person."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import account, suggest
from elearn.actions.account import Joined, NewPerson
from elearn.actions.session import open_session
from elearn.errors import Conflict, ElearnError, Invalid, Refused
from elearn.store.organisations import find_open_organisation
from elearn.store.people import get_person
from elearn.web.account.blueprint import blueprint
from elearn.web.account.choices import country_field, fill_countries, language_field
from elearn.web.account.entrance import enter
from elearn.web.account.new_passphrase import OfferForm, passphrase_field
from elearn.web.account.sheet import SheetPage
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, person, requires, runtime, signed_in
from elearn.web.forms import needed
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.reader import reader_country
from elearn.web.render import leave_notice, render


class JoinForm(OfferForm):
    """What it takes to join."""

    invite = StringField(lazy_gettext("Invite code"), render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"})
    handle = StringField(
        lazy_gettext("Handle"),
        needed(lazy_gettext("Choose a handle, or take the one that is offered.")),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    passphrase = passphrase_field()
    language = language_field()
    country = country_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage(Page):
    """The joining form; `open_join`: it needs no invite code. `other`: the same page with other suggestions."""

    template: ClassVar[str] = "account/join.html"

    form: JoinForm
    open_join: bool
    other: str


@blueprint.get("/account/join")
@requires(Permission.VIEW_PUBLIC)
def join() -> ResponseReturnValue:
    """Show the joining form with a fresh handle and passphrase; whoever has an account is led to it."""
    if person().is_authenticated:
        return redirect(href("account.profile"), 303)
    handle = suggest.handle(language(), runtime().chance)
    form = JoinForm(
        data={"invite": request.args.get("invite", ""), "handle": handle, "language": language(), "country": reader_country()},
    )
    form.offer()
    return render(_page(form))


@blueprint.post("/account/join")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def join_submit() -> ResponseReturnValue:
    """Make the account and show the recovery sheet, once."""
    form = JoinForm()
    if not form.validate():
        return render(_page(form)), 422
    try:
        joined = account.join(runtime().database, _new_person(form), form_key=form.key.data or "", now=now())
    except ElearnError as error:
        _show(form, error)
        return render(_page(form)), refusal_status(error)
    if not joined.recovery_codes:
        return _made_already()
    _come_in(joined)
    return render(_sheet(form, joined))


def joined_before() -> ResponseReturnValue | None:
    """Answer a joining form that came again without a good token: reloading the recovery sheet does that."""
    if request.endpoint != "account.join_submit":
        return None
    with runtime().database.read() as session:
        done = account.has_joined(session, request.form.get("key", ""))
    return _made_already() if done else None


def _made_already() -> ResponseReturnValue:
    if person().is_authenticated:
        leave_notice(
            gettext("Your account was made already. Its codes are shown only once: if you could not keep them, make new ones."), "info"
        )
        return redirect(href("account.codes"), 303)
    leave_notice(gettext("Your account was made already. Sign in, then make a new recovery sheet if you could not keep the first."), "info")
    return redirect(href("account.sign_in"), 303)


def _come_in(joined: Joined) -> None:
    """Open the first session of somebody who has just typed the passphrase."""
    with runtime().database.transaction(joined.organisation_id) as session:
        opened = open_session(session, get_person(session, joined.person_id), now=now())
    enter(opened)


def _sheet(form: JoinForm, joined: Joined) -> SheetPage:
    return SheetPage(
        title=gettext("Keep this sheet"),
        handle=signed_in().handle,
        passphrase="" if form.passphrase.data else form.chosen("passphrase"),
        codes=joined.recovery_codes,
        welcome=True,
    )


def _new_person(form: JoinForm) -> NewPerson:
    return NewPerson(
        handle=form.handle.data or "",
        pseudonym=suggest.pseudonym(language(), runtime().chance),
        passphrase=form.chosen("passphrase"),
        language=form.language.data or "",
        country=form.country.data or "",
        invite=form.invite.data or "",
    )


def _show(form: JoinForm, error: ElearnError) -> None:
    """Put what is wrong beside its field."""
    if isinstance(error, Invalid):
        form.show_problems(error, {})
    elif isinstance(error, Conflict) and error.code == "handle-taken":
        form.add_error("handle", sentence(error.code, error.params))
    elif isinstance(error, Refused) and error.code in ("join-closed", "bad-invite"):
        form.add_error("invite", sentence(error.code, error.params))
    else:
        form.form_errors.append(refusal(error))


def _page(form: JoinForm) -> JoinPage:
    fill_countries(form.country)
    if not form.offered.data:
        form.offer()
    if form.passphrase.errors:
        form.passphrase.data = ""
    with runtime().database.read() as session:
        open_join = find_open_organisation(session) is not None
    other = href("account.join", invite=form.invite.data or None)
    return JoinPage(title=gettext("Join"), form=form, open_join=open_join, other=other)
