"""The tour of a served site in a browser: people who come in by the forms, and an eye on what each page does."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

from elearn.course.read import read
from elearn.course.source import Source
from elearn.web.app import create_app
from tests.courses import SHIPPED
from tests.journeys.conftest import PATIENCE, Site
from tests.tour import Station, Tour, tour
from tests.visitor import Visitor

COOKIE = "session"
COURSE = SHIPPED / "rights-and-obligations"
NEW = ("newcomer", "beginner", "graduate", "finisher")
#: Sends a form as it stands with some fields changed, without the browser's own checks.
SEND = """([send, fields]) => {
  const form = [...document.querySelectorAll("form[method=post]")].find((one) => new URL(one.action).pathname.endsWith(send));
  for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
  HTMLFormElement.prototype.submit.call(form);
}"""


def site_tour(site: Site) -> Tour:
    """Let new people join, sign the demo's admin in, and lead them to where they belong."""
    course, _ = read(Source.from_folder(COURSE))
    assert course is not None
    app = create_app(site.runtime)
    people = {who: Visitor(app.test_client()) for who in ("stranger", *NEW, "admin")}
    for who in NEW:
        people[who].submit(people[who].get("/en/account/join"), "/account/join")
    admin = site.accounts["admin"]
    form = people["admin"].get("/en/account/sign-in")
    people["admin"].submit(form, "/account/sign-in", {"handle": admin.handle, "passphrase": admin.passphrase})
    return tour(people, course)


@dataclass
class Watch:
    """What a page did that it should not: errors on the console, breaches of its policy among them, and requests to strangers."""

    origin: str
    faults: list[str] = field(default_factory=list)

    def console(self, message: ConsoleMessage) -> None:
        """Note what the browser complains about; an answer that is an error on purpose is no fault."""
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(message.text)

    def request(self, request: Request) -> None:
        """Note what is fetched from elsewhere."""
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")


class Window:
    """A browser window for each person of a tour, of one size and colour scheme."""

    def __init__(self, browser: Browser, site: Site, trip: Tour, *, dark: bool = False) -> None:
        self._browser, self._site, self._trip = browser, site, trip
        self._dark = dark
        self._pages: dict[str, Page] = {}
        self.watch = Watch(site.url)

    def open(self, lang: str, station: Station) -> Page:
        """Open a station, send its form if it has one, and check the status of the answer."""
        page = self._pages.get(station.who) or self._new_page(station.who)
        answer = page.goto(f"{self._site.url}/{lang}/{station.path}")
        if station.send:
            with page.expect_navigation() as waiting:
                page.evaluate(SEND, [station.send, dict(station.fields)])
            answer = waiting.value
        assert answer is not None
        assert answer.status == station.status, f"{answer.status} at {station.name}"
        return page

    def _new_page(self, who: str) -> Page:
        context: BrowserContext = self._browser.new_context(
            viewport={"width": 360, "height": 740}, color_scheme="dark" if self._dark else "light"
        )
        held = self._trip.people[who].client.get_cookie(COOKIE)
        if held is not None:
            context.add_cookies([{"name": COOKIE, "value": held.value, "url": self._site.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("console", self.watch.console)
        page.on("request", self.watch.request)
        self._pages[who] = page
        return page

    def close(self) -> None:
        """Close every window."""
        for page in self._pages.values():
            page.context.close()
