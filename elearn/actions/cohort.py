"""Cohorts: founding, changing and closing one, and who is in it. Leaving one takes nothing away that was learned."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.actions.name import is_name
from elearn.errors import Invalid, NotFound, Problem, Refused, Where
from elearn.lang import is_language
from elearn.store import audit, cohorts
from elearn.store.cohorts import CohortMemberRow, CohortRow, get_cohort
from elearn.store.courses import find_course
from elearn.store.enrolments import EnrolmentRow, bring_back, find_enrolment, list_enrolled
from elearn.store.invites import delete_cohort_invites
from elearn.store.people import get_person
from elearn.store.sessions import SignedIn

LONGEST_NAME: Final = 80
MOST_COURSES: Final = 20
MOST_MEMBERS: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an admin says of a cohort; no trainer and no end are possible, no language is not."""

    name: str
    trainer_id: str | None
    starts_on: date
    ends_on: date | None
    languages: tuple[str, ...]
    courses: tuple[str, ...]


def found(session: Session, who: SignedIn, plan: Plan, *, published: Collection[str], now: datetime) -> str:
    """Make a cohort of her organisation; its id. Invalid with all its problems at once; `published` are the ids of courses there are."""
    _check(session, plan, published)
    row = CohortRow(
        organisation_id=who.organisation_id,
        name=plan.name.strip(),
        trainer_id=plan.trainer_id,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        languages=list(plan.languages),
        courses=list(plan.courses),
        closed=False,
        created_on=now.date(),
    )
    session.add(row)
    session.flush()
    _note(session, "cohort.made", who, row.id, now)
    return row.id


def change(session: Session, who: SignedIn, cohort_id: str, plan: Plan, *, published: Collection[str], now: datetime) -> None:
    """Change a cohort; its members are enrolled in what is new among its courses. NotFound, Invalid as in `found`."""
    row = get_cohort(session, cohort_id, for_update=True)
    _check(session, plan, {*published, *row.courses})
    fresh = [course_id for course_id in plan.courses if course_id not in row.courses]
    row.name, row.trainer_id = plan.name.strip(), plan.trainer_id
    row.starts_on, row.ends_on = plan.starts_on, plan.ends_on
    row.languages, row.courses = list(plan.languages), list(plan.courses)
    if fresh:
        _enrol_all(session, row.organisation_id, cohorts.list_member_ids(session, cohort_id), fresh, now)
    _note(session, "cohort.changed", who, cohort_id, now)


def close(session: Session, who: SignedIn, cohort_id: str, *, closed: bool = True, now: datetime) -> None:
    """Close a cohort, which voids the invites into it, or open it again; NotFound."""
    row = get_cohort(session, cohort_id, for_update=True)
    if row.closed == closed:
        return
    row.closed = closed
    if closed:
        delete_cohort_invites(session, cohort_id)
    _note(session, "cohort.closed" if closed else "cohort.opened", who, cohort_id, now)


def add_members(session: Session, who: SignedIn, cohort_id: str, person_ids: Sequence[str], *, now: datetime) -> int:
    """Put people of her organisation into a cohort; how many are new in it. NotFound, Refused("cohort-closed"), Refused("cohort-full")."""
    row = get_cohort(session, cohort_id, for_update=True)
    if row.closed:
        raise Refused("cohort-closed")
    if len(person_ids) > MOST_MEMBERS:
        raise Refused("cohort-full", maximum=MOST_MEMBERS)
    for person_id in person_ids:
        get_person(session, person_id)
    new = sum(seat(session, row, person_id, now=now) for person_id in dict.fromkeys(person_ids))
    if cohorts.count_members(session, cohort_id) > MOST_MEMBERS:
        raise Refused("cohort-full", maximum=MOST_MEMBERS)
    if new:
        _note(session, "cohort.joined", who, cohort_id, now)
    return new


def remove_member(session: Session, who: SignedIn, cohort_id: str, person_id: str, *, now: datetime) -> None:
    """Take a person out of a cohort; what she has learned and her enrolments stay. NotFound."""
    get_cohort(session, cohort_id)
    if not cohorts.delete_member(session, cohort_id, person_id):
        raise NotFound("no-person")
    _note(session, "cohort.left", who, cohort_id, now)


def seat(session: Session, row: CohortRow, person_id: str, *, now: datetime) -> bool:
    """Put a person into a cohort of her organisation and enrol her in its courses; whether she is new in it."""
    if cohorts.find_member(session, row.id, person_id) is not None:
        return False
    member = CohortMemberRow(organisation_id=row.organisation_id, cohort_id=row.id, person_id=person_id, joined_on=now.date())
    with suppress(IntegrityError), session.begin_nested():  # somebody else may be adding her too
        session.add(member)
    _enrol(session, row.organisation_id, person_id, row.courses, now)
    return True


def _enrol_all(session: Session, organisation_id: str, person_ids: Sequence[str], course_ids: Sequence[str], now: datetime) -> None:
    """Enrol many people by a few statements a course: nobody's answer waits for it."""
    for course_id in course_ids:
        try:
            with session.begin_nested():
                _enrol_together(session, organisation_id, person_ids, course_id, now)
        except IntegrityError:  # one of them enrols herself at this moment: so each for herself
            for person_id in person_ids:
                _enrol(session, organisation_id, person_id, (course_id,), now)


def _enrol_together(session: Session, organisation_id: str, person_ids: Sequence[str], course_id: str, now: datetime) -> None:
    if find_course(session, course_id) is None:
        return
    bring_back(session, course_id, person_ids)
    known = list_enrolled(session, course_id, person_ids)
    session.add_all(
        EnrolmentRow(organisation_id=organisation_id, person_id=person_id, course_id=course_id, state="active", created_on=now.date())
        for person_id in person_ids
        if person_id not in known
    )
    session.flush()


def _enrol(session: Session, organisation_id: str, person_id: str, course_ids: Sequence[str], now: datetime) -> None:
    """Enrol a person; her summary is made when she first opens the course, as for everybody."""
    for course_id in course_ids:
        known = find_enrolment(session, person_id, course_id)
        if known is not None:
            known.state = "active" if known.state == "left" else known.state
        elif find_course(session, course_id) is not None:
            row = EnrolmentRow(
                organisation_id=organisation_id, person_id=person_id, course_id=course_id, state="active", created_on=now.date()
            )
            with suppress(IntegrityError), session.begin_nested():  # she may be enrolling herself
                session.add(row)


def _check(session: Session, plan: Plan, published: Collection[str]) -> None:
    problems = tuple(_problems(session, plan, published))
    if problems:
        raise Invalid(problems[0].code, problems, **problems[0].params)


def _problems(session: Session, plan: Plan, published: Collection[str]) -> Iterator[Problem]:
    if not is_name(plan.name, longest=LONGEST_NAME):
        yield Problem("name-form", Where("name"), {"maximum": LONGEST_NAME})
    if plan.trainer_id is not None and plan.trainer_id not in {person.id for person in cohorts.list_trainers(session)}:
        yield Problem("unknown-trainer", Where("trainer"))
    if plan.ends_on is not None and plan.ends_on < plan.starts_on:
        yield Problem("cohort-dates", Where("ends_on"))
    if not plan.languages or not all(is_language(tag) for tag in plan.languages):
        yield Problem("cohort-languages", Where("languages"))
    if len(plan.courses) > MOST_COURSES or not all(course_id in published for course_id in plan.courses):
        yield Problem("cohort-courses", Where("courses"), {"maximum": MOST_COURSES})


def _note(session: Session, verb: str, who: SignedIn, cohort_id: str, now: datetime) -> None:
    audit.record_act(session, verb, person_id=who.person_id, organisation_id=who.organisation_id, about=cohort_id, now=now)
