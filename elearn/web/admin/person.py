"""One person as her admin sees her: pseudonym, role, state, cohorts, courses, sessions. The deeds are in person_deeds."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session
from wtforms import RadioField

from elearn.access.identity import Role
from elearn.access.permission import Permission
from elearn.actions import contact
from elearn.actions import people as deeds
from elearn.store import factors, roster
from elearn.store.people import PersonRow, get_person
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form, OnceForm
from elearn.web.i18n import format_day, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.cohort import cohort_course
from elearn.web.parts.roles import role_name, state_name
from elearn.web.render import render


class RoleForm(Form):
    """The role to give."""

    role = RadioField(lazy_gettext("Role"), validate_choice=False)

    def fill(self) -> None:
        """Offer the roles that an admin may give."""
        self.role.choices = {role: role_name(role) for role in deeds.ROLES}


class FactorForm(OnceForm):
    """The wish that a second factor be removed."""


@dataclass(frozen=True, slots=True)
class CourseLine:
    """One course that a person has begun; `lang` is set when its title is in another language than the page."""

    title: str
    lang: str
    percent: int


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is known of a person; `own`: it is the reader herself, `operator`: nothing of her is changed here."""

    id: str
    role: str
    state: str
    suspended: bool
    since: str
    cohorts: tuple[tuple[str, str], ...]
    courses: tuple[CourseLine, ...]
    sessions: int
    factor: bool
    contact: bool
    own: bool
    operator: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage(Page):
    """One person with what can be done."""

    template: ClassVar[str] = "admin/person.html"

    one: PersonFacts
    form: RoleForm
    factor_form: FactorForm


@blueprint.get("/admin/people/<person_id>/")
@requires(Permission.SEE_PEOPLE)
def person(person_id: str) -> str:
    """Show one person."""
    with runtime().database.read(identity().organisation_id) as session:
        row = get_person(session, person_id)
        facts = _facts(session, row)
    form = RoleForm(data={"role": row.role})
    form.fill()
    return render(PersonPage(title=row.pseudonym, one=facts, form=form, factor_form=FactorForm()))


def _facts(session: Session, row: PersonRow) -> PersonFacts:
    cohorts = roster.list_cohorts_of(session, [row.id]).get(row.id, [])
    progress = roster.list_progress_of(session, [row.id]).get(row.id, [])
    return PersonFacts(
        id=row.id,
        role=role_name(row.role),
        state=state_name(row.state),
        suspended=row.state == "suspended",
        since=format_day(row.created_on),
        cohorts=tuple((cohort.name, href("admin.cohort", cohort_id=cohort.id)) for cohort in cohorts),
        courses=tuple(_course(session, one.course_id, one.percent) for one in progress),
        sessions=deeds.count_open_sessions(session, row, now=now()),
        factor=factors.has_factor(session, row.id),
        contact=contact.offers(session, row.organisation_id, row.id),
        own=row.id == identity().person_id,
        operator=row.role == Role.OPERATOR,
    )


def _course(session: Session, course_id: str, percent: int) -> CourseLine:
    found = cohort_course(session, course_id)
    return CourseLine(found.title, found.lang, percent)
