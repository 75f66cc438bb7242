"""The first admin of an installation, or of an organisation, comes in once, by a code."""

from collections.abc import Mapping

import pytest

from elearn.actions.setup import begin_setup, found
from elearn.runtime import Runtime
from elearn.store.organisations import list_organisations
from tests.conftest import StandingClock
from tests.factories import make_organisation
from tests.visitor import Visitor

FIELDS = {"slug": "first-ngo", "name": "First NGO", "handle": "mirava-lodet-48", "passphrase": "tulip kettle morning 47"}


@pytest.fixture
def code(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        return begin_setup(session)


def _send(visitor: Visitor, fields: Mapping[str, str | list[str]], *, status: int) -> str:
    page = visitor.get("/en/account/setup")
    return visitor.submit(page, "/en/account/setup", fields, status=status).text


def test_the_setup_code_founds_an_organisation_once(visitor: Visitor, code: str) -> None:
    assert "Keep this sheet" in _send(visitor, {**FIELDS, "code": code}, status=200)
    visitor.get("/en/account/setup", status=404)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"code": "0" * 32}, 422),
        ({"slug": "Not A Slug"}, 422),
        ({"name": ""}, 422),
        ({"name": "First\u202eNGO"}, 422),
        ({"passphrase": "short"}, 422),
        ({"handle": "admin"}, 422),
    ],
)
def test_what_is_wrong_is_said_and_founds_nothing(visitor: Visitor, code: str, wrong: dict[str, str], status: int) -> None:
    _send(visitor, {**FIELDS, "code": code, **wrong}, status=status)
    _send(visitor, {**FIELDS, "code": code}, status=200)


def test_without_a_code_there_is_no_setup_page(visitor: Visitor) -> None:
    visitor.get("/en/account/setup", status=404)


@pytest.fixture
def second(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        make_organisation(session, "first-ngo")
        return found(session, slug="second-ngo", name="Second NGO", now=runtime.clock())[1]


def test_the_code_of_an_organisation_lets_its_first_admin_in(visitor: Visitor, second: str) -> None:
    page = visitor.get("/en/account/setup")
    assert page.heading == "Set up your organisation"
    assert not page.all("input", name="slug")
    fields = {"code": second, "handle": "mirava-lodet-48", "passphrase": FIELDS["passphrase"]}
    assert "Keep this sheet" in visitor.submit(page, "/en/account/setup", fields).text
    visitor.get("/en/account/setup", status=404)
    page = visitor.submit(visitor.get("/en/account/sign-in"), "/account/sign-in", fields)
    assert page.status == 200


def test_names_that_are_sent_all_the_same_found_nothing(visitor: Visitor, second: str, runtime: Runtime) -> None:
    fields = {**FIELDS, "code": second, "slug": "third-ngo", "name": "Third"}
    _send(visitor, fields, status=200)
    with runtime.database.read() as session:
        assert [row.slug for row in list_organisations(session)] == ["first-ngo", "second-ngo"]


@pytest.mark.parametrize("wrong", [{"code": "0" * 32}, {"code": ""}, {"passphrase": "short"}, {"handle": "admin"}])
def test_what_is_wrong_uses_the_code_of_an_organisation_not_up(visitor: Visitor, second: str, wrong: dict[str, str]) -> None:
    fields = {"code": second, "handle": "mirava-lodet-48", "passphrase": FIELDS["passphrase"]}
    page = visitor.submit(visitor.get("/en/account/setup"), "/en/account/setup", {**fields, **wrong}, status=422)
    assert second not in page.response.get_data(as_text=True)
    _send(visitor, fields, status=200)


@pytest.mark.parametrize("which", ["code", "second"])
def test_the_same_form_sent_twice_leads_to_the_sign_in(visitor: Visitor, which: str, request: pytest.FixtureRequest) -> None:
    fields = {**FIELDS, "code": request.getfixturevalue(which)}
    page = visitor.get("/en/account/setup")
    visitor.submit(page, "/en/account/setup", fields)
    again = visitor.submit(page, "/en/account/setup", fields)
    assert again.address == "/en/account/sign-in"
    assert "Your account was made already" in again.text


def test_after_seven_days_the_page_is_gone(visitor: Visitor, second: str, runtime: Runtime, clock: StandingClock) -> None:
    clock.move(days=7)
    visitor.get("/en/account/setup", status=404)
