"""Every kind of page held against axe, and on a phone: nothing wider than the screen, nothing broken, nothing from elsewhere."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from elearn.actions import session as sessions
from elearn.lang import LANGUAGES
from tests.journeys.conftest import Site
from tests.journeys.watched import Window, site_tour
from tests.tour import Station, Tour

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: The pattern page shows every component more than once, landmarks among them.
EXCUSED: dict[str, dict[str, Any]] = {"patterns": {"landmark-unique": {"enabled": False}}}


@pytest.fixture
def trip(site: Site, monkeypatch: pytest.MonkeyPatch) -> Tour:
    """A tour of its own for each test: some pages ask for a fresh sign-in, which lasts here as long as a slow machine may need."""
    monkeypatch.setattr(sessions, "FRESH", timedelta(hours=1))
    return site_tour(site)


@pytest.fixture
def light(browser: Browser, site: Site, trip: Tour) -> Iterator[Window]:
    window = Window(browser, site, trip)
    yield window
    window.close()


@pytest.fixture
def dark(browser: Browser, site: Site, trip: Tour) -> Iterator[Window]:
    window = Window(browser, site, trip, dark=True)
    yield window
    window.close()


def judged(page: Page, station: Station) -> list[str]:
    """List what axe finds, with the first place of each, and whether the page is wider than the phone."""
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": EXCUSED.get(station.name, {}), "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    faults = [f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary'][:300]}" for one in found]
    width = page.evaluate("document.documentElement.scrollWidth")
    return faults + ([f"{width} px wide"] if width > page.evaluate("innerWidth") else [])


def walked(window: Window, lang: str, trip: Tour) -> dict[str, list[str]]:
    """Go to every station and give the faults of those that have some."""
    faults = {station.name: judged(window.open(lang, station), station) for station in trip.stations}
    return {name: found for name, found in faults.items() if found}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_there_for_everybody(lang: str, light: Window, trip: Tour) -> None:
    assert walked(light, lang, trip) == {}
    assert light.watch.faults == []


def test_every_page_is_there_in_the_dark(dark: Window, trip: Tour) -> None:
    assert walked(dark, "ru", trip) == {}
    assert dark.watch.faults == []
