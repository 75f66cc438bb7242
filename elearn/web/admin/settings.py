"""What an organisation decides for its people: its name, who may join, how long sessions last, whether names and e-mails are kept."""

from dataclasses import asdict, dataclass
from typing import ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from elearn.access.permission import Permission
from elearn.actions import settings as deeds
from elearn.actions.settings import IDLE_MINUTES, SESSION_HOURS, OrganisationChoices
from elearn.errors import Invalid
from elearn.store.organisations import get_organisation
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.fields import NumberField
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form, needed
from elearn.web.i18n import gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render

_NUMBER = lazy_gettext("Write a whole number, for example 12.")


class SettingsForm(Form):
    """The choices of an organisation."""

    name = StringField(lazy_gettext("Name of the organisation"), needed(lazy_gettext("Write the name of the organisation.")))
    open_join = BooleanField(lazy_gettext("Anybody may join without an invite"))
    idle_minutes = NumberField(lazy_gettext("Minutes without a click until somebody is signed out"), [InputRequired(_NUMBER)])
    session_hours = NumberField(lazy_gettext("Hours until somebody has to sign in again"), [InputRequired(_NUMBER)])
    keep_names = BooleanField(lazy_gettext("People may leave their name"))
    keep_emails = BooleanField(lazy_gettext("People may leave an e-mail address"))

    def choices(self) -> OrganisationChoices:
        """Give what was chosen."""
        return OrganisationChoices(
            name=self.name.data or "",
            open_join=bool(self.open_join.data),
            idle_minutes=self.idle_minutes.data or 0,
            session_hours=self.session_hours.data or 0,
            keep_names=bool(self.keep_names.data),
            keep_emails=bool(self.keep_emails.data),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage(Page):
    """The form with the bounds of its numbers."""

    template: ClassVar[str] = "admin/settings.html"

    form: SettingsForm
    minutes: tuple[int, int]
    hours: tuple[int, int]


@blueprint.get("/admin/settings")
@requires(Permission.CHANGE_ORGANISATION)
def settings() -> str:
    """Show what the organisation has decided."""
    with runtime().database.read(identity().organisation_id) as session:
        chosen = deeds.choices_of(get_organisation(session, identity().organisation_id))
    return _page(SettingsForm(formdata=None, data=asdict(chosen)))


@blueprint.post("/admin/settings")
@requires(Permission.CHANGE_ORGANISATION)
def settings_submit() -> ResponseReturnValue:
    """Decide anew; shorter sessions hold from the next click on."""
    form, who = SettingsForm(), identity()
    if not form.validate():
        return _page(form), 422
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            changed = deeds.change_organisation(session, who, form.choices(), now=now())
    except Invalid as error:
        form.show_problems(error, {})
        return _page(form), 422
    leave_notice(ngettext("%(num)s setting was changed.", "%(num)s settings were changed.", changed) if changed else _nothing_changed())
    return redirect(href("admin.settings"), 303)


def _nothing_changed() -> str:
    return gettext("Nothing was changed.")


def _page(form: SettingsForm) -> str:
    return render(SettingsPage(title=gettext("Settings of the organisation"), form=form, minutes=IDLE_MINUTES, hours=SESSION_HOURS))
