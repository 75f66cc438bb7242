"""A trainer's cohorts: the list, and how the people of one get on. Pseudonyms and days only; whose cohort it is, is asked of the rights."""

from dataclasses import dataclass
from typing import ClassVar, Final

from sqlalchemy.orm import Session

from elearn.access.identity import Role, Thing
from elearn.access.permission import Permission
from elearn.access.rules import permits
from elearn.errors import NotFound
from elearn.store import cohorts as store
from elearn.store.cohorts import CohortRow, Standing
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import format_day, gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.cohort import CohortCourse, CohortFacts, cohort_facts, days
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.told import Told, told
from elearn.web.render import render
from elearn.web.teach.blueprint import blueprint

#: People on one page of a cohort.
_SHOWN: Final = 25


@dataclass(frozen=True, slots=True)
class TaughtView:
    """One cohort in the list."""

    href: str
    name: str
    days: str
    members: int
    closed: bool


@dataclass(frozen=True, slots=True)
class CourseStand:
    """Where one person stands in one course; `note` says what is done or due."""

    title: str
    lang: str
    percent: int
    note: str


@dataclass(frozen=True, slots=True)
class MemberProgress:
    """One person by pseudonym; `active` is the day she last did something, in words."""

    name: str
    active: str
    stands: tuple[CourseStand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaughtPage(Page):
    """The trainer's own cohorts."""

    template: ClassVar[str] = "teach/taught.html"

    told: Told | None
    cohorts: tuple[TaughtView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressPage(Page):
    """One cohort; `due` says what is due, `up` leads to the list the reader came from."""

    template: ClassVar[str] = "teach/progress.html"

    facts: CohortFacts
    closed: bool
    due: str
    up: tuple[str, str]
    members: tuple[MemberProgress, ...]
    paging: Paging


@blueprint.get("/teach/")
@requires(Permission.SEE_COHORT)
def taught() -> str:
    """Show the cohorts the reader trains."""
    who = identity()
    with runtime().database.read(who.organisation_id) as session:
        lines = store.list_trained_cohorts(session, who.person_id)
        news = told(session)
    views = tuple(_view(line.row, line.members) for line in lines)
    return render(TaughtPage(title=gettext("My cohorts"), told=news, cohorts=views))


def _view(row: CohortRow, members: int) -> TaughtView:
    return TaughtView(href("teach.progress", cohort_id=row.id), row.name, days(row), members, row.closed)


@blueprint.get("/teach/cohorts/<string(length=32):cohort_id>/")
@requires(Permission.SEE_COHORT)
def progress(cohort_id: str) -> str:
    """Show how the people of a cohort get on, to its trainer and to admins; to others it is not there."""
    with runtime().database.read(identity().organisation_id) as session:
        row = store.get_cohort(session, cohort_id)
        if not permits(identity(), Permission.SEE_COHORT, Thing(row.trainer_id or "", row.organisation_id)):
            raise NotFound("no-cohort")
        return render(_page(session, row))


def _page(session: Session, row: CohortRow) -> ProgressPage:
    here = paging(store.count_members(session, row.id), _SHOWN, lambda number: href("teach.progress", cohort_id=row.id, page=number))
    people = store.list_members(session, row.id, start=here.start, limit=_SHOWN)
    facts, ids = cohort_facts(session, row), [person.id for person in people]
    standings = store.find_standings(session, ids, row.courses)
    hours = store.find_last_hours(session, ids, row.courses)
    admin = Role.ADMIN in identity().roles
    return ProgressPage(
        title=row.name,
        facts=facts,
        closed=row.closed,
        due=_due(row),
        up=(gettext("Cohorts"), href("admin.cohorts")) if admin else (gettext("My cohorts"), href("teach.taught")),
        members=tuple(
            MemberProgress(
                name=person.pseudonym,
                active=gettext("Last active on %(day)s", day=format_day(hours[person.id]))
                if person.id in hours
                else gettext("Not begun yet"),
                stands=tuple(_stand(course, standings.get((person.id, course.id))) for course in facts.courses),
            )
            for person in people
        ),
        paging=here,
    )


def _stand(course: CohortCourse, standing: Standing | None) -> CourseStand:
    if standing is None:
        return CourseStand(course.title, course.lang, 0, "")
    note = ""
    if standing.certified:
        note = gettext("Certificate issued")
    elif standing.complete_at is not None:
        note = gettext("Completed: the certificate is due")
    return CourseStand(course.title, course.lang, standing.percent, note)


def _due(row: CohortRow) -> str:
    """Say how long the cohort goes on."""
    if row.closed or row.ends_on is None:
        return ""
    left = (row.ends_on - now().date()).days
    if left < 0:
        return gettext("The last day of this cohort was %(day)s.", day=format_day(row.ends_on))
    return ngettext("%(num)s day is left until the end.", "%(num)s days are left until the end.", left)
