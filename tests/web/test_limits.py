"""The coarse limits: they count askers by a mark that changes daily and is never stored."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from elearn.access.timecode import code_at, step_at
from elearn.actions import passphrase as passphrases
from elearn.actions import session as sessions
from elearn.credential import serial
from elearn.runtime import Runtime
from elearn.store.counters import SignInCounterRow
from elearn.store.engine import Database
from elearn.store.tenancy import everyone
from elearn.web import limits
from elearn.web.app import create_app
from tests.conftest import StandingClock
from tests.factories import SEED, make_factor, make_organisation, make_person


def _mark(app: Flask, address: str) -> str:
    with app.test_request_context("/en/", environ_base={"REMOTE_ADDR": address}):
        return limits._asker()


def test_the_mark_of_an_asker_says_nothing_and_lasts_a_day(app: Flask, clock: StandingClock) -> None:
    first = _mark(app, "192.0.2.1")
    assert "192" not in first
    assert _mark(app, "192.0.2.1") == first
    assert _mark(app, "192.0.2.2") != first
    clock.move(days=1)
    assert _mark(app, "192.0.2.1") != first
    assert len(limits._secrets) == 1


@pytest.mark.parametrize("switched_on", [True, False])
def test_the_limits_can_be_switched_off(runtime: Runtime, switched_on: bool) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=switched_on)))
    assert app.config["RATELIMIT_ENABLED"] is switched_on


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_nobody_escapes_a_limit_by_naming_another_address(runtime: Runtime, hops: int) -> None:
    """Only as many addresses count as proxies of ours have put there; what the asker wrote herself stands before them."""
    settings = replace(runtime.settings, limit_requests=True, proxy_hops=hops, public_url="https://qadam.example")
    client = create_app(replace(runtime, settings=settings)).test_client()
    added = ", 192.0.2.7" * hops
    statuses = []
    for number in range(40):
        forged = {
            "X-Forwarded-For": f"198.51.100.{number}{added}",
            "X-Real-IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
        }
        statuses.append(client.get(f"/en/verify/{serial.make(bytes(15))}", headers=forged).status_code)
    assert (statuses.count(404), statuses.count(429)) == (30, 10)


def limited(runtime: Runtime) -> Flask:
    return create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=True)))


def try_to_sign_in(client: FlaskClient, handle: str, *, address: str = "127.0.0.1") -> int:
    page = client.get("/en/account/sign-in").get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    data = {"csrf_token": token[1], "handle": handle, "passphrase": "wrong wrong wrong wrong"}
    return client.post("/en/account/sign-in", data=data, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "192.0.2.1"])
def test_a_flood_of_strangers_is_put_off_before_anything_is_counted(runtime: Runtime, database: Database, address: str) -> None:
    client = limited(runtime).test_client()
    statuses = [try_to_sign_in(client, f"nobody-{number}", address=address) for number in range(20)]
    assert statuses == [422] * 10 + [503] * 10
    with database.read() as session:
        assert session.scalar(select(func.count(SignInCounterRow.key))) == 10


def test_strangers_may_come_again_when_time_has_passed(runtime: Runtime, clock: StandingClock) -> None:
    client = limited(runtime).test_client()
    assert [try_to_sign_in(client, f"nobody-{number}") for number in range(11)][-1] == 503
    clock.move(seconds=5)
    assert [try_to_sign_in(client, f"nobody-{number}") for number in range(20, 31)].count(422) == 10


def test_a_trusted_browser_is_not_shut_out_by_a_flood(runtime: Runtime, database: Database, clock: StandingClock) -> None:
    with database.transaction() as session, everyone(session):
        person = make_person(session, make_organisation(session).id, "mirava-lodet")
        person.passphrase_hash = passphrases.make_hash("tulip kettle morning")
        device = sessions.open_session(session, person, now=clock.now, trust=True).device
    app = limited(runtime)
    flood, hers, forged = app.test_client(), app.test_client(), app.test_client()
    assert [try_to_sign_in(flood, f"nobody-{number}") for number in range(11)][-1] == 503
    forged.set_cookie("device", "x" * 43, domain="localhost")
    assert try_to_sign_in(forged, "mirava-lodet") == 503
    hers.set_cookie("device", device, domain="localhost")
    assert [try_to_sign_in(hers, f"other-{number}") for number in range(6)] == [422] * 5 + [503]
    clock.move(seconds=10)
    assert try_to_sign_in(hers, "mirava-lodet") == 422  # the words were wrong, but they were looked at


def test_the_address_of_a_machine_of_ours_is_no_asker(runtime: Runtime, clock: StandingClock) -> None:
    """All who come through an onion service share it; thirty of a class sign in within the minute."""
    client, statuses = limited(runtime).test_client(), []
    for number in range(40):
        statuses.append(try_to_sign_in(client, f"pupil-{number}"))
        clock.move(seconds=1)
    assert set(statuses) == {422}


def test_every_form_that_is_held_back_is_there(app: Flask) -> None:
    assert app.view_functions.keys() >= limits.HASHING


@pytest.mark.parametrize("said", ["unknown", "unix:", "_hidden", "192.0.2.1:4711", "[2001:db8::1]", "", "a" * 5_000])
def test_a_proxy_that_names_no_address_breaks_nothing(runtime: Runtime, said: str) -> None:
    settings = replace(runtime.settings, limit_requests=True, proxy_hops=1)
    app = create_app(replace(runtime, settings=settings))
    client = app.test_client()
    page = client.get("/en/account/sign-in", headers={"X-Forwarded-For": said}).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/en/account/sign-in", data={"csrf_token": token, "handle": "x"}, headers={"X-Forwarded-For": said})
    assert answer.status_code == 422


def token_of(client: FlaskClient, path: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def test_a_flood_from_an_address_that_all_share_keeps_nobody_from_her_second_factor(
    runtime: Runtime, database: Database, clock: StandingClock
) -> None:
    """Behind an onion service: whoever has shown her passphrase is not counted with strangers."""
    with database.transaction() as session, everyone(session):
        person = make_person(session, make_organisation(session).id, "mirava-lodet")
        make_factor(session, person, runtime.keys.seal)
        waiting = sessions.let_in(session, person, now=clock.now)
    app = limited(runtime)
    flood, hers = app.test_client(), app.test_client()
    flood.set_cookie("step", "x" * 43, domain="localhost")
    data = {"csrf_token": token_of(flood, "/en/account/sign-in"), "code": "000000"}
    assert [flood.post("/en/account/sign-in/code", data=data).status_code for _ in range(31)][-1] == 429
    hers.set_cookie("step", waiting.token, domain="localhost")
    code = code_at(SEED, step_at(clock.now))
    answer = hers.post("/en/account/sign-in/code", data={"csrf_token": token_of(hers, "/en/account/sign-in/code"), "code": code})
    assert answer.status_code == 303


def test_a_flood_from_an_address_that_all_share_keeps_nobody_from_her_account(
    runtime: Runtime, database: Database, clock: StandingClock
) -> None:
    with database.transaction() as session, everyone(session):
        person = make_person(session, make_organisation(session).id, "mirava-lodet")
        opened = sessions.open_session(session, person, now=clock.now)
    app = limited(runtime)
    flood, hers = app.test_client(), app.test_client()
    data = {"csrf_token": token_of(flood, "/en/account/sign-in")}
    for _ in range(40):
        flood.post("/en/account/factor/begin", data=data)
    hers.set_cookie("session", opened.token, domain="localhost")
    assert hers.post("/en/account/factor/begin", data={"csrf_token": token_of(hers, "/en/account/factor")}).status_code == 200
