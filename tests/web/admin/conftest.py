"""Fixtures of the office: its admins, each with a browser, and one of another organisation."""

import pytest

from elearn.store.engine import Database
from elearn.store.people import PersonRow
from tests.factories import make_organisation, make_person
from tests.visitor import Visitor
from tests.web.admin.office import Office
from tests.web.conftest import SignInAs


@pytest.fixture
def row(database: Database, organisation_id: str) -> PersonRow:
    """An admin of the organisation."""
    with database.transaction() as session:
        return make_person(session, organisation_id, role="admin")


@pytest.fixture
def admin(row: PersonRow, sign_in_as: SignInAs) -> Visitor:
    """Her browser."""
    return sign_in_as(row)


@pytest.fixture
def outsider(database: Database, sign_in_as: SignInAs) -> Visitor:
    """The browser of an admin of another organisation."""
    with database.transaction() as session:
        stranger = make_person(session, make_organisation(session).id, role="admin")
    return sign_in_as(stranger)


@pytest.fixture
def office(database: Database, organisation_id: str, sign_in_as: SignInAs) -> Office:
    """Two admins of the organisation and one of another."""
    with database.transaction() as session:
        here = [make_person(session, organisation_id, f"admin-number-{number}", role="admin") for number in (1, 2)]
        there = make_person(session, make_organisation(session).id, role="admin")
    first, second, outside = (sign_in_as(row) for row in (*here, there))
    return Office(first, second, outside, (here[0], here[1], there))
