"""The page before an outside link, course media, and addresses without a language."""

import pytest
from flask import Flask

from elearn.runtime import Runtime
from tests.visitor import Visitor
from tests.web.conftest import Publish
from tests.web.teaching import publish_open


def test_a_link_outside_says_where_it_leads(visitor: Visitor) -> None:
    page = visitor.get("/en/leave?to=https://www.ohchr.org/en?a=1%26b=2")
    assert "www.ohchr.org" in page.text
    link = page.one("a", href="https://www.ohchr.org/en?a=1&b=2")
    assert link.get("rel") == "noreferrer noopener"
    assert page.one("meta", name="robots").get("content") == "noindex"


@pytest.mark.parametrize(
    "target",
    [
        "",
        "javascript:alert(1)",
        "http://www.ohchr.org/",
        "//www.ohchr.org/",
        "https:",
        "https://",
        "https://me:secret@www.ohchr.org/",
        "https://www.ohchr.org@evil.example/",
        "https://evil.example%5C.ohchr.org/",
        "https://www.oh%0Achr.org/",
        "https://www.oh%C2%ADchr.org/",
        "https://www.ohchr%E2%80%AE.org/",
        "https://a..b/",
        "https://" + "a" * 64 + ".org/",
        "https://www.ohchr.org/%E2%80%AEgro",
        "https://[",
        "https://[::1",
        "data:text/html,x",
        "https://www.ohchr.org/" + "a" * 2000,
    ],
)
def test_an_address_that_could_mislead_is_refused(visitor: Visitor, target: str) -> None:
    assert visitor.get(f"/en/leave?to={target}", status=404).heading == "There is no page here"


@pytest.mark.parametrize(("host", "told"), [("оhchr.org", "xn--hchr-45d.org"), ("құқық.kz", "xn--01a3nab1i.kz"), ("www.ohchr.org", "")])
def test_a_name_of_other_letters_is_shown_as_machines_write_it_too(visitor: Visitor, host: str, told: str) -> None:
    page = visitor.get(f"/en/leave?to=https://{host}/a")
    assert host in page.text
    assert [code.text for code in page.all("code")] == ([told] if told else [])


@pytest.mark.parametrize(("path", "kind"), [("river.webp", "image/webp"), ("map.png", "image/png")])
def test_media_may_be_kept_for_ever_and_run_nothing(app: Flask, runtime: Runtime, path: str, kind: str) -> None:
    release = publish_open(runtime)
    answer = app.test_client().get(f"/media/{release}/{path}")
    assert (answer.status_code, answer.mimetype) == (200, kind)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("path", ["1/nothing.png", "1/../course.toml", "999/map.png", "99999999999999999999/map.png", "x/map.png", "1/"])
def test_media_that_is_not_there_is_not_found(visitor: Visitor, publish_course: Publish, path: str) -> None:
    publish_course("every_kind")
    visitor.get(f"/media/{path}", status=404)


def test_what_could_act_in_a_browser_is_a_download(app: Flask, runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    release = publish_open(runtime)
    monkeypatch.setattr("mimetypes.guess_type", lambda _path: ("image/svg+xml", None))
    answer = app.test_client().get(f"/media/{release}/map.png")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == "attachment"


def test_the_server_says_that_it_lives(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_data()) == (200, b"ok\n")
