"""The people of an organisation by pseudonym: a list to search by name, role and state, and by an exact e-mail address where it is kept.

Handles are not shown, here or anywhere: they are half of what lets somebody in, and an admin who starts a reset must not hold both halves.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from elearn.access.permission import Permission
from elearn.actions import contact
from elearn.store.people import ROLES, STATES, PersonRow, Sought, count_found, list_found
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import Form
from elearn.web.i18n import format_day, gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.roles import role_name, state_name
from elearn.web.parts.seals import seals
from elearn.web.render import leave_notice, render

#: People on one page of the list.
_SHOWN: Final = 50


class FindPeopleForm(Form):
    """Whom to look for; what is empty asks for nothing."""

    q = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    role = SelectField(lazy_gettext("Role"), choices={}, validate_choice=False)
    state = SelectField(lazy_gettext("State"), choices={}, validate_choice=False)

    def fill(self) -> None:
        """Offer roles and states in the reader's language."""
        self.role.choices = {"": gettext("any")} | {role: role_name(role) for role in ROLES}
        self.state.choices = {"": gettext("any")} | {state: state_name(state) for state in STATES}

    @property
    def sought(self) -> Sought:
        """What was asked for; an unknown role or state asks for nothing."""
        role, state = self.role.data or "", self.state.data or ""
        return Sought((self.q.data or "").strip(), role if role in ROLES else "", state if state in STATES else "")


class FindEmailForm(Form):
    """The exact address to look for; it is sent in a form, so that it stands in no address and no history."""

    email = StringField(lazy_gettext("E-mail address, exactly"), render_kw={"autocomplete": "off", "inputmode": "email"})


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in the list."""

    href: str
    pseudonym: str
    role: str
    state: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage(Page):
    """A page of the people, or of those who fit; `email_form` only where addresses are kept."""

    template: ClassVar[str] = "admin/people.html"

    form: FindPeopleForm
    email_form: FindEmailForm | None
    people: tuple[PersonLine, ...]
    paging: Paging


@blueprint.get("/admin/people/")
@requires(Permission.SEE_PEOPLE)
def people() -> str:
    """Show a page of the people who fit."""
    form = FindPeopleForm(request.args)
    form.fill()
    sought = form.sought
    with runtime().database.read(identity().organisation_id) as session:
        here = paging(count_found(session, sought), _SHOWN, lambda number: _list_href(sought, number))
        rows = list_found(session, sought, start=here.start, limit=_SHOWN)
    emails = contact.kept_by(signed_in().settings).emails
    lines = tuple(_line(row) for row in rows)
    title = gettext("People")
    return render(PeoplePage(title=title, form=form, email_form=FindEmailForm() if emails else None, people=lines, paging=here))


@blueprint.post("/admin/people/by-email")
@requires(Permission.SEE_CONTACT)
def by_email_submit() -> ResponseReturnValue:
    """Go to the person with exactly this address; that somebody looked is recorded."""
    who, email = identity(), FindEmailForm().email.data or ""
    with runtime().database.transaction(who.organisation_id) as session:
        person_id = contact.find_by_email(session, who, email, seals=seals(), now=now())
    if person_id is None:
        leave_notice(gettext("Nobody here has given this address. It must be written exactly as it was given."), "info")
        return redirect(href("admin.people"), 303)
    return redirect(href("admin.person", person_id=person_id), 303)


def _line(row: PersonRow) -> PersonLine:
    return PersonLine(
        href=href("admin.person", person_id=row.id),
        pseudonym=row.pseudonym,
        role=role_name(row.role),
        state="" if row.state == "active" else state_name(row.state),
        since=format_day(row.created_on),
    )


def _list_href(sought: Sought, number: int) -> str:
    return href("admin.people", q=sought.name or None, role=sought.role or None, state=sought.state or None, page=number)
