"""The second step of signing in: nothing that sign-in carries is lost, and nothing opens before the code."""

import re
from dataclasses import replace

from elearn.access.timecode import code_at, step_at
from elearn.actions import account, factor
from elearn.runtime import Runtime
from elearn.store import factors
from elearn.store.people import PersonRow
from elearn.store.sealed import Key
from elearn.store.sessions import list_sessions
from elearn.web.app import create_app
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, SEED, make_factor, make_person, make_signed_in
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import Publish, SignInAs

SIGN_IN = "/en/account/sign-in"
PROOF = f"{SIGN_IN}/code"
QUIZ = "/en/courses/every-kind/quizzes/final/"


def code(clock: StandingClock) -> str:
    return code_at(SEED, step_at(clock.now))


def passphrase(visitor: Visitor, page: Seen, **more: str | list[str]) -> Seen:
    return visitor.submit(page, "/account/sign-in", {"handle": "mirava-lodet-47", "passphrase": PASSPHRASE, **more})


def test_a_page_is_reached_in_two_steps(visitor: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    page = passphrase(visitor, visitor.get("/en/account/sessions"))
    assert (page.address, page.heading) == (PROOF, "A code from your app")
    assert visitor.get("/en/learn/").address == SIGN_IN
    page = visitor.submit(page, "/account/sign-in/code", {"code": "000000"}, status=422)
    assert "does not fit" in page.text
    assert page.one("input", name="code").get("value") == ""
    page = visitor.submit(page, "/account/sign-in/code", {"code": code(clock)})
    assert page.address == "/en/account/sessions"
    assert visitor.client.get_cookie("step") is None


def test_the_step_has_a_cookie_of_its_own_under_the_same_rules(runtime: Runtime, guarded: PersonRow) -> None:
    client = create_app(replace(runtime, settings=replace(runtime.settings, public_url="https://a.example"))).test_client()
    address = f"https://a.example{SIGN_IN}"
    token = re.findall('name="csrf_token" value="([^"]+)"', client.get(address).get_data(as_text=True))[0]
    answer = client.post(address, data={"csrf_token": token, "handle": guarded.handle, "passphrase": PASSPHRASE})
    assert answer.status_code == 303
    (cookie,) = [line for line in answer.headers.getlist("Set-Cookie") if "step" in line]
    assert cookie.startswith("__Host-step=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=600"} <= set(cookie.split("; "))


def test_whose_phone_is_fast_is_told_what_to_do_and_its_code_is_taken_when_its_time_has_come(
    visitor: Visitor, guarded: PersonRow, clock: StandingClock
) -> None:
    page = passphrase(visitor, visitor.get(SIGN_IN))
    early = code_at(SEED, step_at(clock.now) + 1)
    page = visitor.submit(page, "/account/sign-in/code", {"code": early}, status=422)
    assert "set it to automatic time" in page.text
    clock.move(seconds=30)
    visitor.submit(page, "/account/sign-in/code", {"code": early})
    assert visitor.get("/en/account/sessions").address == "/en/account/sessions"


def test_whose_code_our_keys_cannot_check_is_told_so_and_comes_in_by_paper(
    visitor: Visitor, runtime: Runtime, guarded: PersonRow, clock: StandingClock
) -> None:
    codes = factor.new_codes(runtime.database, make_signed_in(guarded), now=clock.now)
    with runtime.database.transaction(guarded.organisation_id) as session:
        factors.delete_factor(session, guarded.id)
        make_factor(session, guarded, [Key("drawn-later", bytes(32))])
    page = passphrase(visitor, visitor.get("/en/account/sessions"))
    for _ in range(6):
        page = visitor.submit(page, "/account/sign-in/code", {"code": code(clock)}, status=422)
        assert "This is no fault of yours, and the try is not counted." in page.text
        assert "sealed-elsewhere" not in page.text
    assert visitor.submit(page, "/account/sign-in/code", {"code": codes[0]}).address == "/en/account/sessions"


def test_an_answer_waits_through_both_steps_and_is_saved(
    guarded: PersonRow, sign_in_as: SignInAs, publish_course: Publish, clock: StandingClock
) -> None:
    member = sign_in_as(guarded)
    publish_course("minimal")
    publish_course("every_kind")
    page = member.get(f"{member.submit(member.get(QUIZ), '/start').address}?q=2")
    question = page.address
    choices = [field for field in page.form("/answer").iter("input") if field.get("type") == "radio"]
    answer: dict[str, str | list[str]] = {choices[0].get("name", ""): choices[0].get("value", "")}
    member.client.delete_cookie("session")
    page = passphrase(member, member.submit(page, "/answer", answer, status=401))
    assert "What you typed before is kept" in page.text
    page = member.submit(page, "/account/sign-in/code", {"code": ""}, status=422)
    page = member.submit(page, "/account/sign-in/code", {"code": "000000"}, status=422)
    page = _speak(member, page, "ru")
    page = member.submit(page, "/account/sign-in/code", {"code": code(clock)})
    assert page.form("/answer").get("data-module") == "again"
    page = member.submit(page, "/answer")
    assert (page.address[:4], page.response.request.query_string) == ("/ru/", b"q=3")
    saved = filled(member.get(f"{question}?q=2").form("/answer"))
    assert {name: saved[name] for name in answer} == {name: [value] for name, value in answer.items()}


def _speak(member: Visitor, page: Seen, language: str) -> Seen:
    button = page.one("button", lang=language)
    assert button.get("form") == "proof"
    data = {**filled(page.form("/account/sign-in/code")), "speak": [language]}
    return member._seen(member.client.post(button.get("formaction", ""), data=data), 200)


def test_an_answer_is_not_lost_when_the_second_step_takes_too_long(visitor: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    kept: dict[str, str | list[str]] = {"keep-to": "/en/courses/minimal/first/hello/practise", "keep-choice": ["a", "b"]}
    page = passphrase(visitor, visitor.get(SIGN_IN), **kept)
    clock.move(minutes=11)
    page = visitor.submit(page, "/account/sign-in/code", {"code": code(clock)}, status=401)
    assert "More than ten minutes passed" in page.text
    page = passphrase(visitor, page)
    page = visitor.submit(page, "/account/sign-in/code", {"code": code(clock)})
    assert filled(page.form("/practise"))["choice"] == ["a", "b"]


def test_an_old_page_of_the_second_step_still_holds_the_answer_but_nothing_else(visitor: Visitor, guarded: PersonRow) -> None:
    answer = "/en/courses/minimal/first/hello/practise"
    for to, times in ((answer, 1), ("/en/account/erase", 0)):
        page = visitor.client.post(PROOF, data={"csrf_token": "old", "code": "1", "keep-to": to, "keep-choice": "b"})
        assert page.status_code == 400
        assert page.get_data(as_text=True).count('name="keep-choice" value="b"') == times


def test_without_a_passphrase_there_is_no_second_step(visitor: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    assert visitor.get(f"{PROOF}?next=/en/account/").address == SIGN_IN
    form = filled(visitor.get(SIGN_IN).form("/account/sign-in"))
    answer = visitor.client.post(PROOF, data={"csrf_token": form["csrf_token"], "code": code(clock)})
    assert answer.status_code == 401


def test_the_code_of_one_person_finishes_no_sign_in_of_another(
    visitor: Visitor, guarded: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    with runtime.database.transaction() as session:
        other = make_person(session, guarded.organisation_id, "other-one-12")
    keys = runtime.keys.seal
    with runtime.database.transaction(other.organisation_id) as session:
        seed = factor.begin(session, make_signed_in(other), keys=keys)
    hers = code_at(seed, step_at(clock.now))
    factor.switch_on(runtime.database, make_signed_in(other), hers, keys=keys, now=clock.now)
    page = passphrase(visitor, visitor.get(SIGN_IN))
    visitor.submit(page, "/account/sign-in/code", {"code": code_at(seed, step_at(clock.now) - 1)}, status=422)


def test_guessing_codes_makes_wait(visitor: Visitor, guarded: PersonRow, clock: StandingClock) -> None:
    page = passphrase(visitor, visitor.get(SIGN_IN))
    for _ in range(3):
        page = visitor.submit(page, "/account/sign-in/code", {"code": "000000"}, status=422)
    page = visitor.submit(page, "/account/sign-in/code", {"code": code(clock)}, status=429)
    assert "There were too many tries." in page.text


def test_a_fresh_sign_in_asks_for_the_code_too_and_goes_on(
    guarded: PersonRow, sign_in_as: SignInAs, clock: StandingClock, runtime: Runtime
) -> None:
    member = sign_in_as(guarded)
    clock.move(minutes=6)
    page = passphrase(member, member.get("/en/account/export"))
    assert page.address == PROOF
    assert member.get("/en/learn/").address == "/en/learn/", "the old session lives until the new one opens"
    page = member.submit(member.get(f"{PROOF}?next=/en/account/export"), "/account/sign-in/code", {"code": code(clock)})
    assert page.address == "/en/account/export"
    with runtime.database.read(guarded.organisation_id) as session:
        assert len(list_sessions(session, guarded.id)) == 1


def test_whoever_comes_back_by_the_sheet_is_asked_for_the_code(
    visitor: Visitor, guarded: PersonRow, runtime: Runtime, clock: StandingClock
) -> None:
    sheet = account.new_recovery_sheet(runtime.database, make_signed_in(guarded), now=clock.now)
    page = visitor.submit(visitor.get("/en/account/recover"), "/account/recover", {"handle": guarded.handle, "code": sheet[0]})
    assert page.address == PROOF
    assert "The code is used up: strike it out." in page.text
    assert visitor.submit(page, "/account/sign-in/code", {"code": code(clock)}).address == "/en/account/"


def test_a_code_of_the_sheet_is_struck_out(visitor: Visitor, guarded: PersonRow, runtime: Runtime, clock: StandingClock) -> None:
    codes = factor.new_codes(runtime.database, make_signed_in(guarded), now=clock.now)
    page = visitor.submit(passphrase(visitor, visitor.get(SIGN_IN)), "/account/sign-in/code", {"code": codes[0]})
    assert "The code of your sheet is used up: strike it out." in page.text


def test_leaving_takes_the_cookie_of_a_step_along(visitor: Visitor, guarded: PersonRow) -> None:
    page = passphrase(visitor, visitor.get(SIGN_IN))
    visitor.client.post("/en/account/exit", data=filled(page.form("/account/exit")))
    assert visitor.client.get_cookie("step") is None
