"""Bytes: the first and the repeated visit of a lesson in Chromium, and the HTML of every kind of page."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from statistics import median
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from bench.lines import Line
from bench.site import COURSE, Reader, Site, lessons
from elearn.lang import LANGUAGES, Language

_FIRST = 14_600
_REPEAT = 8_000
_REQUESTS = 4
_HTML = 40_000


@dataclass
class Visit:
    """What one visit loaded: bytes of bodies as sent, bytes of headers, requests; photographs and drawings apart."""

    bodies: float = 0
    headers: float = 0
    requests: int = 0
    pictures: set[str] = field(default_factory=set)
    heads: dict[str, float] = field(default_factory=dict)

    def received(self, event: dict[str, Any]) -> None:
        """Note the headers of one answer."""
        if "/media/" in event["response"]["url"]:
            self.pictures.add(event["requestId"])
        elif not event["response"].get("fromDiskCache"):
            self.heads[event["requestId"]] = event["response"]["encodedDataLength"]

    def finished(self, event: dict[str, Any]) -> None:
        """Count one answer that is there."""
        if event["requestId"] in self.heads:
            self.requests += 1
            self.headers += self.heads[event["requestId"]]
            self.bodies += event["encodedDataLength"] - self.heads[event["requestId"]]


def html_size(port: int, path: str, reader: Reader | None = None) -> int:
    """Bytes of a page as it is, not compressed."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": reader.cookie} if reader else {})
    found = connection.getresponse().read()
    connection.close()
    return len(found)


def html_lines(site: Site, port: int, reader: Reader) -> Iterator[Line]:
    """The largest page of each kind over all languages."""
    quiz = "/".join(site.quiz_page())
    kinds: dict[str, list[str]] = {
        "home": [""],
        "catalogue": ["courses/"],
        "course": [f"courses/{COURSE}/"],
        "lesson": [f"courses/{COURSE}/{module}/{page}/" for module, page in lessons(site.published.course)],
        "quiz": [f"courses/{COURSE}/{quiz}/"],
        "attempt": [reader.attempt_href.removeprefix("/en/")],
        "dashboard": ["learn/"],
        "account": ["account/"],
        "join": ["account/join"],
        "sign-in": ["account/sign-in"],
        "verify": ["verify/"],
    }
    for kind, paths in kinds.items():
        visitor = None if kind in ("join", "sign-in") else reader
        sizes = {f"{tongue} {path}": html_size(port, f"/{tongue}/{path}", visitor) for tongue in LANGUAGES for path in paths}
        worst = max(sizes, key=sizes.__getitem__)
        yield Line(f"HTML of the largest {kind} page", sizes[worst], _HTML, "bytes", note=worst if sizes[worst] > _HTML else "")


def visit_lines(site: Site, port: int) -> Iterator[Line]:
    """First and repeated visits, empty cache, over the heaviest and the median lesson of each language."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")  # noqa: TID251 - the same switch as the tests
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        for tongue in LANGUAGES:
            yield from _of_language(browser, site, port, tongue)
        browser.close()


def _of_language(browser: Browser, site: Site, port: int, tongue: Language) -> Iterator[Line]:
    paths = [f"/{tongue}/courses/{COURSE}/{module}/{page}/" for module, page in lessons(site.published.course)]
    sizes = {path: html_size(port, path) for path in paths}
    middle = min(sizes, key=lambda path: abs(sizes[path] - median(sizes.values())))
    for word, path in (("heaviest", max(sizes, key=sizes.__getitem__)), ("median", middle)):
        first, repeat = _visits(browser, f"http://127.0.0.1:{port}{path}")
        heads = f"headers on top: {first.headers:,.0f}"
        yield Line(f"first visit of the {word} lesson, {tongue}", first.bodies, _FIRST, "bytes", note=heads)
        yield Line(f"requests of that visit, {word}, {tongue}", first.requests, _REQUESTS)
        yield Line(f"repeated visit of the {word} lesson, {tongue}", repeat.bodies, _REPEAT, "bytes")


def _visits(browser: Browser, url: str) -> tuple[Visit, Visit]:
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    protocol = context.new_cdp_session(page)
    found = []
    protocol.send("Network.enable")
    for _ in range(2):
        visit = Visit()
        found.append(visit)
        # each listener belongs to its visit; the earlier ones are told too, so they are taken off
        protocol.on("Network.responseReceived", visit.received)
        protocol.on("Network.loadingFinished", visit.finished)
        page.goto(url, wait_until="networkidle")
        protocol.remove_listener("Network.responseReceived", visit.received)
        protocol.remove_listener("Network.loadingFinished", visit.finished)
        page.goto("about:blank")
    context.close()
    return found[0], found[1]
