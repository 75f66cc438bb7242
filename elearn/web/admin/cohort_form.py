"""The form of a cohort: for a new one, and for changing one."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from elearn.access.permission import Permission
from elearn.actions import cohort as deeds
from elearn.actions.cohort import Plan
from elearn.actions.once import once
from elearn.errors import Invalid
from elearn.lang import LANGUAGES, OWN_NAMES
from elearn.store.base import JsonObject
from elearn.store.cohorts import CohortRow, get_cohort, list_trainers
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.fields import DayField
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.forms import OnceForm, needed
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.cohort import CohortCourse, cohort_course
from elearn.web.render import leave_notice, render


def _ticks(label: str) -> SelectMultipleField:
    return SelectMultipleField(
        label, choices={}, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=False
    )


class CohortForm(OnceForm):
    """What an admin says of a cohort."""

    name = StringField(lazy_gettext("Name of the cohort"), needed(lazy_gettext("Give the cohort a name.")))
    trainer = SelectField(lazy_gettext("Trainer"), default="", validate_choice=False)
    starts_on = DayField(lazy_gettext("First day"), [InputRequired(lazy_gettext("Write a day as year-month-day, for example 2026-09-30."))])
    ends_on = DayField(lazy_gettext("Last day, if there is one"), [Optional()])
    languages = _ticks(lazy_gettext("Languages"))
    courses = _ticks(lazy_gettext("Courses"))

    offered: tuple[CohortCourse, ...] = ()

    def fill(self, session: Session, row: CohortRow | None) -> None:
        """Name the choices in the reader's language; a course of the cohort that is published no more stays among them."""
        trainers = {person.id: person.pseudonym for person in list_trainers(session)}
        self.trainer.choices = {"": gettext("Nobody yet")} | trainers
        self.languages.choices = {tag: OWN_NAMES[tag] for tag in LANGUAGES}
        ids = dict.fromkeys([*sorted(runtime().shelf.current(session, now=now())), *(row.courses if row else ())])
        self.offered = tuple(cohort_course(session, course_id) for course_id in ids)
        self.courses.choices = {course.id: course.title for course in self.offered}

    def plan(self) -> Plan:
        """Give what was said, once it has been validated."""
        assert self.starts_on.data is not None
        return Plan(
            name=self.name.data or "",
            trainer_id=self.trainer.data or None,
            starts_on=self.starts_on.data,
            ends_on=self.ends_on.data,
            languages=tuple(dict.fromkeys(self.languages.data or ())),
            courses=tuple(dict.fromkeys(self.courses.data or ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFormPage(Page):
    """The form; `id` and `name` are empty for a new cohort. `langs` are the languages of titles that are not in that of the page."""

    template: ClassVar[str] = "admin/cohort_form.html"

    form: CohortForm
    id: str
    name: str
    langs: dict[str, str]

    @property
    def tongues(self) -> dict[str, str]:
        """The languages of the names of languages."""
        return {tag: tag for tag in LANGUAGES}


def _page(session: Session, form: CohortForm, row: CohortRow | None) -> str:
    form.fill(session, row)
    title = gettext("New cohort") if row is None else gettext("Change the cohort")
    langs = {course.id: course.lang for course in form.offered if course.lang}
    return render(CohortFormPage(title=title, form=form, id=row.id if row else "", name=row.name if row else "", langs=langs))


def _row(session: Session, cohort_id: str) -> CohortRow | None:
    return get_cohort(session, cohort_id) if cohort_id else None


@blueprint.get("/admin/cohorts/new", defaults={"cohort_id": ""})
@blueprint.get("/admin/cohorts/<string(length=32):cohort_id>/change")
@requires(Permission.MANAGE_COHORT)
def cohort_form(cohort_id: str) -> str:
    """Show the form, filled with what the cohort is if there is one."""
    with runtime().database.read(identity().organisation_id) as session:
        row = _row(session, cohort_id)
        data: dict[str, Any] = {"starts_on": now().date(), "languages": [], "courses": []}
        if row is not None:
            data = {name: getattr(row, name) for name in ("name", "starts_on", "ends_on", "languages", "courses")}
            data["trainer"] = row.trainer_id or ""
        return _page(session, CohortForm(data=data), row)


@blueprint.post("/admin/cohorts/new", defaults={"cohort_id": ""})
@blueprint.post("/admin/cohorts/<string(length=32):cohort_id>/change")
@requires(Permission.MANAGE_COHORT)
def cohort_form_submit(cohort_id: str) -> ResponseReturnValue:
    """Make or change the cohort."""
    form, who = CohortForm(), signed_in()
    with runtime().database.read(who.organisation_id) as session:
        row = _row(session, cohort_id)
        if not form.validate():
            return _page(session, form, row), 422
        published = frozenset(runtime().shelf.current(session, now=now()))
    try:
        saved = _save(form, cohort_id, published)
    except Invalid as error:
        form.show_problems(error, {})
        with runtime().database.read(who.organisation_id) as session:
            return _page(session, form, row), 422
    leave_notice(gettext("The cohort was changed.") if cohort_id else gettext("The cohort was made. Now bring people into it."))
    return redirect(href("admin.cohort", cohort_id=saved), 303)


def _save(form: CohortForm, cohort_id: str, published: frozenset[str]) -> str:
    who, plan = signed_in(), form.plan()
    with runtime().database.transaction(who.organisation_id) as session:
        if cohort_id:
            deeds.change(session, who, cohort_id, plan, published=published, now=now())
            return cohort_id

        def act() -> JsonObject:
            return {"cohort": deeds.found(session, who, plan, published=published, now=now())}

        return str(once(session, form.key.data or "", who.person_id, "make-cohort", act, now=now())["cohort"])
