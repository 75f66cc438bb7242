"""Pages about what went wrong: what to do next, the right status, nothing about people in them or in the log."""

import logging
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from elearn.credential import serial
from elearn.errors import Conflict, ElearnError, Invalid, Refused
from elearn.runtime import Runtime
from elearn.web.app import create_app
from elearn.web.public import home
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE
from tests.visitor import Visitor, filled

SIGN_IN = "/en/account/sign-in"


def _raising(error: Exception) -> Callable[..., None]:
    def act(*_parts: object, **_more: object) -> None:
        raise error

    return act


@pytest.fixture
def broken(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Visitor:
    """A visitor of an installation whose home page crashes with words that must not be logged."""
    fault = OperationalError("SELECT * FROM secret_table", {"text": "my private answer"}, Exception("mirava-lodet-47"))
    monkeypatch.setattr(home, "course_cards", _raising(fault))
    return Visitor(create_app(runtime).test_client())


@pytest.mark.parametrize(
    "address", ["/en/nothing", "/en/courses/nothing/", "/en/courses/a/b/c/", "/nothing", "/de/", "/static/nothing.css"]
)
def test_an_unknown_address_says_what_to_do_next(visitor: Visitor, address: str) -> None:
    page = visitor.get(address, status=404)
    assert page.heading == "There is no page here"
    assert "/en/courses/" in page.links()
    assert page.one("meta", name="robots").get("content") == "noindex"


def test_an_address_without_language_speaks_that_of_the_reader(visitor: Visitor) -> None:
    answer = visitor.client.get("/nothing", headers={"Accept-Language": "tg,en;q=0.5"})
    assert '<html lang="tg"' in answer.get_data(as_text=True)
    visitor.client.set_cookie("lang", "kk")
    assert visitor.get("/de/nothing", status=404).tree.get("lang") == "kk"


def test_a_method_that_no_page_has_is_told_so(app: Flask) -> None:
    answer = app.test_client().post("/en/courses/", data={"csrf_token": "x"})
    assert answer.status_code in (400, 405)
    assert app.test_client().put("/en/safety").status_code in (400, 405)


@pytest.mark.parametrize(
    ("kind", "much"),
    [
        ("application/x-www-form-urlencoded", {"handle": "x" * 1_000_001}),
        ("multipart/form-data", {f"field-{number}": "x" for number in range(600)}),
    ],
)
def test_too_much_at_once_is_refused_with_a_page(visitor: Visitor, kind: str, much: dict[str, str]) -> None:
    form = filled(visitor.get(SIGN_IN).form("/account/sign-in"))
    answer = visitor.client.post(SIGN_IN, data={**form, **much}, content_type=kind)
    assert answer.status_code == 413
    assert "This is too much at once" in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["/en/search?q=%00", "/en/verify/%00", "/%00", "/en/leave?%00=1"])
def test_a_nul_is_refused_before_it_reaches_a_database(app: Flask, address: str) -> None:
    assert app.test_client().get(address).status_code == 400


def test_a_nul_in_a_form_is_refused(visitor: Visitor) -> None:
    form = filled(visitor.get(SIGN_IN).form("/account/sign-in"))
    assert visitor.client.post(SIGN_IN, data={**form, "handle": "a\0b", "passphrase": PASSPHRASE}).status_code == 400


def test_a_script_gets_errors_as_json(app: Flask) -> None:
    answer = app.test_client().get("/en/nothing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert "address may be old" in (answer.get_json() or {})["error"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(Conflict("form-key-used"), 409), (Invalid("bad-form-key"), 422), (Refused("busy"), 403), (ElearnError("what-is-this"), 400)],
)
def test_every_error_of_ours_has_its_status_and_sentence(
    app: Flask, monkeypatch: pytest.MonkeyPatch, error: ElearnError, status: int
) -> None:
    monkeypatch.setattr(home, "course_cards", _raising(error))
    page = Visitor(app.test_client()).get("/en/", status=status)
    assert page.heading == "This did not work"
    assert ("(what-is-this)" in page.text) == (error.code == "what-is-this")


def test_a_crash_shows_a_number_and_logs_it_with_nothing_else(broken: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        page = broken.get("/en/?of=query", status=500)
    assert page.heading == "Something broke on our side"
    logged = [record for record in caplog.records if record.name.startswith("elearn")]
    assert [record.exc_info for record in logged] == [None]
    said = logged[0].getMessage()
    assert said.split("crash id=")[1].split()[0] in page.text
    assert "endpoint=public.home" in said
    for private in ("secret", "private", "mirava", "/en/", "query", "127.0.0.1"):
        assert private not in said
    assert "secret" not in page.response.get_data(as_text=True)


def test_a_crash_while_finding_out_who_asks_is_a_page_of_ours_too(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(runtime)
    fault = OperationalError("SELECT secret", {}, Exception("the database is gone"))
    monkeypatch.setattr("elearn.web.auth._load", _raising(fault))
    page = Visitor(app.test_client()).get("/en/learn/", status=500)
    assert page.heading == "Something broke on our side"
    assert "secret" not in caplog.text


def test_a_crash_of_the_page_about_a_crash_logs_no_address_either(
    broken: Visitor, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("elearn.web.errors.render", _raising(RuntimeError("secret words")))
    with pytest.raises(RuntimeError):
        broken.client.get("/en/?of=query")
    assert "crash of a page about a crash kind=RuntimeError" in caplog.text
    assert "query" not in caplog.text
    assert "secret" not in caplog.text


def test_reading_goes_on_when_the_time_last_seen_cannot_be_written(
    member: Visitor, monkeypatch: pytest.MonkeyPatch, clock: StandingClock
) -> None:
    monkeypatch.setattr("elearn.web.auth.sessions.touch", _raising(OperationalError("update", {}, Exception("disk is full"))))
    clock.move(minutes=6)
    assert member.get("/en/learn/").address == "/en/learn/"


def test_too_many_requests_are_told_to_wait(runtime: Runtime) -> None:
    visitor = Visitor(create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=True))).test_client())
    nobodys = serial.make(bytes(15))
    assert {visitor.client.get(f"/en/verify/{nobodys}").status_code for _ in range(30)} == {404}
    assert "Please wait a minute and try again." in visitor.get(f"/en/verify/{nobodys}", status=429).text
