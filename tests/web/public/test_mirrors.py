"""Where else the site is found: shown when there are mirrors, with the signed list and the line that checks it."""

from dataclasses import replace

import pytest
from flask import Flask

from elearn.actions.mirrors import SignedMirrors, sign_mirrors
from elearn.config import Settings
from elearn.credential.mirrors import read
from elearn.credential.note import read_key
from elearn.runtime import Runtime, open_notary
from elearn.store import audit
from elearn.store.settings import put_setting
from tests.conftest import StandingClock
from tests.factories import NOW
from tests.visitor import Visitor

PAGE, FILE = "/en/mirrors", "/mirrors.txt"
MIRRORS = ("https://mirror.example", f"http://{'a' * 56}.onion")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings of a site that has mirrors."""
    return replace(settings, mirrors=MIRRORS)


@pytest.fixture
def signed(runtime: Runtime) -> SignedMirrors:
    """The list, signed as the daily work signs it."""
    with runtime.database.transaction() as session:
        audit.record(session, "verb", organisation_id="", actor="operator", about="thing", now=NOW)
    address, defaults = runtime.settings.public_url, runtime.site_defaults
    made = sign_mirrors(runtime.database, lambda: open_notary(runtime.settings), address=address, defaults=defaults, now=runtime.clock())
    assert made is not None
    return made


def test_a_site_without_mirrors_has_no_page_about_them(visitor: Visitor, runtime: Runtime, signed: SignedMirrors) -> None:
    with runtime.database.transaction() as session:
        put_setting(session, "site", {"mirrors": []})
    visitor.get(PAGE, status=404)
    visitor.get(FILE, status=404)
    assert not [link for link in visitor.get("/en/safety").all("a") if link.get("href") == PAGE]


def test_the_page_shows_the_addresses_and_how_they_are_checked(visitor: Visitor, signed: SignedMirrors) -> None:
    assert visitor.get("/en/safety").one("a", href=PAGE) is not None
    page = visitor.get(PAGE)
    assert [code.text for code in page.all("code")] == [
        "http://127.0.0.1:8000",
        *MIRRORS,
        signed.key,
        "elearn mirrors verify mirrors.txt --key key.txt",
    ]
    assert "last on 2 March 2026" in page.text
    assert page.one("a", href=FILE) is not None
    assert page.one("meta", name="robots").get("content") == "noindex"


def test_the_file_is_checked_with_the_line_of_the_page_and_sets_no_cookie(app: Flask, signed: SignedMirrors) -> None:
    answer = app.test_client().get(FILE)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    assert read(answer.get_data(as_text=True), [read_key(signed.key)[1]]).addresses == ("http://127.0.0.1:8000", *MIRRORS)
    assert "Set-Cookie" not in answer.headers
    assert len(answer.get_data()) < 600


def test_no_list_is_given_out_that_is_not_what_holds_now(visitor: Visitor, runtime: Runtime, signed: SignedMirrors) -> None:
    with runtime.database.transaction() as session:
        put_setting(session, "site", {"mirrors": [MIRRORS[0]]})
    page = visitor.get(PAGE)
    assert MIRRORS[0] in page.text
    assert MIRRORS[1] not in page.text
    assert "within a day" in page.text
    visitor.get(FILE, status=404)


def test_before_the_first_signing_the_page_says_so(visitor: Visitor, clock: StandingClock) -> None:
    assert "has not been signed" in visitor.get(PAGE).text
    visitor.get(FILE, status=404)


def test_the_web_needs_no_key_for_it(runtime: Runtime, signed: SignedMirrors, visitor: Visitor) -> None:
    for file in runtime.settings.keys.glob("audit.key"):
        file.unlink()
    assert signed.key in visitor.get(PAGE).text
