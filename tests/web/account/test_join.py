import pytest
from flask import Flask

from elearn.actions.handle import fold
from elearn.actions.invite import invite
from elearn.errors import Invalid, Problem, Where
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.organisations import OrganisationRow
from elearn.store.people import PersonRow, count_recovery_codes, find_person_by_handle
from elearn.store.tenancy import everyone
from elearn.web.account.join import JoinForm
from tests.factories import make_organisation, make_person, make_signed_in
from tests.visitor import Seen, Visitor, filled, text_of

JOIN = "/en/account/join"
OWN = "lanterns over quiet rivers"


def _sheet_codes(page: Seen) -> list[str]:
    return [text_of(code) for part in page.tree.iter("ol") if part.get("class") == "codes" for code in part.iter("li")]


def test_a_visitor_joins_with_what_is_offered_and_sees_the_sheet(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get(JOIN)
    offered = filled(page.form("/account/join"))
    page = visitor.submit(page, "/account/join")
    assert page.heading == "Keep this sheet"
    assert len(_sheet_codes(page)) == 10
    assert offered["handle"][0] in page.text
    assert offered["offered"][0] in page.text
    assert "My learning" in page.text
    assert visitor.get("/en/account/").heading == "My account"


def test_ones_own_passphrase_counts_and_is_not_shown_again(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get("/ru/account/join")
    page = visitor.submit(page, "/account/join", {"handle": "Mirava-47", "passphrase": OWN, "language": "kk", "country": "TJ"})
    assert OWN not in page.text
    visitor.submit(visitor.get("/ru/account/"), "/account/sign-out")
    page = visitor.submit(visitor.get("/ru/account/sign-in"), "/account/sign-in", {"handle": "mirava-47", "passphrase": OWN})
    assert page.address == "/ru/learn/"
    form = filled(visitor.get("/ru/account/").form("/account/"))
    assert (form["language"], form["country"]) == (["kk"], ["TJ"])
    assert fold(form["pseudonym"][0]) != fold("Mirava-47")  # what others see must not tell what lets her in


def test_other_suggestions_are_a_link_away(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get(f"{JOIN}?invite=abcd-1234")
    first = filled(page.form("/account/join"))
    link = next(link for link in page.links() if link.endswith("invite=abcd-1234") and link.startswith(JOIN))
    other = filled(visitor.get(link).form("/account/join"))
    assert first["handle"] != other["handle"]
    assert first["offered"] != other["offered"]
    assert other["invite"] == ["abcd-1234"]


def test_suggestions_are_typed_on_the_readers_keyboard(visitor: Visitor, organisation_id: str) -> None:
    offered = filled(visitor.get("/tg/account/join").form("/account/join"))["offered"][0]
    assert all("а" <= letter <= "я" or letter == "-" for letter in offered)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"handle": ""}, "Choose a handle"),
        ({"handle": "a"}, "A handle has 3 to 32 characters"),
        ({"handle": "two words"}, "A handle holds letters"),
        ({"handle": "admin"}, "somebody who runs the site"),
        ({"handle": "mirava-lodet-47"}, "Somebody has this handle"),
        ({"passphrase": "short"}, "at least 15 characters"),
        ({"passphrase": "humanrightshumanrights"}, "would be guessed soon"),
        ({"invite": "no-such-code"}, "invite code does not work"),
        ({"language": "xx"}, "one of the five languages"),
        ({"country": "XX"}, "one of the countries"),
        ({"key": "short"}, "This form was not whole"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_stays(
    visitor: Visitor, learner: PersonRow, fields: dict[str, str], told: str
) -> None:
    page = visitor.get(JOIN)
    before = filled(page.form("/account/join"))
    page = visitor.submit(page, "/account/join", fields, status=422)
    assert told in page.text
    after = filled(page.form("/account/join"))
    assert after["offered"] == before["offered"]
    assert after["handle"] == ([fields["handle"]] if "handle" in fields else before["handle"])


def test_all_that_is_wrong_is_said_in_one_round(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get(JOIN)
    page = visitor.submit(page, "/account/join", {"handle": "a", "passphrase": "short", "invite": "no-such-code"}, status=422)
    for told in ("A handle has 3 to 32 characters", "at least 15 characters", "invite code does not work"):
        assert told in page.text


def test_a_good_passphrase_stays_typed_and_a_bad_one_does_not(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.submit(visitor.get(JOIN), "/account/join", {"handle": "a", "passphrase": OWN}, status=422)
    assert page.one("input", name="passphrase").get("value") == OWN
    page = visitor.submit(page, "/account/join", {"handle": "mirava-22", "passphrase": "short"}, status=422)
    assert page.one("input", name="passphrase").get("value") == ""


def test_a_form_sent_twice_makes_one_account_and_shows_no_codes_again(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get(JOIN)
    sent = filled(page.form("/account/join"))
    visitor.submit(page, "/account/join")
    visitor.client.delete_cookie("session")
    again = visitor.get(JOIN)
    page = visitor.submit(again, "/account/join", {"key": sent["key"], "handle": sent["handle"], "offered": sent["offered"]})
    assert page.address == "/en/account/sign-in"
    assert "Your account was made already" in page.text
    assert visitor.client.get_cookie("session") is None


def test_reloading_the_sheet_says_that_the_account_is_made_and_offers_a_new_one(
    visitor: Visitor, organisation_id: str, database: Database
) -> None:
    page = visitor.get(JOIN)
    sent = filled(page.form("/account/join"))
    visitor.submit(page, "/account/join")
    again = visitor._seen(visitor.client.post(JOIN, data=sent, follow_redirects=True), 200)
    assert again.address == "/en/account/codes"
    assert "Your account was made already." in again.text
    visitor.client.delete_cookie("session")
    assert visitor._seen(visitor.client.post(JOIN, data=sent, follow_redirects=True), 200).address == "/en/account/sign-in"
    other = {**sent, "key": ["another-key-of-a-form-20"]}
    assert "nothing was changed" in visitor._seen(visitor.client.post(JOIN, data=other), 400).text


@pytest.fixture
def closed(database: Database) -> OrganisationRow:
    with database.transaction() as session:
        return make_organisation(session, "closed", open_join=False)


def test_where_joining_is_closed_an_invite_is_needed(visitor: Visitor, closed: OrganisationRow, runtime: Runtime) -> None:
    page = visitor.submit(visitor.get(JOIN), "/account/join", status=422)
    assert "Joining needs an invite code" in page.text
    with runtime.database.transaction(closed.id) as session:
        host = make_person(session, closed.id, role="admin")
        code = invite(session, make_signed_in(host), role="trainer", now=runtime.clock())
    page = visitor.submit(page, "/account/join", {"invite": code.upper()})
    assert page.heading == "Keep this sheet"
    page = visitor.get("/en/account/")
    assert "Trainer" in page.text
    assert "Closed" in page.text


def test_whoever_has_an_account_is_led_to_it(member: Visitor) -> None:
    assert member.get(JOIN).address == "/en/account/"


def test_the_codes_of_the_sheet_are_all_kept(visitor: Visitor, organisation_id: str, database: Database) -> None:
    page = visitor.submit(visitor.get(JOIN), "/account/join", {"handle": "oguz"})
    codes = _sheet_codes(page)
    with database.read() as session, everyone(session):
        person = find_person_by_handle(session, "oguz")
    assert person is not None
    with database.read(organisation_id) as session:
        assert count_recovery_codes(session, person.id) == len(set(codes)) == 10


def test_a_form_without_its_offer_gets_a_new_one(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.submit(visitor.get(JOIN), "/account/join", {"handle": "", "offered": ""}, status=422)
    assert filled(page.form("/account/join"))["offered"] != [""]


def test_a_key_that_served_another_handle_is_refused(visitor: Visitor, organisation_id: str) -> None:
    page = visitor.get(JOIN)
    key = filled(page.form("/account/join"))["key"]
    visitor.submit(page, "/account/join")
    visitor.client.delete_cookie("session")
    page = visitor.submit(visitor.get(JOIN), "/account/join", {"key": key, "handle": "other-one-20"}, status=422)
    assert "This form was sent before" in page.text


def test_a_busy_server_says_so_and_keeps_the_form(visitor: Visitor, organisation_id: str, busy: None) -> None:
    page = visitor.submit(visitor.get(JOIN), "/account/join", {"handle": "quiet-river-20"}, status=429)
    assert "Please try again in a few seconds." in page.text
    assert page.one("input", name="handle").get("value") == "quiet-river-20"


def test_a_problem_without_a_field_is_said_on_top(app: Flask) -> None:
    with app.test_request_context("/en/account/join"):
        form = JoinForm()
        form.show_problems(Invalid("pseudonym-form", (Problem("pseudonym-form", Where("pseudonym"), {"maximum": 40}),)), {})
        assert "1 to 40 letters" in form.form_errors[0]
