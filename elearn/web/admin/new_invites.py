"""Making invites: one code for many people or one for each, shown once, as slips to be printed."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from elearn.access.permission import Permission
from elearn.actions import invite as deeds
from elearn.actions.invite import Sheet
from elearn.actions.once import once
from elearn.errors import Invalid, Refused
from elearn.store.base import JsonObject
from elearn.store.cohorts import list_open_cohorts
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.fields import NumberField
from elearn.web.admin.slips import SlipView, slip_views
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import OnceForm
from elearn.web.i18n import gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.roles import role_name
from elearn.web.render import leave_notice, render

_EACH: Final = "each"
_PLACES: Final = {"bad-uses": "people", "bad-codes": "people", "unknown-role": "role", "cohort-closed": "cohort"}


class InviteForm(OnceForm):
    """What the codes are for."""

    people = NumberField(
        lazy_gettext("For how many people"), [InputRequired(lazy_gettext("Write a whole number, for example 12."))], default=1
    )
    how = RadioField(lazy_gettext("Codes"), default=_EACH, validate_choice=False)
    role = SelectField(lazy_gettext("What they become"), default="learner", validate_choice=False)
    cohort = SelectField(lazy_gettext("Cohort"), default="", validate_choice=False)

    def fill(self, session: Session) -> None:
        """Name the choices in the reader's language."""
        self.how.choices = {
            _EACH: gettext("One for each person, each works once (up to %(most)s)", most=deeds.MOST_CODES),
            "one": gettext("One for all of them (up to %(most)s people)", most=deeds.MOST_USES),
        }
        self.role.choices = {role: role_name(role) for role in deeds.ROLES}
        self.cohort.choices = {"": gettext("None")} | {row.id: row.name for row in list_open_cohorts(session)}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewInvitesPage(Page):
    """The form that makes codes."""

    template: ClassVar[str] = "admin/new_invites.html"

    form: InviteForm


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipsPage(Page):
    """The codes, once, as slips."""

    template: ClassVar[str] = "admin/slips.html"

    slips: tuple[SlipView, ...]
    sheet_href: str


def _page(form: InviteForm) -> str:
    with runtime().database.read(identity().organisation_id) as session:
        form.fill(session)
    return render(NewInvitesPage(title=gettext("New invites"), form=form))


@blueprint.get("/admin/invites/new")
@requires(Permission.INVITE_PEOPLE)
def new_invites() -> str:
    """Ask what the codes are for; a cohort may be named already."""
    return _page(InviteForm(data={"cohort": request.args.get("cohort", "")}))


@blueprint.post("/admin/invites/new")
@requires(Permission.INVITE_PEOPLE)
def new_invites_submit() -> ResponseReturnValue:
    """Make the codes and show them, once."""
    form = InviteForm()
    if not form.validate():
        return _page(form), 422
    try:
        sheet_id, made = _make(form)
    except (Invalid, Refused) as error:
        form.add_error(_PLACES.get(error.code, "people"), sentence(error.code, error.params))
        return _page(form), 422
    if made is None:
        leave_notice(
            gettext("These codes were made already and are shown only once. If you could not keep them, take them back and make new ones."),
            "info",
        )
        return redirect(href("admin.invite_sheet", sheet_id=sheet_id), 303)
    slips = slip_views(made, runtime().settings.public_url, once=form.how.data == _EACH)
    title = ngettext("%(num)s invite code", "%(num)s invite codes", len(slips))
    return render(SlipsPage(title=title, slips=slips, sheet_href=href("admin.invite_sheet", sheet_id=sheet_id)))


def _make(form: InviteForm) -> tuple[str, Sheet | None]:
    """Make the sheet unless this form did so before; its id, and the codes if they are new."""
    who = signed_in()
    people = form.people.data or 0
    counts: dict[str, int] = {"codes": people} if form.how.data == _EACH else {"uses": people}
    own: list[Sheet] = []

    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> JsonObject:
            own.append(deeds.invite_many(session, who, role=form.role.data or "", cohort_id=form.cohort.data or None, now=now(), **counts))
            return {"sheet": own[0].id}

        result: Any = once(session, form.key.data or "", who.person_id, "make-invites", act, now=now())
    return result["sheet"], own[0] if own else None
