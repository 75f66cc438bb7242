"""Learning: open a page, mark it read, enrol; and what every deed of learning adds to the facts and the summary."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions.shelf import Published
from elearn.errors import NotFound
from elearn.progress.facts import Fact, graded
from elearn.progress.rule import progress
from elearn.quiz.grade import Grade
from elearn.store import enrolments
from elearn.store import progress as store
from elearn.store.attempts import AttemptRow
from elearn.store.base import hour
from elearn.store.enrolments import EnrolmentRow
from elearn.store.progress import ProgressFactRow, ProgressSummaryRow


def enrol(session: Session, who: Identity, published: Published, *, now: datetime) -> None:
    """Enrol a person in a course; again, or after leaving, makes the enrolment active."""
    row = enrolments.find_enrolment(session, who.person_id, published.course.id)
    if row is None:
        _add_enrolment(session, who, published, now=now)
    elif row.state == "left":
        row.state = "active"
    if store.find_summary_row(session, who.person_id, published.course.id) is None:
        _sum_up(session, who, published, last_page="", now=now)


def _add_enrolment(session: Session, who: Identity, published: Published, *, now: datetime) -> None:
    row = EnrolmentRow(
        organisation_id=who.organisation_id,
        person_id=who.person_id,
        course_id=published.course.id,
        state="active",
        created_on=now.date(),
    )
    with suppress(IntegrityError), session.begin_nested():  # the same click may come twice, and the other be first
        session.add(row)


def leave(session: Session, who: Identity, course_id: str) -> None:
    """Leave a course; nothing learned is lost. NotFound without enrolment."""
    row = enrolments.find_enrolment(session, who.person_id, course_id)
    if row is None:
        raise NotFound("no-enrolment")
    row.state = "left"


def opened(session: Session, who: Identity, published: Published, page_id: str, *, now: datetime) -> None:
    """Note that a page was opened: once as a fact, and as the place to go on from."""
    enrol(session, who, published, now=now)
    if store.find_fact(session, who.person_id, published.course.id, kind="opened", page_id=page_id) is None:
        _add(session, who, published, [Fact("opened", page_id, published.release_id, now)])
    row = store.find_summary_row(session, who.person_id, published.course.id)
    assert row is not None, "enrolling makes it"
    row.last_page = page_id


def read(session: Session, who: Identity, published: Published, page_id: str, *, now: datetime) -> None:
    """Mark a lesson as read; again changes nothing. NotFound: no such page."""
    if page_id not in published.places:
        raise NotFound("no-page")
    enrol(session, who, published, now=now)
    if store.find_fact(session, who.person_id, published.course.id, kind="read", page_id=page_id) is None:
        _add(session, who, published, [Fact("read", page_id, published.release_id, now)])
    _sum_up(session, who, published, last_page=page_id, now=now)


def practised(session: Session, who: Identity, published: Published, page_id: str, question_id: str, *, done: bool, now: datetime) -> None:
    """Note that a practice question was answered; `done`: every question of the page has been."""
    enrol(session, who, published, now=now)
    known = store.find_fact(session, who.person_id, published.course.id, kind="practised", page_id=page_id, ref=question_id)
    if known is None:
        _add(session, who, published, [Fact("practised", page_id, published.release_id, now, ref=question_id)])
    if known is None or done:
        _sum_up(session, who, published, last_page=page_id, now=now)


def attempted(session: Session, who: Identity, published: Published, row: AttemptRow, grade: Grade, *, now: datetime) -> None:
    """Note the outcome of an attempt that was handed in; `published` is the current release, the attempt may be of an older one."""
    facts = graded(row.page_id, release=row.release_id, attempt=row.id, grade=grade, at=now)
    _add(session, who, published, facts)
    _sum_up(session, who, published, last_page=row.page_id, now=now)


def _add(session: Session, who: Identity, published: Published, facts: Iterable[Fact]) -> None:
    for fact in facts:
        session.add(
            ProgressFactRow(
                organisation_id=who.organisation_id,
                person_id=who.person_id,
                course_id=published.course.id,
                release_id=fact.release,
                kind=fact.kind,
                page_id=fact.page,
                ref=fact.ref,
                fraction_e4=fact.fraction_e4,
                hour=hour(fact.at),
            )
        )
    session.flush()


def facts_of(session: Session, person_id: str, course_id: str) -> list[Fact]:
    """Give the facts of a person in a course, as values."""
    rows = store.list_facts(session, person_id, course_id)
    return [Fact(row.kind, row.page_id, row.release_id, row.hour, row.ref, row.fraction_e4) for row in rows]  # type: ignore[arg-type]


def completed_release(row: ProgressSummaryRow) -> int:
    """The release by whose rule a course was completed; the summary itself goes along with later ones."""
    release_id = row.rule.get("release")
    return release_id if isinstance(release_id, int) else row.release_id


def _sum_up(session: Session, who: Identity, published: Published, *, last_page: str, now: datetime) -> None:
    """Derive the summary anew from all facts; the day of completion, once there, stays."""
    course = published.course
    standing = progress(course, facts_of(session, who.person_id, course.id))
    row = store.find_summary_row(session, who.person_id, course.id)
    if row is None:
        row = ProgressSummaryRow(
            organisation_id=who.organisation_id,
            person_id=who.person_id,
            course_id=course.id,
            last_page=last_page,
            complete_at=None,
            rule={},
        )
        session.add(row)
    row.release_id = published.release_id
    row.done = sorted(standing.done)
    row.percent = standing.percent
    row.last_page = last_page or row.last_page
    if standing.complete and row.complete_at is None:
        row.complete_at = hour(now)
        row.rule = {
            "release": published.release_id,
            "lessons": course.completion.lessons,
            "quizzes": list(course.completion.quizzes),
            "critical": course.completion.critical,
        }
    session.flush()
