"""What is kept is said to admins, table by table, and nothing is left out."""

import pytest

from elearn.store.engine import Database
from elearn.store.personal import OPAQUE, PERSONAL
from elearn.web.admin.retention import WORDS
from tests.factories import make_person
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

RETENTION = "/en/admin/retention"


def test_every_table_about_people_has_its_words() -> None:
    assert set(WORDS) == {part.table for part in PERSONAL} | set(OPAQUE)


@pytest.mark.parametrize(("role", "status"), [("admin", 200), ("trainer", 404), ("learner", 404)])
def test_admins_read_what_is_kept(database: Database, organisation_id: str, sign_in_as: SignInAs, role: str, status: int) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    page = sign_in_as(person).get(RETENTION, status=status)
    if status == 200:
        assert all(text in page.text for words in WORDS.values() for text in words)
        assert len(page.all("tr")) == len(WORDS) + 2


def test_visitors_are_asked_to_sign_in(visitor: Visitor) -> None:
    assert visitor.get(RETENTION).heading == "Sign in"
