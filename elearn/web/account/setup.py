"""The first admin of an installation or of an organisation, let in once by a setup code; while no code waits, the page is not there.

The code of `elearn init` founds the first organisation as well; later ones the operator has founded, and their codes name them.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import setup as actions
from elearn.actions import suggest
from elearn.actions.account import Joined, NewPerson, has_joined
from elearn.errors import ElearnError, Invalid, NotFound
from elearn.web.account.blueprint import blueprint
from elearn.web.account.new_passphrase import OfferForm, passphrase_field
from elearn.web.account.sheet import SheetPage
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import needed, short
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render

_TYPED: Final = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


class SetupForm(OfferForm):
    """What it takes to become the first admin; the names are asked for the first organisation only."""

    code = StringField(lazy_gettext("Setup code"), needed(lazy_gettext("Type the code that you were given.")), render_kw=_TYPED)
    slug = StringField(lazy_gettext("Short name of the organisation"), needed())
    name = StringField(lazy_gettext("Name of the organisation"), [*needed(), short(actions.LONGEST_NAME)])
    handle = StringField(lazy_gettext("Handle"), needed(lazy_gettext("Choose a handle, or take the one that is offered.")))
    passphrase = passphrase_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage(Page):
    """The setup form; `founding`: it makes the first organisation too."""

    template: ClassVar[str] = "account/setup.html"

    form: SetupForm
    founding: bool


def _is_founding() -> bool:
    """Whether the first organisation is still to be made; NotFound when no code is waiting at all."""
    with runtime().database.read() as session:
        if not actions.is_open(session, now=now()):
            raise NotFound("no-page")
        return actions.is_founding(session)


def _page(form: SetupForm, *, founding: bool) -> SetupPage:
    if not founding:
        del form.slug, form.name
    title = gettext("Set up this site") if founding else gettext("Set up your organisation")
    return SetupPage(title=title, form=form, founding=founding)


@blueprint.get("/account/setup")
@requires(Permission.VIEW_PUBLIC)
def setup() -> str:
    """Show the setup form while a code is waiting."""
    founding = _is_founding()
    form = SetupForm(data={"handle": suggest.handle(language(), runtime().chance)})
    form.offer()
    return render(_page(form, founding=founding))


@blueprint.post("/account/setup")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def setup_submit() -> ResponseReturnValue:
    """Make the admin, and the organisation if it is the first, and show the recovery sheet, once."""
    form = SetupForm()
    if _came_before(form):
        leave_notice(
            gettext("Your account was made already. Sign in, then make a new recovery sheet if you could not keep the first."), "info"
        )
        return redirect(href("account.sign_in"), 303)
    page = _page(form, founding=_is_founding())
    if not form.validate():
        return _again(page), 422
    shown = suggest.pseudonym(language(), runtime().chance)
    admin = NewPerson(handle=form.handle.data or "", pseudonym=shown, passphrase=form.chosen("passphrase"), language=language(), country="")
    try:
        joined = _make(form, admin, founding=page.founding)
    except ElearnError as error:
        _show(form, error)
        return _again(page), refusal_status(error)
    return render(_sheet(form, admin, joined))


def _again(page: SetupPage) -> str:
    """Show the form for mending; the code is typed again, for whoever sees it becomes the admin."""
    page.form.code.data = ""
    return render(page)


def _came_before(form: SetupForm) -> bool:
    with runtime().database.read() as session:
        return has_joined(session, form.key.data or "")


def _make(form: SetupForm, admin: NewPerson, *, founding: bool) -> Joined:
    database, code, key = runtime().database, form.code.data or "", form.key.data or ""
    if not founding:
        return actions.take_over(database, code, admin=admin, form_key=key, now=now())
    slug, name = form.slug.data or "", form.name.data or ""
    return actions.set_up(database, code, slug=slug, name=name, admin=admin, form_key=key, now=now())


def _sheet(form: SetupForm, admin: NewPerson, joined: Joined) -> SheetPage:
    return SheetPage(
        title=gettext("Keep this sheet"),
        handle=admin.handle,
        passphrase="" if form.passphrase.data else form.chosen("passphrase"),
        codes=joined.recovery_codes,
        welcome=False,
    )


def _show(form: SetupForm, error: ElearnError) -> None:
    """Put what is wrong beside its field."""
    places = {"wrong-setup-code": "code", "slug-form": "slug", "slug-taken": "slug", "name-form": "name", "handle-taken": "handle"}
    if error.code in places:
        form.add_error(places[error.code], sentence(error.code, error.params))
    elif isinstance(error, Invalid):
        form.show_problems(error, {})
    else:
        form.form_errors.append(refusal(error))
