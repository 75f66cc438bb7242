"""The signed cookie of forms and its tokens: only ours, only for this, not for ever."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from elearn.runtime import Runtime, make_keys, utc_now
from elearn.web.app import create_app
from tests.conftest import StandingClock

PAGE = "/en/account/country"


def _token(client: FlaskClient) -> str:
    return client.get(PAGE).get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


def _send(client: FlaskClient, token: str) -> int:
    return client.post(PAGE, data={"country": "KZ", "csrf_token": token}).status_code


def _cookie(client: FlaskClient) -> str:
    cookie = client.get_cookie("form")
    assert cookie is not None
    return cookie.value


@pytest.mark.parametrize("place", [0, 5, -1, -20])
def test_a_changed_cookie_holds_nothing(app: Flask, place: int) -> None:
    client = app.test_client()
    token = _token(client)
    signs = list(_cookie(client))
    signs[place] = "A" if signs[place] != "A" else "Q"  # the last sign holds four bits of the signature: its own two are never looked at
    client.set_cookie("form", "".join(signs))
    assert _send(client, token) == 400


@pytest.mark.parametrize("value", ["", ".", "..", "e30.e30.e30", "eyJhIjogMX0.aaaa.", "a" * 4_000])
def test_an_unsigned_cookie_holds_nothing(app: Flask, value: str) -> None:
    client = app.test_client()
    token = _token(client)
    client.set_cookie("form", value)
    assert _send(client, token) == 400


def test_a_cookie_is_no_token_and_a_token_no_cookie(app: Flask) -> None:
    """Both are signed with one key, each for its own use."""
    client = app.test_client()
    token = _token(client)
    cookie = _cookie(client)
    assert _send(client, cookie) == 400
    client.set_cookie("form", token)
    assert _send(client, token) == 400
    client.set_cookie("session", token)
    assert client.get("/en/account/").status_code == 303
    client.set_cookie("session", cookie)
    assert client.get("/en/account/").status_code == 303


def test_a_token_of_another_browser_is_none(app: Flask) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    assert _token(here)
    assert _send(here, _token(elsewhere)) == 400


def test_a_token_of_another_installation_is_none(runtime: Runtime, app: Flask, tmp_path: Path) -> None:
    keys = make_keys(tmp_path.parent / f"{tmp_path.name}-other-keys", data=tmp_path)
    foreign = create_app(replace(runtime, keys=keys)).test_client()
    token = _token(foreign)
    client = app.test_client()
    client.set_cookie("form", _cookie(foreign))
    assert _send(foreign, token) == 303
    assert _send(client, token) == 400


def test_the_cookie_ends_after_a_month(app: Flask, clock: StandingClock) -> None:
    client = app.test_client()
    token = _token(client)
    clock.now = utc_now()  # the signature bears the true time
    clock.move(days=30)
    assert _send(client, token) == 303
    clock.move(days=2)
    assert _send(client, token) == 400
