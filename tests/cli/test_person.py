"""The operator lets people in: by invite, by account, or openly."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask.testing import FlaskClient
from sqlalchemy import select

from elearn.cli import main
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.organisations import find_organisation
from elearn.store.people import PersonRow, count_recovery_codes
from elearn.store.tenancy import everyone
from elearn.web.app import create_app
from tests.factories import make_organisation
from tests.visitor import Visitor


@pytest.fixture
def slug(database: Database) -> str:
    with database.transaction() as session:
        return make_organisation(session, "first-ngo", open_join=False).slug


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["person", *words])


def visitor(runtime: Runtime) -> Visitor:
    client: FlaskClient = create_app(runtime).test_client()
    return Visitor(client)


def test_a_printed_invite_lets_one_person_in(installed: Runtime, slug: str) -> None:
    result = run("invite", slug)
    assert result.exit_code == 0, result.output
    code = result.output.split()[-1]
    guest = visitor(installed)
    page = guest.submit(guest.get("/en/account/join"), "/account/join", {"invite": code})
    assert page.heading == "Keep this sheet"
    late = visitor(installed)
    late.submit(late.get("/en/account/join"), "/account/join", {"invite": code}, status=422)


def test_a_created_account_can_sign_in(installed: Runtime, slug: str) -> None:
    result = run("create", slug, "--role", "admin", "--language", "ru")
    assert result.exit_code == 0, result.output
    words = dict(word.split("=", 1) for word in result.output.splitlines()[0].split())
    guest = visitor(installed)
    page = guest.submit(guest.get("/en/account/sign-in"), "/account/sign-in", words)
    assert page.address == "/en/account/passphrase"  # the operator knows the one that was printed
    page = guest.submit(page, "/account/passphrase", {"new_passphrase": words["passphrase"]}, status=422)
    assert "Somebody else knows this passphrase." in page.text
    page = guest.submit(page, "/account/passphrase")
    assert (page.heading, len(page.one("ol", class_="codes"))) == ("Keep this sheet", 10)
    assert guest.get("/en/admin/").heading == "Codes from an app"  # the office waits until there is a second factor
    late = visitor(installed)
    late.submit(late.get("/en/account/sign-in"), "/account/sign-in", words, status=422)


def test_a_created_account_has_no_code_that_the_operator_knows(installed: Runtime, slug: str) -> None:
    output = run("create", slug).output
    with installed.database.read() as session, everyone(session):
        person = session.scalars(select(PersonRow)).one()
        assert count_recovery_codes(session, person.id) == 0
    assert person.passphrase_ends_on == person.created_on + timedelta(days=7)
    assert "chooses a passphrase of its own" in output


@pytest.mark.parametrize(("how", "openly"), [("open", True), ("invited", False)])
def test_joining_is_opened_and_closed(installed: Runtime, slug: str, how: str, openly: bool) -> None:
    assert run("joining", slug, how).exit_code == 0
    with installed.database.read() as session:
        row = find_organisation(session, slug)
        assert row is not None
        assert row.open_join is openly


def test_an_unknown_organisation_is_said(installed: Runtime) -> None:
    assert installed.settings.data.exists()
    for words in (("invite", "nobody"), ("create", "nobody"), ("joining", "nobody", "open")):
        result = run(*words)
        assert result.exit_code == 1
        assert "nobody" in result.output or "organisation" in result.output
