"""The one statement that a lesson page asks about its reader says the same as the queries it stands for."""

from sqlalchemy.orm import Session

from elearn.store import progress, standing
from elearn.store.base import hour
from tests.factories import NOW, make_attempt, make_organisation, make_person, make_release, make_step, make_summary


def test_a_reader_before_her_first_deed_has_nothing(session: Session, organisation_id: str) -> None:
    person = make_person(session, organisation_id)
    connection = session.connection().connection
    assert standing.find_standing(connection, person.id, "rights", "intro", organisation_id=organisation_id) == standing.Standing()


def test_a_summary_without_answers_comes_alone(session: Session, organisation_id: str) -> None:
    person, release = make_person(session, organisation_id), make_release(session)
    make_summary(session, person, release, complete_at=hour(NOW))
    make_step(session, make_attempt(session, person, release, page_id="intro"))
    session.flush()
    found = standing.find_standing(session.connection().connection, person.id, "rights", "intro", organisation_id=organisation_id)
    assert found.summary == progress.find_summary(session, person.id, "rights", organisation_id=organisation_id)
    assert found.steps == ()  # a test is not the practice of a lesson


def test_the_answers_of_the_open_practice_come_in_order(session: Session, organisation_id: str) -> None:
    person, release = make_person(session, organisation_id), make_release(session)
    make_summary(session, person, release)
    attempt = make_attempt(session, person, release, page_id="intro")
    attempt.form = "practice"
    for number in (2, 1, 3):
        make_step(session, attempt, number=number)
    found = standing.find_standing(session.connection().connection, person.id, "rights", "intro", organisation_id=organisation_id)
    assert [(step.number, step.response, step.at) for step in found.steps] == [
        (n, {"kind": "single", "value": "a"}, NOW) for n in (1, 2, 3)
    ]


def test_another_organisation_sees_nothing(session: Session, organisation_id: str) -> None:
    person, release = make_person(session, organisation_id), make_release(session)
    make_summary(session, person, release)
    other = make_organisation(session).id
    found = standing.find_standing(session.connection().connection, person.id, "rights", "intro", organisation_id=other)
    assert found == standing.Standing()
