"""The name and address that a person lets her organisation keep, on her own page; and one look at it by an admin."""

from collections.abc import Callable

import pytest

from elearn.actions import mail
from elearn.store import audit
from elearn.store.base import JsonObject
from elearn.store.contacts import find_contact, wants_mail
from elearn.store.engine import Database
from elearn.store.jobs import find_job
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from tests.factories import make_organisation, make_person
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

PAGE = "/en/account/contact"
NAME, EMAIL = "Aýna Öwezowa", "ayna@example.org"
Settle = Callable[[JsonObject], None]


@pytest.fixture
def settle(database: Database, organisation_id: str) -> Settle:
    """A way to decide what the organisation keeps."""

    def act(settings: JsonObject) -> None:
        with database.transaction() as session:
            get_organisation(session, organisation_id).settings = settings

    return act


@pytest.fixture
def both(settle: Settle) -> None:
    settle({"keep_names": True, "keep_emails": True})


@pytest.fixture
def given(both: None, member: Visitor) -> None:
    member.submit(member.get(PAGE), "/contact", {"name": NAME, "email": EMAIL, "agreed": "y"})


@pytest.fixture
def admin(database: Database, organisation_id: str, sign_in_as: SignInAs) -> Visitor:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role="admin")
    return sign_in_as(person)


@pytest.fixture
def outside(database: Database, sign_in_as: SignInAs) -> Visitor:
    with database.transaction() as session:
        elsewhere = make_organisation(session, settings={"keep_names": True, "keep_emails": True})
        person = make_person(session, elsewhere.id, role="admin")
    return sign_in_as(person)


def verbs(database: Database, row: PersonRow) -> list[str]:
    with database.read() as session:
        return [entry.verb for entry in reversed(audit.list_entries(session, row.organisation_id))]


def is_kept(database: Database, row: PersonRow) -> bool:
    with database.read(row.organisation_id) as session:
        return find_contact(session, row.id) is not None


def test_whoever_left_a_name_is_not_told_that_none_is_kept(both: None, member: Visitor) -> None:
    assert "no real name" in member.get("/en/account/export").text
    member.submit(member.get(PAGE), "/contact", {"name": NAME, "agreed": "y"})
    page = member.get("/en/account/export")
    assert NAME in page.text
    assert "no real name" not in page.text


def test_where_nothing_is_kept_there_is_no_page_and_no_link(member: Visitor) -> None:
    assert PAGE not in member.get("/en/account/").links()
    member.get(PAGE, status=404)


@pytest.mark.parametrize(
    ("chosen", "fields"),
    [({"keep_names": True}, {"name"}), ({"keep_emails": True}, {"email"}), ({"keep_names": True, "keep_emails": True}, {"name", "email"})],
)
def test_only_what_is_kept_is_asked_for(member: Visitor, settle: Settle, chosen: JsonObject, fields: set[str]) -> None:
    settle(chosen)
    assert PAGE in member.get("/en/account/").links()
    form = member.get(PAGE).form("/contact")
    assert {field.get("name") for field in form.iter("input")} - {"csrf_token", "agreed"} == fields


def test_what_she_gives_is_kept_shown_to_her_and_deleted(member: Visitor, learner: PersonRow, given: None, database: Database) -> None:
    page = member.get(PAGE)
    assert [page.one("input", name=name).get("value") for name in ("name", "email")] == [NAME, EMAIL]
    assert page.one("input", name="agreed").get("checked") is None
    export = member.get("/en/account/export")
    assert (NAME in export.text, EMAIL in export.text) == (True, True)
    assert NAME in member.client.get("/en/account/export.json").get_data(as_text=True)
    page = member.submit(page, "/contact/delete")
    assert "were deleted." in page.text
    assert not is_kept(database, learner)
    assert verbs(database, learner) == ["contact.kept", "contact.deleted"]


def test_without_her_consent_nothing_is_kept_and_what_she_typed_stays(
    member: Visitor, learner: PersonRow, both: None, database: Database
) -> None:
    page = member.submit(member.get(PAGE), "/contact", {"name": NAME, "email": "ayna"}, status=422)
    assert ("Tick the box" in page.text, "Write an e-mail address like" in page.text) == (True, True)
    assert [page.one("input", name=name).get("value") for name in ("name", "email")] == [NAME, "ayna"]
    assert "Please keep it under" in member.submit(page, "/contact", {"name": "x" * 201, "agreed": "y"}, status=422).text
    assert not is_kept(database, learner)


def test_what_is_left_can_be_deleted_where_nothing_is_kept_any_more(
    member: Visitor, learner: PersonRow, given: None, settle: Settle, database: Database
) -> None:
    settle({})
    page = member.get(PAGE)
    assert "keeps names and e-mail addresses no more" in page.text
    member.submit(page, "/contact/delete")
    assert not is_kept(database, learner)
    member.get(PAGE, status=404)


def test_an_admin_sees_one_name_and_she_is_told(
    admin: Visitor, member: Visitor, learner: PersonRow, given: None, database: Database
) -> None:
    listed = admin.get("/en/admin/people/")
    one = admin.get(f"/en/admin/people/{learner.id}/")
    assert not any(word in f"{listed.response.text}{one.response.text}" for word in (NAME, EMAIL))
    page = admin.submit(one, "/contact")
    assert (NAME in page.text, EMAIL in page.text) == (True, True)
    assert NAME not in page.address
    assert "looked at your name or e-mail address on 2 March 2026" in member.get("/en/learn/").text
    assert verbs(database, learner) == ["contact.kept", "contact.viewed"]


def test_there_is_nothing_to_see_of_whoever_gave_nothing(admin: Visitor, learner: PersonRow, both: None, member: Visitor) -> None:
    assert "Show the name" not in admin.get(f"/en/admin/people/{learner.id}/").text
    form = {"csrf_token": admin.get("/en/admin/people/").form("/by-email").find("input").get("value", "")}  # type: ignore[union-attr]
    answer = admin.client.post(f"/en/admin/people/{learner.id}/contact", data=form)
    assert (answer.status_code, "There is no name or e-mail address" in answer.get_data(as_text=True)) == (403, True)


def test_an_admin_finds_whoever_has_exactly_this_address(admin: Visitor, learner: PersonRow, given: None, database: Database) -> None:
    page = admin.get("/en/admin/people/")
    assert admin.submit(page, "/by-email", {"email": "Ayna@Example.ORG"}).heading == learner.pseudonym
    missed = admin.submit(page, "/by-email", {"email": "ayna@example.com"})
    assert ("Nobody here has given this address." in missed.text, missed.address) == (True, "/en/admin/people/")
    assert verbs(database, learner) == ["contact.kept", "contact.searched", "contact.searched"]


def test_an_admin_elsewhere_finds_and_sees_nobody(outside: Visitor, learner: PersonRow, given: None) -> None:
    page = outside.get("/en/admin/people/")
    assert "Nobody here has given this address." in outside.submit(page, "/by-email", {"email": EMAIL}).text
    form = {"csrf_token": page.form("/by-email").find("input").get("value", "")}  # type: ignore[union-attr]
    answer = outside.client.post(f"/en/admin/people/{learner.id}/contact", data=form)
    assert (answer.status_code, NAME in answer.get_data(as_text=True)) == (404, False)


def test_addresses_are_not_searched_where_they_are_not_kept(admin: Visitor, member: Visitor) -> None:
    assert "by-email" not in admin.get("/en/admin/people/").response.text


@pytest.fixture
def mailing(database: Database) -> None:
    """Somebody sends mails here."""
    with database.transaction() as session:
        mail.switch_on(session)


def wants(database: Database, row: PersonRow) -> bool:
    with database.read(row.organisation_id) as session:
        return wants_mail(session, row.id)


def test_where_mail_is_off_none_is_promised(member: Visitor, learner: PersonRow, both: None, database: Database) -> None:
    page = member.get(PAGE)
    assert "Send me an e-mail" not in page.text
    member.submit(page, "/contact", {"name": "", "email": EMAIL, "agreed": "y", "mails": "y"})
    assert not wants(database, learner)


def test_where_no_address_is_kept_no_mail_is_offered(member: Visitor, settle: Settle, mailing: None) -> None:
    settle({"keep_names": True})
    assert "Send me an e-mail" not in member.get(PAGE).text


def test_she_asks_for_mails_herself_and_switches_them_off(
    member: Visitor, learner: PersonRow, both: None, mailing: None, database: Database
) -> None:
    page = member.get(PAGE)
    assert "at most one a day" in page.text
    assert page.one("input", name="mails").get("checked") is None
    member.submit(page, "/contact", {"name": "", "email": EMAIL, "agreed": "y"})
    assert not wants(database, learner)
    member.submit(member.get(PAGE), "/contact", {"name": "", "email": EMAIL, "agreed": "y", "mails": "y"})
    assert wants(database, learner)
    page = member.get(PAGE)
    assert page.one("input", name="mails").get("checked") is not None
    assert "E-mails wanted" in member.get("/en/account/export").text
    member.submit(page, "/contact", {"name": "", "email": EMAIL, "agreed": "y", "mails": []})
    assert not wants(database, learner)


def test_a_tick_without_an_address_is_said_beside_the_field(member: Visitor, both: None, mailing: None) -> None:
    page = member.submit(member.get(PAGE), "/contact", {"name": NAME, "email": "", "agreed": "y", "mails": "y"}, status=422)
    assert "take the tick off" in page.text
    assert page.one("input", name="mails").get("checked") is not None


def test_her_choice_outlives_a_time_without_mail(
    member: Visitor, learner: PersonRow, both: None, mailing: None, database: Database
) -> None:
    member.submit(member.get(PAGE), "/contact", {"name": "", "email": EMAIL, "agreed": "y", "mails": "y"})
    with database.transaction() as session, everyone(session):
        mail.switch_off(session)
    member.submit(member.get(PAGE), "/contact", {"name": NAME, "email": EMAIL, "agreed": "y"})
    assert wants(database, learner)


def test_a_look_by_an_admin_asks_for_one_mail(
    admin: Visitor, member: Visitor, learner: PersonRow, both: None, mailing: None, database: Database
) -> None:
    member.submit(member.get(PAGE), "/contact", {"name": NAME, "email": EMAIL, "agreed": "y", "mails": "y"})
    for _ in range(2):
        admin.submit(admin.get(f"/en/admin/people/{learner.id}/"), "/contact")
    with database.read(learner.organisation_id) as session:
        row = find_job(session, mail.KIND, learner.id)
        assert row is not None
        assert row.due_at is not None
        assert row.due_at.minute == 0
    member.submit(member.get(PAGE), "/contact/delete")
    with database.read(learner.organisation_id) as session:
        assert find_job(session, mail.KIND, learner.id) is None
