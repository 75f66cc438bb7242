"""The first admin comes in once, by the printed code."""

import pytest

from elearn.actions.setup import begin_setup
from elearn.runtime import Runtime
from tests.visitor import Visitor

FIELDS = {"slug": "first-ngo", "name": "First NGO", "handle": "mirava-lodet-48", "passphrase": "tulip kettle morning 47"}


@pytest.fixture
def code(runtime: Runtime) -> str:
    with runtime.database.transaction() as session:
        return begin_setup(session)


def _send(visitor: Visitor, fields: dict[str, str | list[str]], *, status: int) -> str:
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
