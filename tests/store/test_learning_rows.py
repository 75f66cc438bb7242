from datetime import UTC, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from elearn.errors import NotFound
from elearn.store import attempts, courses, credentials, enrolments, invites, organisations, people, progress, releases
from elearn.store.people import PersonRow
from elearn.store.releases import ReleaseRow
from tests.factories import (
    NOW,
    make_attempt,
    make_credential,
    make_enrolment,
    make_fact,
    make_organisation,
    make_page,
    make_person,
    make_release,
    make_step,
    make_summary,
)


@pytest.fixture
def person(session: Session, organisation_id: str) -> PersonRow:
    return make_person(session, organisation_id)


@pytest.fixture
def release(session: Session) -> ReleaseRow:
    return make_release(session)


def test_a_missing_thing_is_not_found(session: Session) -> None:
    for get in (
        attempts.get_attempt,
        courses.get_course,
        credentials.get_credential,
        enrolments.get_enrolment,
        organisations.get_organisation,
        people.get_person,
    ):
        with pytest.raises(NotFound):
            get(session, "none")
    with pytest.raises(NotFound):
        releases.get_release(session, 0)
    assert courses.find_course(session, "none") is None


def test_organisations_are_found_by_short_name(session: Session, organisation_id: str) -> None:
    own = organisations.get_organisation(session, organisation_id)
    closed = make_organisation(session, "aaa", open_join=False)
    assert organisations.find_organisation(session, own.slug) is own
    assert organisations.find_open_organisation(session) is own
    assert organisations.list_organisations(session) == [closed, own]


def test_people_are_listed_by_handle_and_role(session: Session, organisation_id: str) -> None:
    first, second = (
        make_person(session, organisation_id, handle, role=role) for handle, role in (("abcd", "learner"), ("bcde", "trainer"))
    )
    assert people.list_people(session) == [first, second]
    assert people.list_people(session, after=first.handle_key) == [second]
    assert people.list_people(session, role="learner") == [first]
    assert people.count_people(session, role="trainer") == 1


def test_releases_are_numbered_and_their_zip_is_loaded_on_request(session: Session) -> None:
    first, second = make_release(session), make_release(session, number=2)
    page = make_page(session, second, "b", language="ru")
    other = make_page(session, second, "a")
    assert courses.get_course(session, "rights").release_id == second.id
    assert [course.id for course in courses.list_courses(session)] == ["rights"]
    assert releases.find_latest_release(session, "rights") is second
    assert releases.find_release_by_digest(session, "rights", "digest-1") is first
    assert releases.list_releases(session, "rights") == [second, first]
    assert releases.count_releases(session, "rights") == 2
    assert releases.list_release_pages(session, second.id) == [other, page]
    assert releases.list_release_pages(session, second.id, language="ru") == [page]
    assert releases.find_release_page(session, second.id, "b", "ru") is page
    session.expunge_all()
    bare = releases.get_release(session, first.id)
    assert "source" not in bare.__dict__
    session.expunge_all()
    assert releases.get_release(session, first.id, source=True).__dict__["source"] == b"zip"


def test_enrolments_of_a_person_and_of_a_course(session: Session, person: PersonRow, release: ReleaseRow) -> None:
    row = make_enrolment(session, person)
    assert enrolments.get_enrolment(session, row.id) is row
    assert enrolments.find_enrolment(session, person.id, "rights") is row
    assert enrolments.list_enrolments(session, person.id) == [row]
    assert enrolments.list_course_enrolments(session, "rights") == [row]
    assert enrolments.count_enrolments(session, "rights") == 1
    with pytest.raises(IntegrityError), session.begin_nested():
        make_enrolment(session, person)


def test_progress_is_facts_and_a_summary(session: Session, person: PersonRow, release: ReleaseRow) -> None:
    fact = make_fact(session, person, release)
    row = make_summary(session, person, release, complete_at=NOW)
    assert progress.list_facts(session, person.id, "rights") == [fact]
    assert progress.find_fact(session, person.id, "rights", kind="opened", page_id="intro") is fact
    assert progress.count_facts(session, "rights", kind="opened") == 1
    assert progress.find_summary_row(session, person.id, "rights") is row
    assert progress.list_summaries(session, person.id) == [row]
    assert progress.list_complete(session) == progress.list_complete(session, course_id="rights") == [row]
    assert progress.count_complete(session, "rights") == 1
    value = progress.find_summary(session, person.id, "rights", organisation_id=person.organisation_id)
    assert value is not None
    assert (value.done, value.percent, value.last_page, value.complete_at, value.release_id) == (["intro"], 50, "intro", NOW, release.id)
    assert value.complete_at is not None
    assert value.complete_at.tzinfo is UTC
    assert progress.find_summary(session, person.id, "rights", organisation_id="another") is None


def test_attempts_and_their_steps(session: Session, person: PersonRow, release: ReleaseRow) -> None:
    row = make_attempt(session, person, release)
    step = make_step(session, row, one_time_key="form")
    assert attempts.get_attempt(session, row.id, for_update=True) is row
    assert attempts.find_open_attempt(session, person.id, "rights", "quiz") is row
    assert attempts.list_attempts(session, person.id, "rights") == [row]
    assert attempts.list_attempts(session, person.id, "rights", page_id="other") == []
    assert attempts.list_attempts_in_state(session, "open") == attempts.list_attempts_in_state(session, "open", course_id="rights") == [row]
    assert attempts.count_attempts(session, person.id, "rights", "quiz") == 1
    assert attempts.count_attempts(session, person.id, "rights", "quiz", closed=True) == 0
    assert attempts.last_number(session, person.id) == row.number
    assert attempts.list_steps(session, row.id) == [step]
    assert attempts.find_step_by_key(session, "form") is step
    assert attempts.count_steps(session, row.id) == 1
    assert row.seed == 2**62
    session.expunge(step)  # as another session would, which knows nothing of it
    for number, key in ((1, None), (2, "form")):
        with pytest.raises(IntegrityError), session.begin_nested():
            make_step(session, row, number=number, one_time_key=key)


def test_who_is_due_has_no_valid_credential_nor_lost_it_for_good(session: Session, person: PersonRow, release: ReleaseRow) -> None:
    summary = make_summary(session, person, release, complete_at=NOW)
    assert credentials.list_due(session) == credentials.list_due(session, course_id="rights") == [(summary, person)]
    assert credentials.list_due(session, course_id="other") == []
    row = make_credential(session, person, release, status="withdrawn")
    row.reason = "rules-broken"
    session.flush()
    assert credentials.list_due(session, final=("mistake",)) == [(summary, person)]
    assert credentials.list_due(session, final=("rules-broken",)) == []
    row.status, row.reason = "valid", ""
    session.flush()
    assert credentials.list_due(session) == []
    assert credentials.find_credential(session, row.id) is row
    assert credentials.get_credential(session, row.id, for_update=True) is row
    with pytest.raises(NotFound, match="no-credential"):
        credentials.get_credential(session, "nothing")


def test_credentials_by_serial_person_and_status(session: Session, person: PersonRow, release: ReleaseRow) -> None:
    row = make_credential(session, person, release)
    withdrawn = make_credential(session, person, release, status="withdrawn")
    withdrawn.issued_at -= timedelta(days=1)
    session.flush()
    assert credentials.get_credential(session, row.id) is row
    assert credentials.find_current_credential(session, person.id, "rights") is row
    assert credentials.list_person_credentials(session, person.id) == [row, withdrawn]
    assert credentials.list_credentials(session) == [row, withdrawn]
    assert credentials.list_credentials(session, status="withdrawn") == [withdrawn]
    assert (credentials.count_credentials(session), credentials.count_credentials(session, status="valid")) == (2, 1)


def test_invites_are_listed_and_those_that_are_over_dropped(session: Session, organisation_id: str) -> None:
    for uses, days in ((1, 1), (0, 2), (1, -1)):
        row = invites.InviteRow(
            organisation_id=organisation_id,
            code_hash=f"{uses}{days}",
            role="learner",
            ends_at=NOW + timedelta(days=days),
            uses_left=uses,
            sheet="",
            made_on=NOW.date(),
        )
        session.add(row)
    assert len(invites.list_invites(session)) == 3
    invites.delete_ended_invites(session, NOW)
    assert [row.code_hash for row in invites.list_invites(session)] == ["11"]
