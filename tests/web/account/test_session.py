from dataclasses import replace

import pytest
from flask import Flask

from elearn.actions import notices
from elearn.actions.erase import request_erasure
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.sessions import list_sessions
from elearn.web.app import create_app
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_person, make_signed_in
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs

SIGN_IN = "/en/account/sign-in"


def _sign_in(
    visitor: Visitor, address: str = SIGN_IN, handle: str = "mirava-lodet-47", passphrase: str = PASSPHRASE, status: int = 200
) -> Seen:
    page = visitor.get(address)
    return visitor.submit(page, "/account/sign-in", {"handle": handle, "passphrase": passphrase}, status=status)


def test_a_person_signs_in_and_is_led_on_to_her_learning(visitor: Visitor, learner: PersonRow) -> None:
    assert _sign_in(visitor).address == "/en/learn/"


@pytest.mark.parametrize(
    ("role", "office"),
    [("admin", "/en/admin/"), ("trainer", "/en/teach/"), ("operator", "/en/admin/organisations/"), ("translator", "/en/learn/")],
)
def test_whoever_has_an_office_begins_there(organisation_id: str, runtime: Runtime, role: str, office: str) -> None:
    with runtime.database.transaction(organisation_id) as session:
        row = make_person(session, organisation_id, "mirava-lodet-47", role=role)
        notices.tell(session, row.id, "passphrase-changed", runtime.clock())
    demo = Visitor(create_app(replace(runtime, settings=replace(runtime.settings, demo=True))).test_client())
    page = _sign_in(demo)
    assert page.address == office
    assert "Your passphrase was changed on" in page.text
    assert demo.get(SIGN_IN).address == office
    assert demo.get(f"{SIGN_IN}?next=/en/courses/").address == "/en/courses/"


def test_a_person_is_led_back_to_the_page_she_came_from(visitor: Visitor, learner: PersonRow) -> None:
    page = visitor.get("/ru/account/sessions")
    assert page.address == "/ru/account/sign-in"
    page = visitor.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    assert page.address == "/ru/account/sessions"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)", "learn"]
)
def test_no_address_leads_to_another_site(visitor: Visitor, learner: PersonRow, target: str) -> None:
    page = visitor.get(SIGN_IN)
    page = visitor.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE, "next": target})
    assert page.address == "/en/learn/"


def test_whoever_is_signed_in_already_goes_on(member: Visitor) -> None:
    assert member.get(f"{SIGN_IN}?next=/en/account/").address == "/en/account/"


@pytest.mark.parametrize(("handle", "passphrase"), [("mirava-lodet-47", "wrong words of mine"), ("nobody-here-20", PASSPHRASE)])
def test_the_answer_is_the_same_for_known_and_unknown_handles(visitor: Visitor, learner: PersonRow, handle: str, passphrase: str) -> None:
    page = _sign_in(visitor, handle=handle, passphrase=passphrase, status=422)
    assert "Handle and passphrase do not fit together" in page.text
    assert page.one("input", name="handle").get("value") == handle
    assert page.one("input", name="passphrase").get("value") == ""


def test_empty_fields_say_what_to_type(visitor: Visitor) -> None:
    page = _sign_in(visitor, handle="", passphrase="", status=422)
    assert "Type your handle." in page.text
    assert "Type your passphrase." in page.text


def test_a_text_beyond_all_measure_is_told_to_be_shorter(visitor: Visitor) -> None:
    page = _sign_in(visitor, handle="a" * 5001, status=422)
    assert "Please keep it under 5000 characters." in page.text


def test_a_guesser_has_to_wait_and_is_told_how_long(visitor: Visitor, learner: PersonRow) -> None:
    for _ in range(3):
        _sign_in(visitor, passphrase="wrong words of mine", status=422)
    page = _sign_in(visitor, status=429)
    assert "try again in 2 seconds" in page.text or "try again in 1 second" in page.text


def test_a_suspended_person_stays_out(visitor: Visitor, learner: PersonRow, database: Database) -> None:
    with database.transaction(learner.organisation_id) as session:
        get_person(session, learner.id).state = "suspended"
    assert "do not fit together" in _sign_in(visitor, status=422).text


def test_signing_out_without_a_session_is_no_fault(visitor: Visitor) -> None:
    form = visitor.get(SIGN_IN).form("/account/exit")
    assert visitor.client.post("/en/account/sign-out", data=filled(form)).location == "/en/"


def test_an_old_form_of_another_page_changes_nothing(member: Visitor, learner: PersonRow, database: Database) -> None:
    answer = member.client.post("/en/account/", data={"csrf_token": "old", "pseudonym": "Other"})
    assert answer.status_code == 400
    with database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).pseudonym == learner.pseudonym


def test_a_remembered_device_gets_a_cookie_of_its_own(visitor: Visitor, learner: PersonRow) -> None:
    page = visitor.get(SIGN_IN)
    visitor.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE, "trust": "y"})
    assert visitor.client.get_cookie("device") is not None


def test_without_the_tick_no_device_is_remembered(visitor: Visitor, learner: PersonRow) -> None:
    _sign_in(visitor)
    assert visitor.client.get_cookie("device") is None
    session = visitor.client.get_cookie("session")
    assert session is not None
    assert session.http_only
    assert session.same_site == "Lax"
    assert session.max_age is None


def test_whoever_signs_in_on_the_device_of_somebody_else_is_not_remembered(
    visitor: Visitor, learner: PersonRow, organisation_id: str, database: Database
) -> None:
    with database.transaction() as session:
        guest = make_person(session, organisation_id, "guest-of-hers-20")
    visitor.submit(visitor.get(SIGN_IN), "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE, "trust": "y"})
    hers = visitor.client.get_cookie("device")
    visitor.client.delete_cookie("session")
    _sign_in(visitor, handle=guest.handle)
    assert visitor.client.get_cookie("device") == hers


def test_a_space_that_a_keyboard_added_to_the_handle_does_no_harm(visitor: Visitor, learner: PersonRow) -> None:
    assert _sign_in(visitor, handle=" mirava-lodet-47 ").address == "/en/learn/"


def test_on_tls_the_cookies_are_bound_to_the_host(runtime: Runtime, learner: PersonRow) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, public_url="https://qadam.example")))
    client = app.test_client()
    data = {"handle": learner.handle, "passphrase": PASSPHRASE, "csrf_token": _token(Visitor(client), "https://localhost")}
    answer = client.post(SIGN_IN, data=data, base_url="https://localhost")
    assert answer.status_code == 303
    cookies = [line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-session=")]
    assert "Secure" in cookies[0]
    assert "Path=/" in cookies[0]


def _token(visitor: Visitor, base: str) -> str:
    page = visitor.client.get(SIGN_IN, base_url=base).get_data(as_text=True)
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def test_signing_in_ends_the_session_before(member: Visitor, learner: PersonRow, database: Database) -> None:
    old = member.client.get_cookie("session")
    assert old is not None
    _sign_in(member, f"{SIGN_IN}?fresh=1&next=/en/account/")
    new = member.client.get_cookie("session")
    assert new is not None
    assert new.value != old.value
    with database.read(learner.organisation_id) as session:
        assert len(list_sessions(session, learner.id)) == 1


def test_a_fresh_sign_in_is_asked_for_in_its_own_words(member: Visitor, clock: StandingClock, learner: PersonRow) -> None:
    clock.move(minutes=6)
    page = member.get("/en/account/export")
    assert page.heading == "Please sign in once more"
    assert page.one("input", name="handle").get("value") == learner.handle
    page = member.submit(page, "/account/sign-in", {"passphrase": PASSPHRASE})
    assert page.address == "/en/account/export"


def test_signing_in_calls_an_erasure_off(visitor: Visitor, learner: PersonRow, runtime: Runtime) -> None:
    with runtime.database.transaction(learner.organisation_id) as session:
        request_erasure(session, make_signed_in(learner), now=runtime.clock())
    assert "Your account will not be erased" in _sign_in(visitor).text
    with runtime.database.read(learner.organisation_id) as session:
        assert get_person(session, learner.id).state == "active"


def test_signing_out_ends_the_session_on_the_server(member: Visitor, learner: PersonRow, database: Database) -> None:
    page = member.submit(member.get("/en/account/"), "/account/sign-out")
    assert "You are signed out." in page.text
    with database.read(learner.organisation_id) as session:
        assert list_sessions(session, learner.id) == []


def test_the_quick_exit_clears_what_it_can_and_leads_away(
    member: Visitor, learner: PersonRow, database: Database, runtime: Runtime
) -> None:
    form = member.get("/en/account/").form("/account/exit")
    answer = member.client.post("/en/account/exit", data=filled(form))
    assert (answer.status_code, answer.location) == (303, runtime.settings.exit_url)
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert member.client.get_cookie("session") is None
    assert member.client.get_cookie("form") is None
    with database.read(learner.organisation_id) as session:
        assert list_sessions(session, learner.id) == []


def test_the_quick_exit_leads_away_even_from_an_old_page(member: Visitor, runtime: Runtime) -> None:
    answer = member.client.post("/en/account/exit", data={"csrf_token": "old"})
    assert (answer.status_code, answer.location) == (303, runtime.settings.exit_url)


def test_another_site_cannot_make_anybody_leave(member: Visitor) -> None:
    answer = member.client.post("/en/account/exit", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 400


def test_browsers_let_the_form_of_the_quick_exit_follow_its_redirect(visitor: Visitor) -> None:
    policy = visitor.get(SIGN_IN).response.headers["Content-Security-Policy"]
    assert "form-action 'self' https://www.wikipedia.org;" in policy


def test_a_form_that_met_an_ended_session_goes_on_after_signing_in(member: Visitor, clock: StandingClock, learner: PersonRow) -> None:
    page = member.get("/en/account/sessions")
    clock.move(hours=13)
    page = member.submit(page, "/account/sessions/label", {"label": "The old phone"}, status=401)
    assert "What you typed is kept on this page" in page.text
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": "not this one at all"}, status=422)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    assert page.heading == "You are signed in"
    assert page.form("/account/sessions/label").get("data-module") is None
    page = member.submit(page, "/account/sessions/label")
    assert page.address == "/en/account/sessions"
    assert "The old phone" in page.text


def test_an_answer_goes_on_by_itself_where_scripts_run(visitor: Visitor, learner: PersonRow) -> None:
    page = visitor.get(SIGN_IN)
    to = "/en/courses/minimal/first/hello/practise"
    kept: dict[str, str | list[str]] = {
        "keep-to": to,
        "keep-choice": ["a", "b"],
        "keep-csrf_token": "x",
        "handle": learner.handle,
        "passphrase": PASSPHRASE,
    }
    page = visitor.submit(page, "/account/sign-in", kept)
    form = page.form("/practise")
    assert form.get("data-module") == "again"
    assert filled(form)["choice"] == ["a", "b"]
    assert len(filled(form)["csrf_token"]) == 1


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "/en/nowhere", "/en/courses/", "//elsewhere.example/en/account/exit"])
def test_kept_fields_go_only_to_a_form_of_ours(visitor: Visitor, learner: PersonRow, to: str) -> None:
    page = visitor.get(SIGN_IN)
    page = visitor.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE, "keep-to": to, "keep-a": "b"})
    assert page.address == "/en/learn/"


def test_an_old_sign_in_page_still_holds_the_answer_but_nothing_else(app: Flask) -> None:
    answer = "/en/courses/minimal/first/hello/practise"
    for to, times in ((answer, 1), ("/en/account/erase", 0)):
        client = app.test_client()
        page = client.post(SIGN_IN, data={"csrf_token": "old", "handle": "mirava", "keep-to": to, "keep-choice": "b"})
        assert page.status_code == 400
        assert page.get_data(as_text=True).count('name="keep-choice" value="b"') == times


def test_a_person_with_an_ended_session_may_sign_in_as_somebody_else(sign_in_as: SignInAs, learner: PersonRow, visitor: Visitor) -> None:
    sign_in_as(learner)
    assert visitor.get("/en/account/").address == SIGN_IN


def test_failed_tries_are_told_after_signing_in_and_to_nobody_else(visitor: Visitor, learner: PersonRow, clock: StandingClock) -> None:
    for _ in range(2):
        page = _sign_in(visitor, passphrase="wrong words of mine", status=422)
        assert "failed" not in page.text
    page = _sign_in(visitor)
    assert "Before this sign-in, 2 tries to get into your account failed." in page.text
    assert "Before this sign-in" not in visitor.get("/en/learn/").text
    assert "Before this sign-in, 2 tries failed." in visitor.get("/en/account/").text
    visitor.submit(visitor.get("/en/account/"), "/account/sign-out")
    _sign_in(visitor)
    assert "Before this sign-in" not in visitor.get("/en/account/").text
