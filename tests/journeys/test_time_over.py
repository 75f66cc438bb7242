"""With scripts, a page that is open when the time of a quiz ends says so by itself, once, where a screen reader hears it."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from elearn.runtime import Runtime
from elearn.web.app import create_app
from tests.visitor import Visitor
from tests.web.teaching import FINAL, publish_open

pytestmark = pytest.mark.browser

ORIGIN = "http://quiz.example"


def test_at_the_end_of_the_time_the_open_page_says_what_to_do(browser: Browser, runtime: Runtime, organisation_id: str) -> None:
    assert organisation_id
    publish_open(runtime)
    who = Visitor(create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=False))).test_client())
    who.submit(who.get("/en/account/join"), "/account/join")
    quiz = who.submit(who.get(FINAL), "/start").address

    def answer(route: Route) -> None:
        with who.client.get(urlsplit(route.request.url).path) as got:
            route.fulfill(body=got.get_data(), status=got.status_code, content_type=got.content_type)

    page = browser.new_page()
    page.route("**/*", answer)
    page.clock.install()
    page.goto(f"{ORIGIN}{quiz}")
    said = page.get_by_role("status").filter(has_text="The time is over.")
    expect(page.get_by_text("Time left: 30:00")).to_be_visible()
    page.clock.fast_forward("29:59")
    expect(page.get_by_text("Time left: 0:01")).to_be_visible()
    expect(said.locator("span")).to_be_hidden()
    page.clock.fast_forward("00:01")
    expect(page.get_by_text("Time left: 0:00")).to_be_visible()
    expect(said.locator("span")).to_be_visible()
    expect(said).to_have_text("The time is over. What is saved counts: please hand in now.")
    page.close()
