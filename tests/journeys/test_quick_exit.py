"""The quick exit, with and without scripts: away at once, also when the server says nothing; the way back shows nothing."""

import pytest
from playwright.sync_api import Route

from tests.journeys.conftest import OpenTab, Site, Tab, until
from tests.journeys.test_learner_earns_certificate import sign_in

pytestmark = pytest.mark.browser

EXIT = "form[action$='/account/exit'] button"


def enter(tab: Tab, site: Site) -> str:
    """Sign in as the demo's learner, open a page of hers, and give the address that the exit leads to, which answers here."""
    account = site.accounts["learner"]
    sign_in(tab, account.handle, account.passphrase)
    tab.go("account/")
    away = site.runtime.settings.exit_url
    tab.page.context.route(f"{away}**", lambda route: route.fulfill(body="<h1>Elsewhere</h1>", content_type="text/html"))
    return away


def hold_the_exit(tab: Tab) -> list[Route]:
    """Let nothing that the exit sends arrive until it is let; the list gets what was sent."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    tab.page.context.route("**/account/exit", hold)
    return held


@pytest.mark.parametrize("script", [True, False])
def test_whoever_leaves_is_away_and_the_way_back_shows_nothing(open_tab: OpenTab, site: Site, script: bool) -> None:
    tab = open_tab("en", script=script)
    away = enter(tab, site)
    tab.page.locator(EXIT).click()
    tab.page.wait_for_url(away)
    assert tab.page.context.cookies() == []
    tab.page.go_back()
    assert "/account/sign-in" in tab.page.url


def test_with_scripts_a_server_that_says_nothing_keeps_nobody(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab("en")
    away = enter(tab, site)
    held = hold_the_exit(tab)
    tab.page.locator(EXIT).click()
    tab.page.wait_for_url(away)
    assert len(held) == 1


def test_with_scripts_an_exit_on_a_slow_line_still_ends_the_session(open_tab: OpenTab, site: Site) -> None:
    tab = open_tab("en")
    away = enter(tab, site)
    token = next(cookie["value"] for cookie in tab.page.context.cookies() if cookie["name"] == "session")
    held = hold_the_exit(tab)
    tab.page.locator(EXIT).click()
    tab.page.wait_for_url(away)
    held[0].continue_()
    other = open_tab("en")
    other.page.context.add_cookies([{"name": "session", "value": token, "url": site.url}])

    def is_out() -> bool:
        other.go("account/")
        return "/account/sign-in" in other.page.url

    until(other.page, is_out)
