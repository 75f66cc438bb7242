"""One's own account at a glance: the name others see, languages, country, the ways to everything else; country for visitors too."""

from dataclasses import dataclass
from typing import ClassVar

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import account
from elearn.actions.contact import kept_by
from elearn.errors import Invalid
from elearn.lang import is_country
from elearn.store.contacts import find_contact
from elearn.store.factors import has_factor
from elearn.store.people import count_recovery_codes
from elearn.store.sessions import SignedIn
from elearn.web import auth
from elearn.web.account.blueprint import blueprint
from elearn.web.account.choices import country_field, fill_countries, language_field, languages_field
from elearn.web.auth import person, requires, runtime, signed_in
from elearn.web.forms import Form, needed
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.messages import problem_sentence
from elearn.web.pages import Page
from elearn.web.parts.own_path import own_path
from elearn.web.parts.reader import country_cookie, reader_country
from elearn.web.parts.roles import role_name
from elearn.web.parts.told import Told, told
from elearn.web.render import leave_notice, render

_YEAR = 365 * 24 * 3600


class ProfileForm(Form):
    """What a person says about herself."""

    pseudonym = StringField(
        lazy_gettext("Name that others see"),
        needed(lazy_gettext("Write a name. It need not be your real one.")),
        render_kw={"autocomplete": "off"},
    )
    language = language_field()
    other_languages = languages_field()
    country = country_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilePage(Page):
    """The account; `codes_left`: recovery codes that still work, `factor_on`: signing in needs a code from an app.

    `contact`: there is a page for a name and an e-mail address. `missed`: tries to get in that failed before this session was opened.
    """

    template: ClassVar[str] = "account/profile.html"

    told: Told | None
    form: ProfileForm
    handle: str
    role: str
    organisation: str
    codes_left: int
    factor_on: bool
    contact: bool
    missed: int


class CountryForm(Form):
    """A country, and where to go on."""

    country = country_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPage(Page):
    """The choice of a country; `target` is the page to go back to."""

    template: ClassVar[str] = "account/country.html"

    form: CountryForm
    target: str


@blueprint.get("/account/")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def profile() -> str:
    """Show one's own account."""
    who = signed_in()
    data = {"pseudonym": who.pseudonym, "language": who.language, "other_languages": who.other_languages, "country": who.country}
    return render(_page(ProfileForm(data=data), who))


@blueprint.post("/account/")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def profile_submit() -> ResponseReturnValue:
    """Save name, languages and country."""
    form, who = ProfileForm(), signed_in()
    if not form.validate():
        return render(_page(form, who)), 422
    try:
        _save(form, who)
    except Invalid as error:
        for problem in error.problems:
            form.add_error(problem.where.file, problem_sentence(problem))
        return render(_page(form, who)), 422
    leave_notice(gettext("Saved."))
    return redirect(href("account.profile"), 303)


@blueprint.get("/account/country")
@requires(Permission.VIEW_PUBLIC)
def country() -> str:
    """Show the choice of a country."""
    form = CountryForm(data={"country": reader_country()})
    fill_countries(form.country)
    return render(CountryPage(title=gettext("Your country"), form=form, target=own_path(request.args.get("next"))))


@blueprint.post("/account/country")
@requires(Permission.VIEW_PUBLIC)
def country_submit() -> ResponseReturnValue:
    """Remember a country, in the account or for a visitor in a cookie; anything unknown means none."""
    chosen = request.form.get("country", "")
    chosen = chosen if is_country(chosen) else ""
    response = make_response(redirect(own_path(request.form.get("next")) or href("public.catalogue"), 303))
    who = person().signed_in
    if who is None:
        auth.set_cookie(response, country_cookie(), chosen, max_age=_YEAR if chosen else 0)
        return response
    with runtime().database.transaction(who.organisation_id) as session:
        account.choose(session, who, language=who.language, other_languages=tuple(who.other_languages), country=chosen)
    return response


def _save(form: ProfileForm, who: SignedIn) -> None:
    others = tuple(form.other_languages.data or ())
    with runtime().database.transaction(who.organisation_id) as session:
        account.rename(session, who, form.pseudonym.data or "")
        account.choose(session, who, language=form.language.data or "", other_languages=others, country=form.country.data or "")


def _page(form: ProfileForm, who: SignedIn) -> ProfilePage:
    fill_countries(form.country)
    with runtime().database.read(who.organisation_id) as session:
        left, news = count_recovery_codes(session, who.person_id), told(session)
        factor_on = has_factor(session, who.person_id)
        contact = kept_by(who.settings).anything or find_contact(session, who.person_id) is not None
    return ProfilePage(
        title=gettext("My account"),
        told=news,
        form=form,
        handle=who.handle,
        role=role_name(who.role),
        organisation=who.organisation_name,
        codes_left=left,
        factor_on=factor_on,
        contact=contact,
        missed=who.missed_tries,
    )
