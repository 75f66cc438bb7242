"""Cohorts of the office: made, changed, filled, closed; those of another organisation are not there."""

import re

import pytest

from elearn.runtime import Runtime
from elearn.store.cohorts import count_members, get_cohort, list_cohorts
from elearn.store.enrolments import list_enrolments
from elearn.store.people import PersonRow
from tests.factories import make_cohort, make_person
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.admin.office import post
from tests.web.conftest import SignInAs

pytestmark = pytest.mark.usefixtures("minimal_course")

LIST = "/en/admin/cohorts/"
NEW = "/en/admin/cohorts/new"
FIELDS: dict[str, str | list[str]] = {"name": "Spring", "starts_on": "2026-03-02", "languages": ["en", "kk"], "courses": ["minimal"]}


def made(admin: Visitor, **fields: str) -> Seen:
    return admin.submit(admin.get(NEW), "/new", {**FIELDS, **fields})


def rows(page: Seen) -> list[list[str]]:
    return [[text_of(cell) for cell in line.iter("td")] for line in page.tree.iter("tr")][1:]


def test_an_empty_list_says_what_a_cohort_is(admin: Visitor) -> None:
    assert "There is no cohort yet." in admin.get(LIST).text


def test_a_cohort_is_made_and_changed(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        trainer = make_person(session, row.organisation_id, "tulip-trainer", role="trainer")
    page = made(admin, trainer=trainer.id, ends_on="2026-06-30")
    assert re.fullmatch(r"/en/admin/cohorts/[0-9a-f]{32}/", page.address)
    for told in (
        "The cohort was made.",
        "2 March 2026 to 30 June 2026",
        "English, Қазақша",
        "Tulip-Trainer",
        "Nobody is in this cohort yet.",
    ):
        assert told in page.text
    form = admin.get(f"{page.address}change")
    assert filled(form.form("/change"))["courses"] == ["minimal"]
    assert filled(form.form("/change"))["trainer"] == [trainer.id]
    page = admin.submit(form, "/change", {"name": "Summer", "trainer": "", "ends_on": ""})
    assert page.heading == "Summer"
    assert "from 2 March 2026" in page.text
    assert "Nobody yet" in page.text


def test_a_cohort_is_not_asked_for_the_name_of_a_person(admin: Visitor) -> None:
    """Languages such as Russian have another word for it."""
    assert "Название группы" in admin.get(NEW.replace("/en/", "/ru/")).text
    made(admin)
    assert "Имя" not in admin.get(LIST.replace("/en/", "/ru/")).text


def test_a_form_sent_twice_makes_one_cohort(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    form = admin.get(NEW)
    pages = [admin.submit(form, "/new", FIELDS) for _ in range(2)]
    assert pages[0].address == pages[1].address
    with runtime.database.read(row.organisation_id) as session:
        assert len(list_cohorts(session)) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Give the cohort a name."),
        ({"name": "x" * 81}, "up to 80 characters"),
        ({"starts_on": ""}, "Write a day as year-month-day"),
        ({"starts_on": "soon"}, "Write a day as year-month-day"),
        ({"starts_on": "2026-02-30"}, "Write a day as year-month-day"),
        ({"ends_on": "2026-03-01"}, "The last day cannot be before the first."),
        ({"ends_on": "never"}, "Write a day as year-month-day"),
        ({"languages": []}, "Choose one language at least."),
        ({"languages": ["xx"]}, "Choose one language at least."),
        ({"courses": ["unknown"]}, "of the courses on the list"),
        ({"trainer": "nobody"}, "one of the trainers on the list"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(
    admin: Visitor, runtime: Runtime, row: PersonRow, wrong: dict[str, str | list[str]], told: str
) -> None:
    page = admin.submit(admin.get(NEW), "/new", {**FIELDS, **wrong}, status=422)
    assert told in page.text
    kept = filled(page.form("/new"))
    for name in ("name", "starts_on", "languages", "courses"):
        if name not in wrong:
            value = FIELDS[name]
            assert kept[name] == (value if isinstance(value, list) else [value])
    with runtime.database.read(row.organisation_id) as session:
        assert list_cohorts(session) == []


def test_what_is_wrong_with_a_change_changes_nothing(admin: Visitor) -> None:
    page = made(admin)
    admin.submit(admin.get(f"{page.address}change"), "/change", {"name": "Summer", "ends_on": "2026-03-01"}, status=422)
    assert admin.get(page.address).heading == "Spring"


def test_people_are_found_added_and_taken_out(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        people = [make_person(session, row.organisation_id, name) for name in ("amber-lake", "amber-hill", "birch-tree")]
        make_person(session, row.organisation_id, "amber-gone", state="suspended")
    page = made(admin)
    found = admin.get(f"{page.address}people?q=amber")
    assert [line[1] for line in rows(found)] == ["Amber-Hill", "Amber-Lake"]
    page = admin.submit(found, "/people", {"person": [people[0].id, people[1].id]})
    assert "2 people are new in the cohort." in page.text
    assert len(rows(page)) == 2
    assert "Birch-Tree" in [line[1] for line in rows(admin.get(f"{page.address}people"))]
    with runtime.database.read(row.organisation_id) as session:
        assert [one.course_id for one in list_enrolments(session, people[0].id)] == ["minimal"]
    page = admin.submit(page, "/remove", {"person": people[0].id})
    assert "What was learned stays" in page.text
    assert [line[0] for line in rows(page)] == ["Amber-Hill"]
    with runtime.database.read(row.organisation_id) as session:
        assert [one.course_id for one in list_enrolments(session, people[0].id)] == ["minimal"]


def test_nobody_ticked_and_nobody_found_are_said(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        make_person(session, row.organisation_id, "amber-lake")
    page = made(admin)
    people = admin.get(f"{page.address}people")
    assert "Nobody is ticked." in admin.submit(people, "/people").text
    assert "Nobody fits." in admin.get(f"{page.address}people?q=zebra").text
    ids = [box.get("value", "") for box in people.all("input", name="person")]
    admin.submit(people, "/people", {"person": ids})
    assert "Everybody is in this cohort already." in admin.get(f"{page.address}people").text


def test_a_cohort_is_closed_and_opened_again(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, row.organisation_id)
    page = made(admin)
    cohort_id = page.address.split("/")[-2]
    page = admin.submit(page, "/close")
    assert "The cohort is closed." in page.text
    assert not any("/people" in link for link in page.links() if "/cohorts/" in link)
    status, _ = post(admin, f"{page.address}people", {"person": person.id})
    assert status == 303
    assert "This cohort is closed." in admin.get(page.address).text
    page = admin.submit(admin.get(page.address), "/close", {"open": "1"})
    assert "takes new people again" in page.text
    with runtime.database.read(row.organisation_id) as session:
        assert not get_cohort(session, cohort_id).closed
        assert count_members(session, cohort_id) == 0


def test_the_list_is_searched_and_paged(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction(row.organisation_id) as session:
        for number in range(60):
            make_cohort(session, row.organisation_id, name=f"Cohort {number:02}")
        make_cohort(session, row.organisation_id, name="Весна").closed = True
        session.flush()
    page = admin.get(LIST)
    assert "61 cohorts" in page.text
    assert len(rows(page)) == 50
    rest = admin.get(next(link for link in page.links() if "page=2" in link))
    assert len(rows(rest)) == 11
    assert rows(rest)[-1][0] == "Весна Closed"
    assert len(rows(admin.get(f"{LIST}?q=весна"))) == 1
    assert "No cohort fits." in admin.get(f"{LIST}?q=100%").text


def test_invites_that_lead_into_it_are_told(admin: Visitor) -> None:
    page = made(admin)
    invites = admin.get(next(link for link in page.links() if "/invites/new?cohort=" in link))
    admin.submit(invites, "/new", {"people": "2"})
    assert "1 sheet of invites into this cohort still works." in admin.get(page.address).text


def test_cohorts_of_others_are_not_there(admin: Visitor, outsider: Visitor, runtime: Runtime, row: PersonRow) -> None:
    page = made(admin)
    with runtime.database.transaction() as session:
        person = make_person(session, row.organisation_id)
    assert "There is no cohort yet." in outsider.get(LIST).text
    bodies = set()
    for path in ("", "change", "people"):
        outsider.get(f"{page.address}{path}", status=404)
        outsider.get(f"/en/admin/cohorts/{'0' * 32}/{path}", status=404)
    for path, fields in (("change", FIELDS), ("people", {"person": person.id}), ("remove", {"person": person.id}), ("close", {})):
        sent = {name: value if isinstance(value, str) else value[0] for name, value in fields.items()}
        status, body = post(outsider, f"{page.address}{path}", sent)
        assert status == 404
        bodies.add(re.sub(r'value="[^"]*"', "", body).replace(page.address, ""))
    assert admin.get(page.address).heading == "Spring"
    own = made(outsider)
    status, _ = post(outsider, f"{own.address}people", {"person": person.id})
    assert status == 404
    assert "Nobody is in this cohort yet." in outsider.get(own.address).text


@pytest.mark.parametrize("role", ["learner", "trainer", "translator", "reviewer", "operator"])
def test_nobody_else_keeps_cohorts(runtime: Runtime, sign_in_as: SignInAs, organisation_id: str, role: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
        cohort = make_cohort(session, organisation_id)
    other = sign_in_as(person)
    for path in ("", "new", f"{cohort.id}/", f"{cohort.id}/change", f"{cohort.id}/people"):
        other.get(f"{LIST}{path}", status=404)
