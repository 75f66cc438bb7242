"""The pages of passkeys: added, shown, removed, used at sign-in; only at the public address and only beside time codes."""

from dataclasses import replace

import pytest
from flask import Flask

from elearn.access.timecode import code_at, step_at
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from elearn.web.app import create_app
from tests.authenticator import Authenticator
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, SEED
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs

PASSKEYS = "/en/account/passkeys"
SIGN_IN = "/en/account/sign-in"
ORIGIN = "http://localhost"


@pytest.fixture
def runtime(runtime: Runtime) -> Runtime:
    """An installation at the address that the test client asks."""
    return replace(runtime, settings=replace(runtime.settings, public_url=ORIGIN))


@pytest.fixture
def member(guarded: PersonRow, sign_in_as: SignInAs) -> Visitor:
    return sign_in_as(guarded)


def question(page: Seen) -> str:
    (button,) = [button for button in page.all("button") if button.get("data-passkey")]
    assert button.get("hidden") is not None
    assert any(script.get("src", "").startswith("/static/passkey.") for script in page.all("script"))
    return button.get("data-question", "")


def add(member: Visitor, device: Authenticator, label: str = "the old phone") -> Seen:
    page = member.submit(member.get(PASSKEYS), "/passkeys/begin")
    return member.submit(page, "/passkeys/add", {"answer": device.create(question(page)), "label": label})


def passphrase(visitor: Visitor, handle: str, **more: str | list[str]) -> Seen:
    return visitor.submit(visitor.get(SIGN_IN), "/account/sign-in", {"handle": handle, "passphrase": PASSPHRASE, **more})


def test_a_passkey_is_added_shown_used_and_removed(
    app: Flask, member: Visitor, guarded: PersonRow, sign_in_as: SignInAs, clock: StandingClock
) -> None:
    device, elsewhere = Authenticator(ORIGIN), sign_in_as(guarded)
    page = add(member, device)
    assert "The passkey is kept." in page.text
    assert "the old phone Added on 2 March 2026, not used yet" in page.text
    assert elsewhere.get("/en/account/").address == SIGN_IN
    visitor = Visitor(app.test_client())
    page = passphrase(visitor, guarded.handle)
    page = visitor.submit(page, "/account/sign-in/code", {"answer": device.get(question(page))})
    assert page.address == "/en/learn/"
    page = visitor.get(PASSKEYS)
    assert "last used on 2 March 2026" in page.text
    mark = page.one("button", name="passkey").get("value", "")
    page = visitor.submit(page, "/passkeys/remove", {"passkey": mark})
    assert "The passkey is removed" in page.text
    assert page.all("button", name="passkey") == []


def test_an_answer_that_waits_survives_a_sign_in_by_passkey(app: Flask, member: Visitor, guarded: PersonRow) -> None:
    device = Authenticator(ORIGIN)
    add(member, device)
    visitor = Visitor(app.test_client())
    kept: dict[str, str | list[str]] = {"keep-to": "/en/courses/minimal/first/hello/practise", "keep-choice": ["a", "b"]}
    page = passphrase(visitor, guarded.handle, **kept)
    page = visitor.submit(page, "/account/sign-in/code", {"answer": device.get(question(page))})
    assert filled(page.form("/practise"))["choice"] == ["a", "b"]


def test_a_passkey_that_fails_leaves_the_code(app: Flask, member: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(ORIGIN)
    add(member, device)
    visitor = Visitor(app.test_client())
    page = passphrase(visitor, guarded.handle)
    first = question(page)
    for answer in ("{}", replace(device, origin="http://elsewhere.example").get(first)):
        page = visitor.submit(page, "/account/sign-in/code", {"answer": answer}, status=422)
        assert "The passkey did not work." in page.text
        assert page.one("input", name="answer").get("value") == ""
    assert question(page) != first
    page = visitor.submit(page, "/account/sign-in/code", {"code": code_at(SEED, step_at(clock.now))})
    assert page.address == "/en/learn/"


def test_a_passkey_without_codes_is_not_offered(learner: PersonRow, sign_in_as: SignInAs) -> None:
    member = sign_in_as(learner)
    page = member.get(PASSKEYS)
    assert "never alone" in page.text
    assert [form for form in page.all("form") if form.get("action", "").endswith("/begin")] == []
    token = page.all("input", name="csrf_token")[0].get("value")
    assert member.client.post(f"{PASSKEYS}/begin", data={"csrf_token": token}).location == PASSKEYS
    assert "Codes from an app are off" in member.get(PASSKEYS).text


def test_the_page_says_what_a_passkey_is_not_good_for(member: Visitor) -> None:
    text = member.get(PASSKEYS).text
    assert "A passkey works at this address only." in text
    assert "all passkeys stop working at once" in text


def test_at_another_address_there_are_none(runtime: Runtime, member: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    device = Authenticator(ORIGIN)
    add(member, device)
    moved = create_app(replace(runtime, settings=replace(runtime.settings, public_url="http://127.0.0.1:8000")))
    visitor = Visitor(moved.test_client())
    page = passphrase(visitor, guarded.handle)
    assert [button for button in page.all("button") if button.get("data-passkey")] == []
    page = visitor.submit(page, "/account/sign-in/code", {"answer": "{}"}, status=422)
    visitor.submit(page, "/account/sign-in/code", {"code": code_at(SEED, step_at(clock.now))})
    page = visitor.get(PASSKEYS)
    assert "browsers allow no passkeys of this site" in page.text
    token = page.all("input", name="csrf_token")[0].get("value")
    for deed in ("begin", "add"):
        assert visitor.client.post(f"{PASSKEYS}/{deed}", data={"csrf_token": token}).location == PASSKEYS


def test_a_refused_answer_of_a_device_changes_nothing(member: Visitor) -> None:
    page = member.submit(member.get(PASSKEYS), "/passkeys/begin")
    page = member.submit(page, "/passkeys/add", {"answer": Authenticator("http://elsewhere.example").create(question(page))})
    assert "The passkey did not work." in page.text
    assert page.all("button", name="passkey") == []
    page = member.submit(page, "/passkeys/begin")
    assert question(page)


def test_nobody_removes_a_passkey_that_is_not_hers(member: Visitor) -> None:
    page = add(member, Authenticator(ORIGIN))
    page = member.submit(page, "/passkeys/remove", {"passkey": "another"})
    assert "not on the list any more" in page.text
    assert len(page.all("button", name="passkey")) == 1


@pytest.mark.parametrize("deed", ["begin", "remove"])
def test_an_old_sign_in_changes_no_passkey(member: Visitor, clock: StandingClock, deed: str) -> None:
    token = member.get(PASSKEYS).all("input", name="csrf_token")[0].get("value")
    clock.move(minutes=6)
    assert member.get(PASSKEYS).heading == "Please sign in once more"
    assert member.client.post(f"{PASSKEYS}/{deed}", data={"csrf_token": token}).status_code == 401


def test_only_the_pages_of_passkeys_load_their_script(member: Visitor, visitor: Visitor) -> None:
    for page in (member.get("/en/account/"), member.get(PASSKEYS), visitor.get(SIGN_IN)):
        assert len(page.all("script")) == 1
