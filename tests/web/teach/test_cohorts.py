"""A trainer sees how the people of her own cohorts get on, by pseudonym and day; other cohorts are not there."""

from datetime import timedelta

import pytest

from elearn.runtime import Runtime
from elearn.store.cohorts import get_cohort
from elearn.store.people import PersonRow, get_person
from elearn.store.releases import get_release
from tests.factories import make_cohort, make_credential, make_fact, make_organisation, make_person, make_summary
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

LIST = "/en/teach/"


@pytest.fixture
def row(runtime: Runtime, organisation_id: str) -> PersonRow:
    with runtime.database.transaction() as session:
        return make_person(session, organisation_id, "tulip-trainer", role="trainer")


@pytest.fixture
def trainer(row: PersonRow, sign_in_as: SignInAs) -> Visitor:
    return sign_in_as(row)


@pytest.fixture
def cohort_id(runtime: Runtime, row: PersonRow, minimal_course: int) -> str:
    """A cohort with somebody who has not begun, somebody under way, and two who are done, one of them with a certificate."""
    with runtime.database.transaction(row.organisation_id) as session:
        release = get_release(session, minimal_course)
        people = [make_person(session, row.organisation_id, f"{name}-lake") for name in ("amber", "birch", "cedar", "dahlia")]
        for person, percent in zip(people[1:], (40, 100, 100), strict=True):
            make_summary(session, person, release, percent=percent, complete_at=runtime.clock() if percent == 100 else None)
            make_fact(session, person, release)
        make_credential(session, people[3], release)
        cohort = make_cohort(session, row.organisation_id, *people, trainer=row, name="Spring")
        cohort.courses = ["minimal", "gone-course"]
        return cohort.id


def test_a_trainer_without_cohorts_is_told_who_makes_them(trainer: Visitor) -> None:
    assert "You train no cohort yet." in trainer.get(LIST).text


def test_the_list_shows_her_own_cohorts_only(trainer: Visitor, runtime: Runtime, row: PersonRow, cohort_id: str) -> None:
    with runtime.database.transaction() as session:
        make_cohort(session, row.organisation_id, name="Somebody else's")
    page = trainer.get(LIST)
    assert page.heading == "My cohorts"
    assert "Spring" in page.text
    assert "4 people" in page.text
    assert "else" not in page.text
    assert f"/en/teach/cohorts/{cohort_id}/" in page.links()


def test_progress_is_shown_by_pseudonym_and_day(trainer: Visitor, runtime: Runtime, cohort_id: str) -> None:
    page = trainer.get(f"{LIST}cohorts/{cohort_id}/")
    cards = {card.find("h3").text: " ".join("".join(card.itertext()).split()) for card in page.tree.iter("article")}  # type: ignore[union-attr]
    assert list(cards) == ["Amber-Lake", "Birch-Lake", "Cedar-Lake", "Dahlia-Lake"]
    assert "Not begun yet" in cards["Amber-Lake"]
    assert "0% done" in cards["Amber-Lake"]
    assert "Last active on 2 March 2026" in cards["Birch-Lake"]
    assert "40% done" in cards["Birch-Lake"]
    assert "Completed: the certificate is due" in cards["Cedar-Lake"]
    assert "Certificate issued" in cards["Dahlia-Lake"]
    assert "gone-course" in cards["Amber-Lake"]
    assert "9:17" not in page.text
    assert "09:" not in page.text
    for name in ("amber-lake", "birch-lake"):
        assert name not in page.response.get_data(as_text=True)  # handles are for signing in


@pytest.mark.parametrize(
    ("days", "closed", "told"),
    [
        (10, False, "10 days are left"),
        (-1, False, "The last day of this cohort was 1 March 2026."),
        (10, True, "Closed"),
        (None, False, ""),
    ],
)
def test_what_is_due_is_said(
    trainer: Visitor, runtime: Runtime, row: PersonRow, cohort_id: str, days: int | None, closed: bool, told: str
) -> None:
    with runtime.database.transaction(row.organisation_id) as session:
        cohort = get_cohort(session, cohort_id)
        cohort.ends_on = None if days is None else runtime.clock().date() + timedelta(days=days)
        cohort.closed = closed
    page = trainer.get(f"{LIST}cohorts/{cohort_id}/")
    assert told in page.text
    assert ("left until the end" in page.text) is ("left" in told)


def test_an_empty_cohort_says_what_to_do(trainer: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        cohort = make_cohort(session, row.organisation_id, trainer=row)
    assert "Nobody is in this cohort yet." in trainer.get(f"{LIST}cohorts/{cohort.id}/").text


def test_a_cohort_of_another_trainer_is_not_there_nor_one_of_another_organisation(
    runtime: Runtime, sign_in_as: SignInAs, row: PersonRow, cohort_id: str
) -> None:
    with runtime.database.transaction() as session:
        other = make_organisation(session)
        strangers = [
            make_person(session, row.organisation_id, role="trainer"),
            make_person(session, other.id, role="trainer"),
            make_person(session, other.id, role="admin"),
            make_person(session, row.organisation_id),
            make_person(session, row.organisation_id, role="translator"),
            make_person(session, row.organisation_id, role="operator"),
        ]
    for stranger in strangers:
        sign_in_as(stranger).get(f"{LIST}cohorts/{cohort_id}/", status=404)


def test_an_admin_of_the_organisation_sees_it_and_the_way_back_to_the_office(
    runtime: Runtime, sign_in_as: SignInAs, row: PersonRow, cohort_id: str
) -> None:
    with runtime.database.transaction() as session:
        admin = make_person(session, row.organisation_id, role="admin")
    page = sign_in_as(admin).get(f"{LIST}cohorts/{cohort_id}/")
    assert "Birch-Lake" in page.text
    assert "/en/admin/cohorts/" in page.links()


def test_whoever_is_a_trainer_no_more_sees_nothing_of_it(runtime: Runtime, sign_in_as: SignInAs, row: PersonRow, cohort_id: str) -> None:
    with runtime.database.transaction(row.organisation_id) as session:
        get_person(session, row.id).role = "learner"
    sign_in_as(row).get(f"{LIST}cohorts/{cohort_id}/", status=404)


def test_a_large_cohort_is_paged(trainer: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        people = [make_person(session, row.organisation_id) for _ in range(30)]
        cohort = make_cohort(session, row.organisation_id, *people, trainer=row)
    page = trainer.get(f"{LIST}cohorts/{cohort.id}/")
    assert len(page.all("article")) == 25
    rest = trainer.get(next(link for link in page.links() if "page=2" in link))
    assert len(rest.all("article")) == 5
