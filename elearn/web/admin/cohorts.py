"""Cohorts of an organisation: the list, one cohort with its people, closing and opening it again. The form is in cohort_form."""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import cohort as deeds
from elearn.store import cohorts as store
from elearn.store.cohorts import CohortLine, CohortRow
from elearn.store.invites import count_sheets
from elearn.store.people import get_person
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import Form
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.cohort import CohortFacts, cohort_facts, days
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.roles import role_name
from elearn.web.render import leave_notice, render

#: Cohorts on one page of the list, and people on one page of a cohort.
_SHOWN: Final = 50


class FindCohortForm(Form):
    """Which cohort to look for."""

    q = StringField(lazy_gettext("Cohort"))


@dataclass(frozen=True, slots=True)
class CohortView:
    """One cohort in the list."""

    href: str
    name: str
    trainer: str
    days: str
    members: int
    closed: bool


@dataclass(frozen=True, slots=True)
class MemberLine:
    """One person of a cohort by her pseudonym."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortsPage(Page):
    """A page of the list, or of what was looked for."""

    template: ClassVar[str] = "admin/cohorts.html"

    form: FindCohortForm
    asked: str
    cohorts: tuple[CohortView, ...]
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortPage(Page):
    """One cohort; `sheets` of invites into it still work."""

    template: ClassVar[str] = "admin/cohort.html"

    id: str
    facts: CohortFacts
    trainer: str
    closed: bool
    sheets: int
    members: tuple[MemberLine, ...]
    paging: Paging


def _view(line: CohortLine) -> CohortView:
    row = line.row
    return CohortView(
        href=href("admin.cohort", cohort_id=row.id),
        name=row.name,
        trainer=line.trainer or "",
        days=days(row),
        members=line.members,
        closed=row.closed,
    )


@blueprint.get("/admin/cohorts/")
@requires(Permission.SEE_COHORTS)
def cohorts() -> str:
    """Show the cohorts, or those with a text in their name."""
    form = FindCohortForm(request.args)
    asked = (form.q.data or "").strip()
    with runtime().database.read(identity().organisation_id) as session:
        count = store.count_cohorts(session, about=asked)
        here = paging(count, _SHOWN, lambda number: href("admin.cohorts", q=asked or None, page=number))
        lines = store.list_cohorts(session, about=asked, start=here.start, limit=_SHOWN)
    found = tuple(_view(line) for line in lines)
    return render(CohortsPage(title=gettext("Cohorts"), form=form, asked=asked, cohorts=found, paging=here))


@blueprint.get("/admin/cohorts/<string(length=32):cohort_id>/")
@requires(Permission.SEE_COHORTS)
def cohort(cohort_id: str) -> str:
    """Show one cohort with a page of its people."""
    with runtime().database.read(identity().organisation_id) as session:
        return render(_page(session, store.get_cohort(session, cohort_id)))


def _page(session: Session, row: CohortRow) -> CohortPage:
    here = paging(store.count_members(session, row.id), _SHOWN, lambda number: href("admin.cohort", cohort_id=row.id, page=number))
    people = store.list_members(session, row.id, start=here.start, limit=_SHOWN)
    return CohortPage(
        title=row.name,
        id=row.id,
        facts=cohort_facts(session, row),
        trainer=get_person(session, row.trainer_id).pseudonym if row.trainer_id else "",
        closed=row.closed,
        sheets=count_sheets(session, now(), cohort_id=row.id),
        members=tuple(MemberLine(person.id, person.pseudonym, role_name(person.role)) for person in people),
        paging=here,
    )


@blueprint.post("/admin/cohorts/<string(length=32):cohort_id>/close")
@requires(Permission.MANAGE_COHORT)
def close_cohort_submit(cohort_id: str) -> ResponseReturnValue:
    """Close a cohort, or open it again."""
    who, closed = signed_in(), "open" not in request.form
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.close(session, who, cohort_id, closed=closed, now=now())
    leave_notice(
        gettext("The cohort is closed. Codes that led into it work no more.") if closed else gettext("The cohort takes new people again.")
    )
    return redirect(href("admin.cohort", cohort_id=cohort_id), 303)
