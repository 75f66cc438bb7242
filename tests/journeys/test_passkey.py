"""A passkey in a real browser with a device that Chromium plays: added beside codes, used at sign-in, refused after the address changed."""

import base64
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page
from werkzeug.serving import make_server

from elearn.access.timecode import code_at, step_at
from elearn.runtime import utc_now
from elearn.web.app import create_app
from tests.journeys.conftest import PATIENCE, Site, press

pytestmark = pytest.mark.browser

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def local(site: Site) -> Iterator[Site]:
    """The same site under a name: browsers bind no passkey to a bare number."""
    server = make_server("127.0.0.1", 0, create_app(site.runtime), threaded=True)
    url = f"http://localhost:{server.server_port}"
    runtime = replace(site.runtime, settings=replace(site.runtime.settings, public_url=url))
    server.app = create_app(runtime)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(url, runtime, site.accounts)
    server.shutdown()
    thread.join()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    yield opened
    context.close()


def plug_in(page: Page) -> CDPSession:
    """Give the browser a device for passkeys."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


def join_with_codes(page: Page, url: str) -> tuple[str, str]:
    """Join, switch the codes on; the handle and the passphrase."""
    page.goto(f"{url}/en/account/join")
    press(page.locator("main form[method=post] > div:last-child button").first)
    handle, passphrase = (page.locator("dd.secret").nth(number).inner_text() for number in range(2))
    page.goto(f"{url}/en/account/factor")
    press(page.locator("text=Set up codes").first)
    key = page.locator("p.secret code").inner_text().replace(" ", "")
    page.fill("input[name=code]", code_of(key))
    press(page.locator("text=Switch the codes on").first)
    assert page.locator("ol.codes li").count() == 10
    return handle, passphrase


def code_of(key: str) -> str:
    return code_at(base64.b32decode(key), step_at(utc_now()))


def begin_sign_in(page: Page, url: str, handle: str, passphrase: str) -> None:
    page.goto(f"{url}/en/account/sign-in")
    page.fill("input[name=handle]", handle)
    page.fill("input[name=passphrase]", passphrase)
    press(page.locator("main form[method=post] button[type=submit]").first)


def test_a_passkey_goes_round_in_a_browser(page: Page, local: Site) -> None:
    plug_in(page)
    handle, passphrase = join_with_codes(page, local.url)
    page.goto(f"{local.url}/en/account/passkeys")
    press(page.locator("text=Add a passkey").first)
    page.fill("input[name=label]", "Chromium")
    press(page.locator("text=Ask the device").first)
    assert page.url.endswith("/account/passkeys")
    assert "Chromium" in page.locator(".card").inner_text()
    page.context.clear_cookies()
    begin_sign_in(page, local.url, handle, passphrase)
    press(page.locator("text=Use a passkey instead").first)
    assert page.url.endswith("/learn/")


def test_a_device_without_the_passkey_is_told_and_the_code_still_lets_in(page: Page, local: Site) -> None:
    session = plug_in(page)
    handle, passphrase = join_with_codes(page, local.url)
    page.goto(f"{local.url}/en/account/passkeys")
    press(page.locator("text=Add a passkey").first)
    press(page.locator("text=Ask the device").first)
    assert page.url.endswith("/account/passkeys")
    page.context.clear_cookies()
    session.send("WebAuthn.disable")
    plug_in(page)
    begin_sign_in(page, local.url, handle, passphrase)
    page.click("text=Use a passkey instead")
    page.locator("#passkey-failed").wait_for(state="visible")
    assert page.locator("input[name=code]").is_visible()


def test_at_another_address_no_passkey_is_asked_for(page: Page, local: Site, site: Site) -> None:
    plug_in(page)
    handle, passphrase = join_with_codes(page, local.url)
    page.goto(f"{local.url}/en/account/passkeys")
    press(page.locator("text=Add a passkey").first)
    press(page.locator("text=Ask the device").first)
    assert page.url.endswith("/account/passkeys")
    begin_sign_in(page, site.url, handle, passphrase)
    assert page.locator("[data-passkey]").count() == 0
    assert page.locator("input[name=code]").is_visible()


def test_every_step_is_there_for_everybody_on_a_phone(page: Page, local: Site) -> None:
    plug_in(page)
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        faults[name] = [one["id"] for one in found] + ["too wide"] * wide

    handle, passphrase = join_with_codes(page, local.url)
    look("sheet")
    page.goto(f"{local.url}/en/account/factor")
    look("factor")
    press(page.locator("text=To my passkeys").first)
    look("passkeys")
    press(page.locator("text=Add a passkey").first)
    look("adding")
    press(page.locator("text=Ask the device").first)
    assert page.url.endswith("/account/passkeys")
    look("passkeys, one")
    page.context.clear_cookies()
    begin_sign_in(page, local.url, handle, passphrase)
    look("second step")
    assert faults == {key: [] for key in faults}
