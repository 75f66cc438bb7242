"""Organisations, for the operator: the list, founding one, and the setup code of its first admin. Shows no person of any."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import setup as deeds
from elearn.actions.once import once
from elearn.errors import Conflict, Invalid
from elearn.store import organisations as store
from elearn.store.base import JsonObject
from elearn.store.tenancy import everyone
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import OnceForm, needed
from elearn.web.i18n import format_day, gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.told import Told, told
from elearn.web.render import leave_notice, render

#: Organisations on one page of the list.
_SHOWN: Final = 50


class FoundForm(OnceForm):
    """What it takes to found an organisation."""

    name = StringField(lazy_gettext("Name of the organisation"), needed(lazy_gettext("Give the organisation a name.")))
    slug = StringField(
        lazy_gettext("Short name"),
        needed(lazy_gettext("Give the organisation a short name.")),
        render_kw={"autocapitalize": "none", "spellcheck": "false"},
    )


class CodeForm(OnceForm):
    """A new setup code for an organisation without an admin."""


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """One organisation; `ready`: it has an admin."""

    slug: str
    name: str
    open_join: bool
    ready: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsPage(Page):
    """A page of the list."""

    template: ClassVar[str] = "admin/organisations.html"

    told: Told | None
    organisations: tuple[OrganisationView, ...]
    code_form: CodeForm
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage(Page):
    """The form that founds one."""

    template: ClassVar[str] = "admin/found.html"

    form: FoundForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupCodePage(Page):
    """The setup code of an organisation, once."""

    template: ClassVar[str] = "admin/setup_code.html"

    code: str
    address: str
    ends: str


@blueprint.get("/admin/organisations/")
@requires(Permission.SEE_ORGANISATIONS)
def organisations() -> str:
    """Show the organisations of the installation."""
    with runtime().database.read() as session, everyone(session):
        here = paging(store.count_organisations(session), _SHOWN, lambda number: href("admin.organisations", page=number))
        rows = store.list_organisations(session, start=here.start, limit=_SHOWN)
        ready = store.list_with_admin(session, [row.id for row in rows])
    with runtime().database.read(identity().organisation_id) as session:
        news = told(session)
    views = tuple(OrganisationView(row.slug, row.name, row.open_join, row.id in ready) for row in rows)
    return render(OrganisationsPage(title=gettext("Organisations"), told=news, organisations=views, code_form=CodeForm(), paging=here))


@blueprint.get("/admin/organisations/new")
@requires(Permission.FOUND_ORGANISATION)
def found() -> str:
    """Ask for the names of a new organisation."""
    return render(FoundPage(title=gettext("New organisation"), form=FoundForm()))


@blueprint.post("/admin/organisations/new")
@requires(Permission.FOUND_ORGANISATION)
def found_submit() -> ResponseReturnValue:
    """Found the organisation and show the code of its first admin, once."""
    form = FoundForm()
    page = FoundPage(title=gettext("New organisation"), form=form)
    if not form.validate():
        return render(page), 422
    try:
        code = _found(form)
    except (Invalid, Conflict) as error:
        form.add_error("name" if error.code == "name-form" else "slug", sentence(error.code, error.params))
        return render(page), 422
    return _code_page(form.name.data or "", code) if code else _shown_already()


def _found(form: FoundForm) -> str:
    """Found it unless this form did so before; the code if it is new."""
    slug, name = form.slug.data or "", form.name.data or ""
    return _draw(form.key.data or "", lambda session: deeds.found(session, slug=slug, name=name, who=signed_in(), now=now())[1])


def _draw(key: str, deed: Any) -> str:  # noqa: ANN401 - a deed that gives a code
    own: list[str] = []
    with runtime().database.transaction(identity().organisation_id) as session:

        def act() -> JsonObject:
            own.append(deed(session))
            return {}

        once(session, key, identity().person_id, "draw-setup-code", act, now=now())
    return own[0] if own else ""


@blueprint.post("/admin/organisations/<slug>/code")
@requires(Permission.FOUND_ORGANISATION)
def setup_code_submit(slug: str) -> ResponseReturnValue:
    """Draw a new setup code for an organisation that has no admin, and show it, once."""
    try:
        code = _draw(CodeForm().key.data or "", lambda session: deeds.renew_code(session, slug, who=signed_in(), now=now()))
    except Conflict as error:
        leave_notice(sentence(error.code, error.params), "bad")
        return redirect(href("admin.organisations"), 303)
    return _code_page(slug, code) if code else _shown_already()


def _code_page(name: str, code: str) -> str:
    settings = runtime().settings
    address = settings.public_url.rstrip("/") + href("account.setup")
    return render(
        SetupCodePage(title=gettext("Setup code of %(name)s", name=name), code=code, address=address, ends=format_day(now() + deeds.LIFE))
    )


def _shown_already() -> ResponseReturnValue:
    leave_notice(gettext("This setup code was shown already, and is shown only once. If you could not keep it, make a new one."), "info")
    return redirect(href("admin.organisations"), 303)
