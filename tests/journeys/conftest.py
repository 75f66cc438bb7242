"""A served installation with the shipped courses and demo accounts, and Chromium to visit it. No journey writes to the database."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect, sync_playwright
from werkzeug.serving import make_server

from elearn.actions import demo
from elearn.actions.demo import DemoAccount
from elearn.cli.demo import publish_shipped
from elearn.config import Settings
from elearn.runtime import Runtime, make_keys, utc_now
from elearn.store import migrate
from elearn.store.engine import Database
from elearn.web.app import create_app

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")  # noqa: TID251 - the tests' own switch
#: How long anything may take, in milliseconds: others may have the machine.
PATIENCE = 60_000

expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """A served installation."""

    url: str
    runtime: Runtime
    accounts: dict[str, DemoAccount]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served by threads of this process."""
    folder = tmp_path_factory.mktemp("site")
    settings = Settings(data=folder / "data", keys=folder / "keys", limit_requests=False, demo=True)
    settings.data.mkdir()
    keys = make_keys(settings.keys, data=settings.data)
    runtime = Runtime(settings=settings, database=Database(settings.database), clock=utc_now, keys=keys)
    migrate.upgrade(runtime.database)
    publish_shipped(runtime)
    with runtime.database.transaction() as session:
        accounts = {one.role: one for one in demo.seed(session, chance=runtime.chance, now=utc_now())}
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    served = replace(runtime, settings=replace(settings, public_url=url))
    server.app = create_app(served)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Site(url, served, accounts)
    server.shutdown()
    thread.join()
    runtime.database.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, if there is one."""
    if CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield launched
        launched.close()


def press(button: Locator) -> None:
    """Click what leads to another page, and wait until that is whole: a click alone is over when the page begins to come."""
    with button.page.expect_navigation():
        button.click()


def until(page: Page, ready: Callable[[], bool]) -> None:
    """Wait for what the page itself does not show."""
    for _ in range(PATIENCE // 100):
        if ready():
            return
        page.wait_for_timeout(100)
    pytest.fail("it never came")


@dataclass
class Tab:
    """One visitor's page, small as a phone, which remembers every address it asked."""

    page: Page
    site: Site
    lang: str
    downloads: Path
    asked: list[str]

    def go(self, path: str) -> None:
        """Open a page of the reader's language."""
        self.page.goto(f"{self.site.url}/{self.lang}/{path}")

    def strangers(self) -> list[str]:
        """List the requests that left the origin."""
        return [address for address in self.asked if not address.startswith((self.site.url, "data:", "blob:"))]


@pytest.fixture
def open_tab(browser: Browser, site: Site, tmp_path: Path) -> Iterator["OpenTab"]:
    """A function that opens one more visitor's tab."""
    opener = OpenTab(browser, site, tmp_path)
    yield opener
    opener.close()


class OpenTab:
    """Opens tabs, each with cookies of its own, and closes them all."""

    def __init__(self, browser: Browser, site: Site, downloads: Path) -> None:
        self._browser, self._site, self._downloads = browser, site, downloads
        self._opened: list[Page] = []

    def __call__(self, lang: str, *, script: bool = True, width: int = 360) -> Tab:
        context = self._browser.new_context(java_script_enabled=script, viewport={"width": width, "height": 740}, accept_downloads=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        asked: list[str] = []

        def remember(request: Request) -> None:
            asked.append(request.url)

        page.on("request", remember)
        self._opened.append(page)
        return Tab(page, self._site, lang, self._downloads, asked)

    def close(self) -> None:
        """Close every tab."""
        for page in self._opened:
            page.context.close()
