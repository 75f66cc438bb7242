"""The people of an organisation as a file: asking for it, which another admin must agree to, and taking it within a day."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from elearn.access.permission import Permission
from elearn.actions import approval, contact, roster
from elearn.actions.once import once
from elearn.actions.roster import RosterPerson
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import OnceForm
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.cohort import cohort_course
from elearn.web.parts.roles import role_name, state_name
from elearn.web.parts.seals import seals
from elearn.web.parts.table_file import attached, csv_text
from elearn.web.render import leave_notice, render


class PeopleExportForm(OnceForm):
    """Whether names and addresses shall be in the file."""

    names = BooleanField(lazy_gettext("With the names and e-mail addresses that people let us keep"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleExportPage(Page):
    """What the file holds, before it is asked for; `kept`: the organisation keeps names or addresses."""

    template: ClassVar[str] = "admin/people_export.html"

    form: PeopleExportForm
    kept: bool


@blueprint.get("/admin/people/export")
@requires(Permission.SEE_PEOPLE)
def people_export() -> str:
    """Say what the file holds and who must agree."""
    kept = contact.kept_by(signed_in().settings).anything
    return render(PeopleExportPage(title=gettext("The list of people as a file"), form=PeopleExportForm(), kept=kept))


@blueprint.post("/admin/people/export")
@requires(Permission.EXPORT_PEOPLE)
def people_export_submit() -> ResponseReturnValue:
    """Ask another admin to agree."""
    form, who = PeopleExportForm(), identity()
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            return {"request": approval.ask_to_export(session, who, names=bool(form.names.data), now=now())}

        made = once(session, form.key.data or "", who.person_id, approval.EXPORT, act, now=now())
    leave_notice(gettext("Another admin must agree within three days."))
    return redirect(href("admin.asked", approval_id=str(made["request"])), 303)


@blueprint.post("/admin/requests/<approval_id>/file")
@requires(Permission.EXPORT_PEOPLE)
def file_submit(approval_id: str) -> ResponseReturnValue:
    """Give the file that another admin agreed to, as CSV or JSON; each time it is taken is recorded."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        people = roster.take(session, who, approval_id, seals=seals(), now=now())
        courses = {one.course_id for person in people for one in person.courses}
        titles = {course_id: cohort_course(session, course_id).title for course_id in courses}
    name = f"people-{now().date().isoformat()}"
    if request.form.get("kind") == "json":
        return _json_file(people, name)
    return attached(csv_text(_head(), _rows(people, titles)), "text/csv", f"{name}.csv")


def _head() -> tuple[str, ...]:
    words = (gettext("Name that others see"), gettext("Role"), gettext("State"), gettext("Since"), gettext("Cohorts"))
    course = (gettext("Course"), gettext("Percent"), gettext("Completed"), gettext("Certificates"))
    return (*words, *course, gettext("Name"), gettext("E-mail address"))


def _rows(people: Iterable[RosterPerson], titles: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Yield one row for each person and course, one for whoever has begun none."""
    for one in people:
        own = (one.pseudonym, role_name(one.role), state_name(one.state), one.since.isoformat(), ", ".join(one.cohorts))
        ends = (one.contact.name, one.contact.email)
        if not one.courses:
            yield (*own, "", "", "", "", *ends)
        for course in one.courses:
            done = gettext("yes") if course.complete else gettext("no")
            yield (*own, titles[course.course_id], str(course.percent), done, ", ".join(course.certificates), *ends)


def _json_file(people: Iterable[RosterPerson], name: str) -> Response:
    text = json.dumps({"format": 1, "people": [_plain(one) for one in people]}, ensure_ascii=False, indent=2)
    return attached(text, "application/json", f"{name}.json")


def _plain(one: RosterPerson) -> dict[str, Any]:
    courses = [
        {"course": course.course_id, "percent": course.percent, "complete": course.complete, "certificates": list(course.certificates)}
        for course in one.courses
    ]
    plain = {"pseudonym": one.pseudonym, "role": one.role, "state": one.state, "since": one.since.isoformat(), "cohorts": list(one.cohorts)}
    known = {"name": one.contact.name, "email": one.contact.email}
    return {**plain, "courses": courses, **{key: value for key, value in known.items() if value}}
