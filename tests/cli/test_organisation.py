"""The operator founds organisations and lets their first admins in."""

import re

import pytest
from click.testing import CliRunner, Result

from elearn.cli import main
from elearn.runtime import Runtime
from elearn.web.app import create_app
from tests.visitor import Visitor

FIELDS = {"handle": "mirava-lodet-48", "passphrase": "tulip kettle morning 47"}


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["organisation", *words])


def code_of(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = re.search(r"([0-9a-f]{8}-){3}[0-9a-f]{8}", result.output)
    assert found is not None
    return found[0]


def test_a_founded_organisation_lets_its_first_admin_in_by_the_printed_code(installed: Runtime) -> None:
    result = run("create", "second-ngo", "Second NGO")
    assert result.output.splitlines()[-1].endswith("/en/account/setup")
    guest = Visitor(create_app(installed).test_client())
    page = guest.submit(guest.get("/en/account/setup"), "/account/setup", {**FIELDS, "code": code_of(result)})
    assert page.heading == "Keep this sheet"
    refused = run("code", "second-ngo")
    assert (refused.exit_code, "has an admin already" in refused.output) == (1, True)


def test_a_new_code_voids_the_first(installed: Runtime) -> None:
    first, second = code_of(run("create", "second-ngo", "Second NGO")), code_of(run("code", "second-ngo"))
    guest = Visitor(create_app(installed).test_client())
    guest.submit(guest.get("/en/account/setup"), "/account/setup", {**FIELDS, "code": first}, status=422)
    assert guest.submit(guest.get("/en/account/setup"), "/account/setup", {**FIELDS, "code": second}).heading == "Keep this sheet"


def test_the_list_names_organisations_and_nobody_in_them(installed: Runtime) -> None:
    run("create", "b-ngo", "B NGO")
    run("create", "a-ngo", "A NGO")
    assert run("list").output.splitlines() == ["a-ngo\tinvited\tA NGO", "b-ngo\tinvited\tB NGO"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("create", "Not A Slug", "X"), "small letters"),
        (("create", "b-ngo", " "), "A name has"),
        (("create", "taken", "X"), "already"),
        (("code", "nobody"), "There is no organisation"),
    ],
)
def test_what_is_wrong_is_said(installed: Runtime, words: tuple[str, ...], told: str) -> None:
    run("create", "taken", "Taken")
    result = run(*words)
    assert result.exit_code == 1
    assert told in result.output
    assert run("list").output == "taken\tinvited\tTaken\n"
