"""Codes from an app: the way through the pages, what they show to whom, and which roles must have them."""

from dataclasses import replace

import pytest
from flask import Flask

from elearn.access.timecode import code_at, spell, step_at
from elearn.actions import factor as deeds
from elearn.runtime import Runtime
from elearn.store.factors import put_seed
from elearn.store.people import PersonRow, count_recovery_codes
from elearn.store.sessions import list_sessions
from elearn.web.app import create_app
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, SEED, make_factor, make_person, make_signed_in
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.conftest import SignInAs

FACTOR = "/en/account/factor"
SIGN_IN = "/en/account/sign-in"


def code(clock: StandingClock, seed: bytes = SEED) -> str:
    return code_at(seed, step_at(clock.now))


def begin(visitor: Visitor, address: str = FACTOR) -> Seen:
    return visitor.submit(visitor.get(address), "/account/factor/begin")


def shown_seed(page: Seen, runtime: Runtime, person: PersonRow) -> bytes:
    """Give the seed that waits, once the page has shown it as a key to type."""
    with runtime.database.read(person.organisation_id) as session:
        seed = deeds.begun_seed(session, make_signed_in(person), keys=runtime.keys.seal)
    assert spell(seed) in page.text
    return seed


def plain(app: Flask, person: PersonRow) -> Visitor:
    """Give somebody who has signed in by the form, with the passphrase alone."""
    visitor = Visitor(app.test_client())
    visitor.submit(visitor.get(SIGN_IN), "/account/sign-in", {"handle": person.handle, "passphrase": PASSPHRASE})
    return visitor


def test_a_key_for_the_app_that_our_own_keys_do_not_open_is_begun_anew(
    app: Flask, learner: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    member = plain(app, learner)
    page = begin(member)
    with runtime.database.transaction(learner.organisation_id) as session:
        assert put_seed(session, learner.id, b"later\0sealed", organisation_id=learner.organisation_id)
    page = member.submit(page, "/account/factor", {"code": code(clock)})
    assert page.address == FACTOR
    assert "Please begin again" in page.text
    page = member.submit(page, "/account/factor/begin")
    member.submit(page, "/account/factor", {"code": code(clock, shown_seed(page, runtime, learner))})


@pytest.fixture
def admin(runtime: Runtime, organisation_id: str) -> PersonRow:
    with runtime.database.transaction() as session:
        return make_person(session, organisation_id, "an-admin-1", role="admin")


def test_a_learner_switches_codes_on_and_keeps_the_sheet(
    app: Flask, learner: PersonRow, runtime: Runtime, clock: StandingClock, sign_in_as: SignInAs
) -> None:
    elsewhere, member = sign_in_as(learner), plain(app, learner)
    assert "Off. They protect" in member.get("/en/account/").text
    page = begin(member)
    seed = shown_seed(page, runtime, learner)
    assert page.one("{http://www.w3.org/2000/svg}svg", role="img").get("aria-label") == "The key for your app as a QR code"
    page = member.submit(page, "/account/factor", {"code": code(clock, seed)})
    assert page.heading == "Keep this sheet"
    assert len({text_of(item) for item in page.one("ol").iter("li")}) == 10
    assert page.response.headers["Cache-Control"] == "no-store"
    assert elsewhere.get("/en/account/").address == SIGN_IN
    page = member.get("/en/account/")
    assert "On: signing in needs" in page.text
    assert "About your account" in page.text


def test_the_entry_of_the_app_names_neither_site_nor_person(app: Flask, learner: PersonRow, runtime: Runtime) -> None:
    page = begin(plain(app, learner))
    (link,) = [one for one in page.links() if one.startswith("otpauth:")]
    assert link.startswith("otpauth://totp/Account:personal?secret=")
    assert runtime.settings.site_name.lower() not in link.lower()
    assert learner.handle not in link


def test_an_instance_chooses_how_the_app_lists_it(runtime: Runtime, learner: PersonRow) -> None:
    settings = replace(runtime.settings, factor_issuer="Choir", factor_label="B flat")
    member = plain(create_app(replace(runtime, settings=settings)), learner)
    page = member.get(FACTOR)
    assert "“Choir (B flat)”" in page.text
    page = member.submit(page, "/account/factor/begin")
    assert any(link.startswith("otpauth://totp/Choir:B%20flat?") for link in page.links())


def test_a_wrong_first_code_shows_the_same_key_again_and_no_code(
    app: Flask, learner: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    member = plain(app, learner)
    page = begin(member)
    seed = shown_seed(page, runtime, learner)
    for typed, sentence in (("", "Type the six digits"), ("12345", "does not fit"), ("000000", "does not fit"), ("111111", "does not fit")):
        page = member.submit(page, "/account/factor", {"code": typed}, status=422)
        assert sentence in page.text
        assert page.one("input", name="code").get("value") == ""
        assert shown_seed(page, runtime, learner) == seed
    assert member.submit(page, "/account/factor", {"code": code(clock, seed)}, status=429).text.count("too many tries") == 1


def test_the_key_is_shown_only_to_a_fresh_sign_in_but_a_right_code_is_good_later(
    app: Flask, learner: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    member = plain(app, learner)
    page = begin(member)
    seed = shown_seed(page, runtime, learner)
    clock.move(minutes=6)
    again = member.submit(page, "/account/factor", {"code": "000000"}, status=401)
    assert again.heading == "Please sign in once more"
    assert spell(seed) not in again.text
    assert member.get(FACTOR).heading == "Please sign in once more"
    page = member.submit(page, "/account/factor", {"code": code(clock, seed)})
    assert page.heading == "Keep this sheet"


def test_choosing_a_language_keeps_the_key(app: Flask, learner: PersonRow, runtime: Runtime) -> None:
    member = plain(app, learner)
    page = begin(member)
    seed = shown_seed(page, runtime, learner)
    button = page.one("button", lang="ru")
    assert (button.get("form"), button.get("formaction")) == ("factor", "/ru/account/factor")
    data = {**filled(page.form("/account/factor")), "speak": ["ru"]}
    page = member._seen(member.client.post("/ru/account/factor", data=data), 200)
    assert shown_seed(page, runtime, learner) == seed


def test_a_setup_that_was_not_begun_begins_again(app: Flask, guarded: PersonRow, sign_in_as: SignInAs, clock: StandingClock) -> None:
    member = sign_in_as(guarded)
    token = member.get("/en/account/").all("input", name="csrf_token")[0].get("value")
    answer = member.client.post(FACTOR, data={"csrf_token": token, "code": code(clock), "next": "/en/learn/"})
    assert answer.location == f"{FACTOR}?next=/en/learn/"
    assert "Please begin again" in member.get(FACTOR).text
    answer = member.client.post(f"{FACTOR}/begin", data={"csrf_token": token})
    assert answer.location == FACTOR
    assert "are on already" in member.get(FACTOR).text


def test_switching_off_ends_other_sessions_and_asks_no_code_any_more(
    guarded: PersonRow, sign_in_as: SignInAs, runtime: Runtime, app: Flask
) -> None:
    member, elsewhere = sign_in_as(guarded), sign_in_as(guarded)
    page = member.submit(member.get(FACTOR), "/account/factor/remove")
    assert "Codes are off, and all other sessions have ended." in page.text
    assert elsewhere.get("/en/account/").address == SIGN_IN
    assert plain(app, guarded).get("/en/account/").heading == "My account"


def test_a_new_sheet_is_shown_once(guarded: PersonRow, sign_in_as: SignInAs, runtime: Runtime) -> None:
    member = sign_in_as(guarded)
    page = member.submit(member.get(FACTOR), "/account/factor/codes")
    assert page.heading == "Keep this sheet"
    with runtime.database.read(guarded.organisation_id) as session:
        assert count_recovery_codes(session, guarded.id, purpose=deeds.PURPOSE) == 10
    assert "10 codes of your sheet are left." in member.get(FACTOR).text


@pytest.mark.parametrize("address", [FACTOR, "/en/account/passphrase", "/en/account/codes"])
def test_an_old_sign_in_is_asked_again_before_secrets_are_changed(member: Visitor, clock: StandingClock, address: str) -> None:
    clock.move(minutes=6)
    assert member.get(address).heading == "Please sign in once more"


@pytest.mark.parametrize("deed", ["begin", "codes", "remove"])
def test_an_old_sign_in_changes_no_factor(guarded: PersonRow, sign_in_as: SignInAs, clock: StandingClock, deed: str) -> None:
    member = sign_in_as(guarded)
    token = member.get("/en/account/").all("input", name="csrf_token")[0].get("value")
    clock.move(minutes=6)
    assert member.client.post(f"{FACTOR}/{deed}", data={"csrf_token": token}).status_code == 401


@pytest.mark.parametrize("role", ["trainer", "admin", "operator"])
@pytest.mark.parametrize("path", ["admin/patterns", "admin/patterns?x=1"])
def test_the_office_leads_to_the_setup_says_why_and_leads_back(
    app: Flask, runtime: Runtime, organisation_id: str, clock: StandingClock, role: str, path: str
) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    visitor = plain(app, person)
    page = visitor.get(f"/ru/{path}")
    assert page.address == "/ru/account/factor"
    page = visitor.get(f"/en/{path}")
    assert "Your role opens pages about other people." in page.text
    page = visitor.submit(page, "/account/factor/begin")
    page = visitor.submit(page, "/account/factor", {"code": code(clock, shown_seed(page, runtime, person))})
    assert f"/en/{path}" in page.links()
    assert visitor.get(f"/en/{path}").heading == "Patterns"


def test_without_codes_an_admin_may_what_a_learner_may(app: Flask, admin: PersonRow, minimal_course: int) -> None:
    visitor = plain(app, admin)
    for address in ("/en/learn/", "/en/account/", "/en/account/export", "/en/courses/minimal/"):
        assert visitor.get(address).address == address
    token = visitor.get("/en/account/").all("input", name="csrf_token")[0].get("value")
    answer = visitor.client.post("/en/admin/certificates/issue", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, FACTOR)
    answer = visitor.client.get("/en/admin/", headers={"Accept": "application/json"})
    assert answer.status_code == 403


def test_an_admin_signs_in_with_a_code_and_is_led_to_her_office(
    visitor: Visitor, admin: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    with runtime.database.transaction() as session:
        make_factor(session, admin, runtime.keys.seal)
    page = visitor.submit(visitor.get(SIGN_IN), "/account/sign-in", {"handle": admin.handle, "passphrase": PASSPHRASE})
    assert page.heading == "A code from your app"
    assert visitor.submit(page, "/account/sign-in/code", {"code": code(clock)}).address == "/en/admin/"


@pytest.mark.parametrize("role", ["learner", "translator", "reviewer"])
def test_others_are_offered_codes_and_need_none(app: Flask, runtime: Runtime, organisation_id: str, role: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    page = plain(app, person).get(FACTOR)
    assert "Your role opens pages" not in page.text
    assert page.form("/account/factor/begin") is not None


def test_in_the_demo_codes_are_offered_and_not_asked_for(runtime: Runtime, admin: PersonRow) -> None:
    demo = create_app(replace(runtime, settings=replace(runtime.settings, demo=True)))
    visitor = plain(demo, admin)
    assert visitor.get("/en/admin/").address == "/en/admin/"
    assert "Your role opens pages" not in visitor.get(FACTOR).text


def test_a_session_from_before_the_rule_is_no_exception(app: Flask, admin: PersonRow, runtime: Runtime, sign_in_as: SignInAs) -> None:
    with_factor = sign_in_as(admin)
    assert with_factor.get("/en/admin/").address == "/en/admin/"
    without = plain(app, admin)
    assert without.get("/en/admin/").address == FACTOR
    with runtime.database.read(admin.organisation_id) as session:
        assert {row.factored for row in list_sessions(session, admin.id)} == {True, False}
