"""Who is in a cohort: people of the organisation are found by pseudonym and added, or taken out again."""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import cohort as deeds
from elearn.errors import Refused
from elearn.store import cohorts as store
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.cohorts import MemberLine
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import Form
from elearn.web.i18n import gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.roles import role_name
from elearn.web.render import leave_notice, render

#: People on one page of the list, and most that are added at once.
_SHOWN: Final = 50


class FindPersonForm(Form):
    """Whom to look for."""

    q = StringField(lazy_gettext("Name"))


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPeoplePage(Page):
    """People who are not in the cohort, to be ticked; `name` is that of the cohort."""

    template: ClassVar[str] = "admin/cohort_people.html"

    id: str
    name: str
    form: FindPersonForm
    asked: str
    people: tuple[MemberLine, ...]
    paging: Paging


@blueprint.get("/admin/cohorts/<string(length=32):cohort_id>/people")
@requires(Permission.MANAGE_COHORT)
def cohort_people(cohort_id: str) -> str:
    """Show people who may be added, or those with a text in their pseudonym."""
    form = FindPersonForm(request.args)
    asked = (form.q.data or "").strip()
    with runtime().database.read(identity().organisation_id) as session:
        row = store.get_cohort(session, cohort_id)
        count = store.count_outsiders(session, cohort_id, about=asked)
        here = paging(count, _SHOWN, lambda number: href("admin.cohort_people", cohort_id=cohort_id, q=asked or None, page=number))
        found = store.list_outsiders(session, cohort_id, about=asked, start=here.start, limit=_SHOWN)
    people = tuple(MemberLine(person.id, person.pseudonym, role_name(person.role)) for person in found)
    title = gettext("Add people")
    return render(CohortPeoplePage(title=title, id=row.id, name=row.name, form=form, asked=asked, people=people, paging=here))


@blueprint.post("/admin/cohorts/<string(length=32):cohort_id>/people")
@requires(Permission.MANAGE_COHORT)
def cohort_people_submit(cohort_id: str) -> ResponseReturnValue:
    """Put the ticked people into the cohort; whoever is in it already stays."""
    who, ticked = signed_in(), request.form.getlist("person")[:_SHOWN]
    if not ticked:
        leave_notice(gettext("Nobody is ticked. Tick the people who should be in the cohort."), "bad")
        return redirect(href("admin.cohort_people", cohort_id=cohort_id), 303)
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            count = deeds.add_members(session, who, cohort_id, ticked, now=now())
    except Refused as error:
        leave_notice(sentence(error.code, error.params), "bad")
    else:
        leave_notice(ngettext("%(num)s person is new in the cohort.", "%(num)s people are new in the cohort.", count))
    return redirect(href("admin.cohort", cohort_id=cohort_id), 303)


@blueprint.post("/admin/cohorts/<string(length=32):cohort_id>/remove")
@requires(Permission.MANAGE_COHORT)
def remove_member_submit(cohort_id: str) -> ResponseReturnValue:
    """Take one person out of the cohort."""
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.remove_member(session, who, cohort_id, request.form.get("person", ""), now=now())
    leave_notice(gettext("The person is no longer in the cohort. What was learned stays, and so do the courses."))
    return redirect(href("admin.cohort", cohort_id=cohort_id), 303)
