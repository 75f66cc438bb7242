"""Organisations of the operator: listed, founded, and their first admins let in; nothing of their people is shown."""

import re

import pytest

from elearn.runtime import Runtime
from elearn.store.organisations import list_organisations
from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.conftest import SignInAs

LIST = "/en/admin/organisations/"
NEW = f"{LIST}new"
CODE = re.compile(r"(?:[0-9a-f]{8}-){3}[0-9a-f]{8}")


@pytest.fixture
def row(runtime: Runtime, organisation_id: str) -> PersonRow:
    with runtime.database.transaction() as session:
        return make_person(session, organisation_id, role="operator")


@pytest.fixture
def operator(row: PersonRow, sign_in_as: SignInAs) -> Visitor:
    return sign_in_as(row)


def code_on(page: Seen) -> str:
    found = CODE.search(page.text)
    assert found is not None
    return found[0]


def test_an_organisation_is_founded_and_its_first_admin_comes_in(operator: Visitor, visitor: Visitor) -> None:
    page = operator.submit(operator.get(NEW), "/new", {"name": "Second NGO", "slug": "second-ngo"})
    assert page.heading == "Setup code of Second NGO"
    assert "until 9 March 2026" in page.text
    setup = visitor.get("/en/account/setup")
    sheet = visitor.submit(setup, "/setup", {"code": code_on(page), "handle": "first-of-all", "passphrase": "lanterns over quiet rivers"})
    assert sheet.heading == "Keep this sheet"
    lines = [[text_of(cell) for cell in line.iter("td")] for line in operator.get(LIST).tree.iter("tr")][1:]
    assert ["Second NGO", "second-ngo", "Whoever has an invite", "Is in"] in lines
    assert "first-of-all" not in operator.get(LIST).response.get_data(as_text=True).lower()


def test_a_form_sent_twice_founds_one_and_shows_no_code_again(operator: Visitor, runtime: Runtime) -> None:
    form = operator.get(NEW)
    code = code_on(operator.submit(form, "/new", {"name": "Second NGO", "slug": "second-ngo"}))
    again = operator.submit(form, "/new", {"name": "Second NGO", "slug": "second-ngo"})
    assert "This setup code was shown already" in again.text
    assert code not in again.response.get_data(as_text=True)
    with runtime.database.read() as session:
        assert len(list_organisations(session)) == 2


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": "", "slug": "second-ngo"}, "Give the organisation a name."),
        ({"name": "x" * 121, "slug": "second-ngo"}, "up to 120 characters"),
        ({"name": "Second\u202eNGO", "slug": "second-ngo"}, "up to 120 characters"),
        ({"name": "Second", "slug": "Second NGO"}, "small letters, digits"),
        ({"name": "Second", "slug": ""}, "Give the organisation a short name."),
        ({"name": "Second", "slug": "taken"}, "with this short name already"),
    ],
)
def test_what_is_wrong_is_said_and_founds_nothing(operator: Visitor, runtime: Runtime, fields: dict[str, str], told: str) -> None:
    with runtime.database.transaction() as session:
        make_organisation(session, "taken")
    page = operator.submit(operator.get(NEW), "/new", fields, status=422)
    assert told in page.text
    assert filled(page.form("/new"))["name"] == [fields["name"]]
    with runtime.database.read() as session:
        assert len(list_organisations(session)) == 2


def test_a_lost_code_is_replaced_while_there_is_no_admin(operator: Visitor, visitor: Visitor, runtime: Runtime) -> None:
    first = code_on(operator.submit(operator.get(NEW), "/new", {"name": "Second NGO", "slug": "second-ngo"}))
    page = operator.get(LIST)
    renewed = operator.submit(page, "/second-ngo/code")
    fields = {"handle": "first-of-all", "passphrase": "lanterns over quiet rivers"}
    visitor.submit(visitor.get("/en/account/setup"), "/setup", {**fields, "code": first}, status=422)
    assert "This setup code was shown already" in operator.submit(page, "/second-ngo/code").text
    form = operator.get(LIST)
    visitor.submit(visitor.get("/en/account/setup"), "/setup", {**fields, "code": code_on(renewed)})
    assert "has an admin already" in operator.submit(form, "/second-ngo/code").text


def test_founding_asks_for_a_fresh_sign_in(operator: Visitor, clock: StandingClock) -> None:
    clock.move(minutes=6)
    assert operator.get(NEW).address == "/en/account/sign-in"
    assert operator.get(LIST).address == LIST


def test_the_list_is_paged(operator: Visitor, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        for number in range(55):
            make_organisation(session, f"zz-{number:02}")
    page = operator.get(LIST)
    assert len(list(page.tree.iter("tr"))) == 51
    rest = operator.get(next(link for link in page.links() if "page=2" in link))
    assert len(list(rest.tree.iter("tr"))) == 7


@pytest.mark.parametrize("role", ["learner", "trainer", "translator", "reviewer", "admin"])
def test_nobody_else_sees_or_founds_organisations(runtime: Runtime, sign_in_as: SignInAs, organisation_id: str, role: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    other = sign_in_as(person)
    for address in (LIST, NEW):
        other.get(address, status=404)
