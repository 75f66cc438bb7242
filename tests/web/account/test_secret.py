import pytest

from elearn.store.engine import Database
from elearn.store.people import PersonRow, count_recovery_codes, get_person
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs

NEW = "lanterns over quiet rivers"


@pytest.mark.parametrize("page", ["passphrase", "codes", "export", "export.json", "erase"])
def test_what_touches_the_whole_account_asks_for_a_fresh_sign_in(member: Visitor, clock: StandingClock, page: str) -> None:
    clock.move(minutes=6)
    answer = member.client.get(f"/en/account/{page}")
    assert answer.status_code == 303
    assert answer.location == f"/en/account/sign-in?next=/en/account/{page}&fresh=1"


@pytest.mark.parametrize(("page", "form"), [("passphrase", "passphrase"), ("codes", "codes"), ("erase", "erase")])
def test_a_form_grown_stale_asks_again_too(member: Visitor, clock: StandingClock, page: str, form: str) -> None:
    seen = member.get(f"/en/account/{page}")
    clock.move(minutes=6)
    seen = member.submit(seen, f"/account/{form}", status=401)
    assert seen.heading == "Please sign in once more"
    assert "please show again that it is you" in seen.text
    assert "Your session had ended" not in seen.text
    seen = member.submit(seen, "/account/sign-in", {"passphrase": PASSPHRASE})
    assert seen.form(f"/account/{form}").get("data-module") is None


def test_a_new_passphrase_ends_the_other_sessions_only(member: Visitor, learner: PersonRow, sign_in_as: SignInAs) -> None:
    elsewhere = sign_in_as(learner)
    page = member.submit(member.get("/en/account/passphrase"), "/account/passphrase", {"new_passphrase": NEW})
    assert page.address == "/en/account/"
    assert elsewhere.get("/en/account/").heading == "Sign in"
    fields = {"handle": learner.handle, "passphrase": NEW}
    assert elsewhere.submit(elsewhere.get("/en/account/sign-in"), "/account/sign-in", fields).address == "/en/learn/"


def test_a_bad_passphrase_is_told_and_the_offer_stays(member: Visitor) -> None:
    page = member.get("/en/account/passphrase")
    offered = filled(page.form("/account/passphrase"))["offered"]
    page = member.submit(page, "/account/passphrase", {"new_passphrase": "mirava-lodet-47 47"}, status=422)
    assert "almost your handle" in page.text
    page = member.submit(page, "/account/passphrase", {"new_passphrase": "x" * 1001}, status=422)
    assert filled(page.form("/account/passphrase"))["offered"] == offered


def test_a_new_sheet_is_shown_once_and_counted(member: Visitor) -> None:
    page = member.submit(member.get("/en/account/codes"), "/account/codes")
    assert page.heading == "Keep this sheet"
    assert len([item for part in page.all("ol", **{"class": "codes"}) for item in part.iter("li")]) == 10
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "10 recovery codes are left." in member.get("/en/account/").text


def test_a_busy_server_says_so_and_keeps_the_passphrase(member: Visitor, busy: None) -> None:
    page = member.submit(member.get("/en/account/passphrase"), "/account/passphrase", {"new_passphrase": NEW}, status=429)
    assert "Please try again in a few seconds." in page.text
    assert page.one("input", name="new_passphrase").get("value") == NEW


def test_a_form_without_its_offer_gets_a_new_one(member: Visitor) -> None:
    page = member.submit(member.get("/en/account/passphrase"), "/account/passphrase", {"offered": ""}, status=422)
    assert filled(page.form("/account/passphrase"))["offered"] != [""]


@pytest.fixture
def given(learner: PersonRow, database: Database, clock: StandingClock) -> PersonRow:
    """The learner with a passphrase that somebody else gave her, a week ago at most."""
    with database.transaction(learner.organisation_id) as session:
        get_person(session, learner.id).passphrase_ends_on = clock.now.date()
    return learner


def sign_in(who: Visitor, row: PersonRow, passphrase: str = PASSPHRASE, *, status: int = 200) -> Seen:
    fields = {"handle": row.handle, "passphrase": passphrase}
    return who.submit(who.get("/en/account/sign-in"), "/account/sign-in", fields, status=status)


def test_whoever_was_given_a_passphrase_is_led_to_choosing_her_own(visitor: Visitor, given: PersonRow) -> None:
    page = sign_in(visitor, given)
    assert (page.address, page.heading) == ("/en/account/passphrase", "New passphrase")
    assert "Whoever made this account for you knows its passphrase." in page.text
    for address in ("/en/learn/", "/en/account/", "/en/account/codes", "/en/admin/", "/en/account/export"):
        assert visitor.get(address).address == "/en/account/passphrase"
    assert visitor.get("/en/courses/").heading == "Courses"
    answer = visitor.client.get("/en/learn/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (403, {"error": "Please choose a passphrase of your own first."})
    token = filled(page.form("/account/exit"))
    assert visitor.client.post("/en/account/sign-out", data=token).location == "/en/"
    assert visitor.get("/en/account/").heading == "Sign in"


def test_her_own_passphrase_comes_with_a_first_sheet(visitor: Visitor, given: PersonRow, database: Database) -> None:
    page = visitor.submit(sign_in(visitor, given), "/account/passphrase", {"new_passphrase": PASSPHRASE}, status=422)
    assert "Somebody else knows this passphrase." in page.text
    page = visitor.submit(page, "/account/passphrase", {"new_passphrase": NEW})
    assert (page.heading, len(page.one("ol", class_="codes"))) == ("Keep this sheet", 10)
    assert visitor.get("/en/learn/").address == "/en/learn/"
    with database.read(given.organisation_id) as session:
        assert get_person(session, given.id).passphrase_ends_on is None
        assert count_recovery_codes(session, given.id) == 10
    visitor.submit(visitor.get("/en/account/"), "/account/sign-out")
    sign_in(visitor, given, status=422)
    assert sign_in(visitor, given, NEW).address == "/en/learn/"


def test_an_offered_passphrase_that_was_taken_stands_on_the_sheet(visitor: Visitor, given: PersonRow) -> None:
    page = sign_in(visitor, given)
    (offered,) = filled(page.form("/account/passphrase"))["offered"]
    assert offered in visitor.submit(page, "/account/passphrase").text


def test_a_given_passphrase_ends(visitor: Visitor, given: PersonRow, clock: StandingClock) -> None:
    clock.move(days=1)
    assert "do not fit together" in sign_in(visitor, given, status=422).text
