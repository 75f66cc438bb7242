"""The menu of the office: what waits for the reader is counted beside its entry, by one statement, on those pages alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from elearn.store.approvals import ApprovalRow
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from elearn.web import office
from tests.conftest import StandingClock
from tests.factories import NOW, make_organisation, make_person
from tests.visitor import Seen, Visitor, text_of
from tests.web.conftest import SignInAs


@pytest.fixture
def admin(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id, "admin-number-1", role="admin")


@pytest.fixture
def other(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id, "admin-number-2", role="admin")


def ask(database: Database, asker: PersonRow, *, about: PersonRow | None = None, state: str = "waiting", asked_by: bool = True) -> None:
    with database.transaction() as session, everyone(session):
        session.add(
            ApprovalRow(
                organisation_id=asker.organisation_id,
                deed="remove-factor" if about else "export-people",
                facts={} if about else {"names": False},
                person_id=about.id if about else None,
                asked_by=asker.id if asked_by else None,
                decided_by=None,
                state=state,
                asked_at=NOW,
                ends_at=NOW + timedelta(days=3),
            )
        )


def entry(page: Seen) -> str:
    """Give what the menu says of requests."""
    menu = page.one("nav", **{"class": "sections"})
    return next(text_of(link) for link in menu.iter("a") if (link.get("href") or "").endswith("/requests/"))


@contextmanager
def asked_of(database: Database, table: str) -> Iterator[list[str]]:
    """List the statements about a table that this block runs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if f"FROM {table}" in statement:
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_menu_counts_the_requests_that_wait_for_the_reader(
    admin: PersonRow, other: PersonRow, database: Database, sign_in_as: SignInAs
) -> None:
    here = sign_in_as(admin)
    assert entry(here.get("/en/admin/people/")) == "Requests"
    ask(database, other)
    assert entry(here.get("/en/admin/people/")) == "Requests 1 (1 waits for your decision)"
    ask(database, other)
    assert entry(here.get("/en/admin/settings")) == "Requests 2 (2 wait for your decision)"


def test_the_menu_counts_nothing_that_the_reader_cannot_decide(
    admin: PersonRow, other: PersonRow, database: Database, sign_in_as: SignInAs
) -> None:
    with database.transaction() as session:
        outside = make_person(session, make_organisation(session).id, role="admin")
    ask(database, admin)
    ask(database, other, about=admin)
    ask(database, other, state="agreed")
    ask(database, other, asked_by=False)
    ask(database, outside)
    assert entry(sign_in_as(admin).get("/en/admin/people/")) == "Requests"


def test_a_request_that_is_over_is_not_counted(
    admin: PersonRow, other: PersonRow, database: Database, sign_in_as: SignInAs, clock: StandingClock
) -> None:
    ask(database, other)
    clock.move(days=3)
    assert entry(sign_in_as(admin).get("/en/admin/people/")) == "Requests"


def test_the_count_is_one_statement_and_of_admins_in_the_office_only(
    admin: PersonRow, other: PersonRow, database: Database, sign_in_as: SignInAs, minimal_course: int
) -> None:
    with database.transaction() as session:
        operator = make_person(session, admin.organisation_id, role="operator")
    ask(database, other)
    with asked_of(database, "approval") as statements:
        sign_in_as(admin).get("/en/admin/people/")
        assert len(statements) == 1
    with asked_of(database, "approval") as statements:
        for who, address in (
            (admin, "/en/learn/"),
            (admin, "/en/courses/"),
            (admin, "/en/account/"),
            (operator, "/en/admin/organisations/"),
        ):
            sign_in_as(who).get(address)
        assert statements == []


def test_a_page_is_shown_though_nothing_can_be_counted(
    admin: PersonRow, database: Database, sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_session: Session, *_rest: object) -> int:
        raise OperationalError("select", {}, Exception())

    monkeypatch.setattr(office, "count_to_decide", fail)
    here: Visitor = sign_in_as(admin)
    assert entry(here.get("/en/admin/people/")) == "Requests"
