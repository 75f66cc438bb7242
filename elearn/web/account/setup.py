"""The first admin of a new installation, let in once by the setup code that `elearn init` printed; afterwards the page is not there."""

from dataclasses import dataclass
from typing import ClassVar

from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import setup as actions
from elearn.actions import suggest
from elearn.actions.account import NewPerson
from elearn.errors import ElearnError, Invalid, NotFound
from elearn.web.account.blueprint import blueprint
from elearn.web.account.new_passphrase import OfferForm, passphrase_field
from elearn.web.account.sheet import SheetPage
from elearn.web.account.waiting import refusal, refusal_status
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import needed, short
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.render import render


class SetupForm(OfferForm):
    """What it takes to found the first organisation."""

    code = StringField(lazy_gettext("Setup code"), needed(lazy_gettext("Type the code that the server printed.")))
    slug = StringField(lazy_gettext("Short name of the organisation"), needed())
    name = StringField(lazy_gettext("Name of the organisation"), [*needed(), short(actions.LONGEST_NAME)])
    handle = StringField(lazy_gettext("Handle"), needed(lazy_gettext("Choose a handle, or take the one that is offered.")))
    passphrase = passphrase_field()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage(Page):
    """The setup form."""

    template: ClassVar[str] = "account/setup.html"

    form: SetupForm


def _require_open() -> None:
    with runtime().database.read() as session:
        if not actions.is_open(session, now=now()):
            raise NotFound("no-page")


@blueprint.get("/account/setup")
@requires(Permission.VIEW_PUBLIC)
def setup() -> str:
    """Show the setup form while nobody has set the installation up."""
    _require_open()
    form = SetupForm(data={"handle": suggest.handle(language(), runtime().chance)})
    form.offer()
    return render(SetupPage(title=gettext("Set up this site"), form=form))


@blueprint.post("/account/setup")
@requires(Permission.VIEW_PUBLIC)
@limiter.limit(COSTLY)
def setup_submit() -> ResponseReturnValue:
    """Found the organisation with its admin and show the recovery sheet."""
    _require_open()
    form = SetupForm()
    page = SetupPage(title=gettext("Set up this site"), form=form)
    if not form.validate():
        return render(page), 422
    admin = NewPerson(handle=form.handle.data or "", passphrase=form.chosen("passphrase"), language=language(), country="")
    try:
        joined = actions.set_up(
            runtime().database, form.code.data or "", slug=form.slug.data or "", name=form.name.data or "", admin=admin, now=now()
        )
    except ElearnError as error:
        _show(form, error)
        return render(page), refusal_status(error)
    offered = "" if form.passphrase.data else form.chosen("passphrase")
    return render(
        SheetPage(title=gettext("Keep this sheet"), handle=admin.handle, passphrase=offered, codes=joined.recovery_codes, welcome=False)
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
