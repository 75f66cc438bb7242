import pytest

from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE
from tests.visitor import Visitor, filled
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
