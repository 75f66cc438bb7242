"""A crawl without scripts from every home page along our own links: nothing broken, nobody else asked, each page whole on its own."""

from collections import deque
from urllib.parse import urldefrag, urlsplit

import pytest

from elearn.lang import LANGUAGES
from elearn.runtime import utc_now
from tests.journeys.conftest import OpenTab, Site, Tab

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

#: More pages than one language has; a crawl that does not end is a trap for search engines too.
MOST = 200


def own(address: str, lang: str, site: Site) -> bool:
    """Whether a link leads to a page of this site in this language; other languages have a crawl of their own."""
    return address.startswith(f"{site.url}/{lang}/") and "/leave?" not in address


def without_way_back(address: str) -> str:
    """Drop the fragment, and the note where to go after signing in."""
    plain = urldefrag(address).url
    return plain.partition("?")[0] if "next=" in plain else plain


def crawled(tab: Tab, lang: str, site: Site) -> dict[str, int]:
    """Follow every link of ours; gives the status of each page."""
    waiting, seen = deque([f"{site.url}/{lang}/"]), dict[str, int]()
    while waiting and len(seen) < MOST:
        address = waiting.popleft()
        if address in seen:
            continue
        answer = tab.page.goto(address, wait_until="domcontentloaded")
        assert answer is not None
        seen[address] = answer.status
        assert tab.page.locator("h1").count() == 1, address
        links = tab.page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.href)")
        waiting.extend(link for link in map(without_way_back, links) if own(link, lang, site) and link not in seen)
    return seen


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_page_can_be_reached_without_a_script_and_asks_nobody_else(lang: str, open_tab: OpenTab, site: Site) -> None:
    tab = open_tab(lang, script=False)
    seen = crawled(tab, lang, site)
    assert {address: status for address, status in seen.items() if status >= 400} == {}
    assert tab.strangers() == []
    assert len(seen) < MOST
    paths = {urlsplit(address).path for address in seen}
    assert {f"/{lang}/", f"/{lang}/courses/", f"/{lang}/verify/", f"/{lang}/account/join"} <= paths
    with site.runtime.database.read() as session:
        course = site.runtime.shelf.course(session, "rights-and-obligations", now=utc_now()).course
    of_course = {f"/{lang}/courses/{course.id}/{module.id}/{page.id}/" for module, page in course.pages()}
    assert of_course <= paths
