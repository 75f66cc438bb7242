"""What happened to an account is told on the pages where people begin, until they say that they have read it."""

import pytest
from flask import Flask

from elearn.actions import notices
from elearn.runtime import Runtime
from elearn.store.account_notices import list_notices
from elearn.store.people import PersonRow
from elearn.web.account.data_words import WORDS
from elearn.web.parts.told import told_text
from tests.conftest import StandingClock
from tests.factories import NOW, make_person
from tests.visitor import Visitor
from tests.web.conftest import SignInAs


def tell(runtime: Runtime, person: PersonRow, code: str = "role-changed") -> None:
    with runtime.database.transaction(person.organisation_id) as session:
        notices.tell(session, person.id, code, runtime.clock())


@pytest.mark.parametrize("address", ["/en/learn/", "/en/account/"])
def test_it_is_told_until_she_has_read_it(member: Visitor, learner: PersonRow, runtime: Runtime, address: str) -> None:
    tell(runtime, learner)
    tell(runtime, learner, "name-viewed")
    page = member.get(address)
    assert "changed your role on 2 March 2026." in page.text
    page = member.submit(page, "/account/notices")
    assert page.address == address
    assert "2 March 2026" not in page.text
    with runtime.database.read(learner.organisation_id) as session:
        assert list_notices(session, learner.id) == []


def test_an_admin_reads_it_where_she_begins(runtime: Runtime, organisation_id: str, sign_in_as: SignInAs) -> None:
    with runtime.database.transaction() as session:
        admin = make_person(session, organisation_id, role="admin")
    tell(runtime, admin)
    who = sign_in_as(admin)
    assert "About your account" in who.get("/en/admin/").text
    assert "About your account" not in who.submit(who.get("/en/admin/"), "/account/notices").text


def test_what_came_in_between_is_not_put_away(member: Visitor, learner: PersonRow, runtime: Runtime, clock: StandingClock) -> None:
    tell(runtime, learner)
    page = member.get("/en/learn/")
    tell(runtime, learner, "reset-started")
    page = member.submit(page, "/account/notices")
    assert "started a reset" in page.text
    assert "changed your role" not in page.text


def test_nobody_puts_away_what_another_is_told(member: Visitor, learner: PersonRow, runtime: Runtime, sign_in_as: SignInAs) -> None:
    tell(runtime, learner)
    page = member.get("/en/learn/")
    with runtime.database.transaction() as session:
        other = make_person(session, learner.organisation_id)
    tell(runtime, other)
    there = sign_in_as(other)
    theirs = there.get("/en/learn/")
    shown = page.form("/account/notices").find("input[@name='notice']")
    assert shown is not None
    there.submit(theirs, "/account/notices", {"notice": [shown.get("value", "")]})
    assert "changed your role" in member.get("/en/learn/").text


def test_everything_there_is_to_tell_has_a_sentence_and_a_word(app: Flask) -> None:
    with app.test_request_context("/en/"):
        texts = [told_text(code, NOW.date()) for code in notices.CODES]
        assert all("2 March 2026" in text and text.endswith(".") for text in texts)
        assert told_text("new-code", NOW.date()) == "new-code 2 March 2026"
    assert set(notices.CODES) == set(WORDS["code"])
