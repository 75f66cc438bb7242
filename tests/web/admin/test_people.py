"""The people of an organisation for its admins: the list, one person, and every deed; two admins here, one of another organisation."""

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.store import audit
from elearn.store.base import new_id
from elearn.store.engine import Database
from elearn.store.factors import SecondFactorRow
from elearn.store.people import PersonRow, get_person
from elearn.store.releases import get_release
from elearn.store.sessions import list_sessions
from elearn.web.parts.roles import state_name
from tests.conftest import StandingClock
from tests.factories import make_cohort, make_person, make_summary
from tests.visitor import Visitor
from tests.web.admin.office import Office, buttons, post
from tests.web.conftest import SignInAs
from tests.web.teaching import publish_open

LIST = "/en/admin/people/"
DEEDS = ("role", "suspend", "reinstate", "sessions", "reset", "factor", "contact")


def page_of(person: PersonRow) -> str:
    return f"{LIST}{person.id}/"


def now_of(database: Database, row: PersonRow) -> PersonRow:
    with database.read(row.organisation_id) as session:
        return get_person(session, row.id)


def verbs(database: Database, row: PersonRow) -> list[str]:
    with database.read() as session:
        return [entry.verb for entry in reversed(audit.list_entries(session, row.organisation_id))]


def add_factor(database: Database, row: PersonRow, clock: StandingClock) -> None:
    with database.transaction(row.organisation_id) as session:
        hers = {"person_id": row.id, "organisation_id": row.organisation_id}
        session.add(SecondFactorRow(**hers, seed=b"sealed", last_step=1, confirmed_on=clock.now.date()))


def test_people_are_listed_by_pseudonym_without_handles(office: Office, learner: PersonRow, database: Database) -> None:
    with database.transaction(learner.organisation_id) as session:
        get_person(session, learner.id).pseudonym = "Gülşat"
    page = office.admin.get(LIST)
    assert ("Gülşat" in page.text, learner.handle in page.response.text) == (True, False)
    assert "3 people" in page.text
    assert learner.handle not in office.admin.get(page_of(learner)).response.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=MIRA", {"Mirava-Lodet-47"}),
        ("role=admin", {"Admin-Number-1", "Admin-Number-2"}),
        ("role=king&state=asleep", {"Mirava-Lodet-47", "Admin-Number-1", "Admin-Number-2"}),
        ("state=suspended", set()),
        ("q=%25", set()),
    ],
)
def test_people_are_searched_by_name_role_and_state(office: Office, learner: PersonRow, query: str, names: set[str]) -> None:
    page = office.admin.get(f"{LIST}?{query}")
    rows = page.one("main").iter("td")
    shown = {"".join(cell.itertext()) for cell in rows}
    assert {name for name in ("Mirava-Lodet-47", "Admin-Number-1", "Admin-Number-2") if name in shown} == names
    assert ("Nobody fits." in page.text) == (not names)


def test_the_list_has_pages_of_fifty(office: Office, organisation_id: str, database: Database) -> None:
    with database.transaction() as session:
        for number in range(60):
            make_person(session, organisation_id, f"person-{number:02}")
    first, second = office.admin.get(f"{LIST}?q=person"), office.admin.get(f"{LIST}?q=person&page=2")
    assert ("Person-49" in first.text, "Person-50" in first.text) == (True, False)
    assert ("Person-49" in second.text, "Person-50" in second.text) == (False, True)
    assert f"{LIST}?q=person&page=2" in first.links()


def test_one_person_is_shown_with_cohorts_courses_and_sessions(
    office: Office, learner: PersonRow, member: Visitor, runtime: Runtime, database: Database
) -> None:
    release_id = publish_open(runtime)
    with database.transaction(learner.organisation_id) as session:
        make_summary(session, learner, get_release(session, release_id), percent=40)
        make_cohort(session, learner.organisation_id, learner, name="Spring in Osh")
    page = office.admin.get(page_of(learner))
    for words in ("Learner", "active", "2 March 2026", "Spring in Osh", "40% done", "in 1 browser.", 'Everything "once"'):
        assert words in page.text, words


def test_a_new_role_ends_her_sessions_and_is_told(office: Office, learner: PersonRow, member: Visitor, database: Database) -> None:
    page = office.admin.get(page_of(learner))
    page = office.admin.submit(page, "/role", {"role": "trainer"})
    assert "The role was changed." in page.text
    assert "The role is as it was." in office.admin.submit(page, "/role", {"role": "trainer"}).text
    assert (now_of(database, learner).role, verbs(database, learner)) == ("trainer", ["role.changed"])
    assert member.get("/en/learn/").address == "/en/account/sign-in"


@pytest.mark.parametrize("role", ["operator", "king", ""])
def test_a_role_that_is_not_on_the_list_is_not_given(office: Office, learner: PersonRow, database: Database, role: str) -> None:
    page = office.admin.submit(office.admin.get(page_of(learner)), "/role", {"role": role})
    assert "Choose one of the roles on the list." in page.text
    assert now_of(database, learner).role == "learner"


def test_an_account_is_closed_at_once_and_opened_again(office: Office, learner: PersonRow, member: Visitor, database: Database) -> None:
    page = office.admin.submit(office.admin.get(page_of(learner)), "/suspend")
    assert "The account is closed for now." in page.text
    assert "Start a reset" not in page.text
    assert "Lost access" not in page.text  # a heading with nothing under it
    assert member.get("/en/learn/").address == "/en/account/sign-in"
    assert "closed for now" in office.admin.get(f"{LIST}?state=suspended").text
    assert "The account is open again." in office.admin.submit(page, "/reinstate").text
    assert (now_of(database, learner).state, verbs(database, learner)) == ("active", ["person.suspended", "person.reinstated"])


def test_all_sessions_end_once_though_the_button_is_pressed_twice(
    office: Office, learner: PersonRow, member: Visitor, database: Database
) -> None:
    page = office.admin.get(page_of(learner))
    assert "1 session has ended." in office.admin.submit(page, "/sessions").text
    assert "0 sessions have ended." in office.admin.submit(page, "/sessions").text
    assert verbs(database, learner) == ["sessions.ended"]
    with database.read(learner.organisation_id) as session:
        assert list_sessions(session, learner.id) == []


def test_a_reset_shows_its_code_once_and_the_person_sets_a_passphrase_of_her_own(
    office: Office, learner: PersonRow, member: Visitor, visitor: Visitor, database: Database
) -> None:
    page = office.admin.get(page_of(learner))
    first, second = (office.admin.submit(page, "/reset").one("p", class_="secret").text or "" for _ in range(2))
    shown = office.admin.submit(page, "/reset")
    code = shown.one("p", class_="secret").text or ""
    assert "until the end of 3 March 2026" in shown.text
    assert "http://127.0.0.1:8000/en/account/recover" in shown.text  # whole, to be handed over with the code
    assert code not in office.admin.get(page_of(learner)).text
    assert "started a reset of your passphrase on 2 March 2026" in member.get("/en/learn/").text
    new = {"handle": learner.handle, "new_passphrase": "seven lanterns over a quiet harbour"}
    for void in (first, second):
        visitor.submit(visitor.get("/en/account/recover"), "/recover", {**new, "code": void}, status=422)
    page = visitor.submit(visitor.get("/en/account/recover"), "/recover", {**new, "code": code})
    assert ("Your new passphrase works" in page.text, page.heading) == (True, "New recovery sheet")
    assert "started a reset" in visitor.get("/en/account/").text
    assert member.get("/en/learn/").address == "/en/account/sign-in"
    assert verbs(database, learner) == ["reset.started"] * 3 + ["passphrase.reset"]


def test_her_own_page_offers_an_admin_no_deeds(office: Office, database: Database) -> None:
    own = office.rows[0]
    page = office.admin.get(page_of(own))
    assert "This is your own account." in page.text
    assert buttons(page) == []
    for deed, status in (("role", 403), ("suspend", 403), ("reset", 403), ("sessions", 403)):
        assert post(office.admin, f"{page_of(own)}{deed}", {"role": "learner"})[0] == status
    assert now_of(database, own).role == "admin"


def test_an_operator_is_shown_and_left_alone(office: Office, organisation_id: str, database: Database) -> None:
    with database.transaction() as session:
        operator = make_person(session, organisation_id, role="operator")
    page = office.admin.get(page_of(operator))
    assert "This person runs the server" in page.text
    assert buttons(page) == []
    status, body = post(office.admin, f"{page_of(operator)}role", {"role": "learner"})
    assert (status, "This person runs the server" in body) == (403, True)


def test_of_two_admins_who_demote_each_other_one_is_left(office: Office, database: Database) -> None:
    first, second, _ = office.rows
    pages = office.admin.get(page_of(second)), office.second.get(page_of(first))
    office.admin.submit(pages[0], "/role", {"role": "learner"})
    form = pages[1].form("/role")
    answer = office.second.client.post(form.get("action", ""), data={"role": "learner"})
    assert answer.status_code in (303, 400, 401, 404)
    assert (now_of(database, first).role, now_of(database, second).role) == ("admin", "learner")


@pytest.mark.parametrize("deed", DEEDS)
def test_a_person_of_another_organisation_is_as_if_not_there(
    office: Office, learner: PersonRow, database: Database, clock: StandingClock, deed: str
) -> None:
    add_factor(database, learner, clock)
    fields = {"role": "trainer", "key": "k" * 20}
    answers = [post(office.outside, f"{LIST}{person_id}/{deed}", fields) for person_id in (learner.id, new_id())]
    bodies = [body.replace(learner.id, "") for _, body in answers]
    assert [status for status, _ in answers] == [404, 404]
    assert bodies[0][:300] == bodies[1][:300]
    assert learner.pseudonym not in bodies[0]
    assert (now_of(database, learner).role, verbs(database, learner)) == ("learner", [])


def test_a_page_of_another_organisation_is_as_if_not_there(office: Office, learner: PersonRow) -> None:
    there = office.outside.get(page_of(learner), status=404).text
    nowhere = office.outside.get(f"{LIST}{new_id()}/", status=404).text
    assert there == nowhere


@pytest.mark.parametrize("role", ["learner", "trainer", "operator"])
def test_nobody_but_an_admin_finds_the_pages(
    learner: PersonRow, database: Database, organisation_id: str, sign_in_as: SignInAs, role: str
) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    who = sign_in_as(person)
    for address in (LIST, page_of(learner), f"{LIST}export", "/en/admin/requests/"):
        who.get(address, status=404)


@pytest.mark.parametrize("deed", ["role", "suspend", "reset", "contact", "factor"])
def test_deeds_ask_for_a_fresh_sign_in(office: Office, learner: PersonRow, database: Database, clock: StandingClock, deed: str) -> None:
    clock.move(minutes=6)
    status, body = post(office.admin, f"{page_of(learner)}{deed}", {"role": "trainer"})
    assert (status, "Please sign in once more" in body) == (401, True)
    assert (now_of(database, learner).role, verbs(database, learner)) == ("learner", [])


def test_every_state_has_a_word(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert [state_name(state) for state in ("active", "leaving", "suspended", "asleep")] == [
            "active",
            "to be erased",
            "closed for now",
            "asleep",
        ]
