"""The checked client: a test cannot fetch a bad page unnoticed. Every HTML answer is parsed strictly and held against the rules below."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from elearn.lang import LANGUAGES

CONTROLS = ("input", "select", "textarea")
BUTTONS = ("submit", "button", "image", "reset")
UNLABELLED = ("hidden", *BUTTONS)
REFERENCES = ("for", "aria-describedby", "aria-labelledby", "aria-controls")
FETCHED = {"img": "src", "script": "src", "source": "src", "audio": "src", "video": "src", "iframe": "src", "link": "href"}
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin"}


def text_of(element: Element) -> str:
    """Give the words of an element, spaces folded."""
    return " ".join("".join(element.itertext()).split())


@dataclass(frozen=True)
class Seen:
    """One page as fetched: its address after redirects, its status, its tree."""

    address: str
    response: TestResponse
    tree: Element

    @property
    def status(self) -> int:
        """The status of the answer."""
        return self.response.status_code

    @property
    def text(self) -> str:
        """What a reader reads: the words of the body."""
        return text_of(self.one("body"))

    @property
    def heading(self) -> str:
        """The words of the h1."""
        return text_of(self.one("h1"))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """List the elements of a tag that have these attributes."""
        return [found for found in self.tree.iter(tag) if all(found.get(name.rstrip("_")) == value for name, value in attributes.items())]

    def one(self, tag: str, **attributes: str) -> Element:
        """Give the only element of a tag with these attributes."""
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} × {tag} {attributes} on {self.address}"
        return found[0]

    def links(self) -> list[str]:
        """List where the links of the page lead, in reading order."""
        return [link.get("href", "") for link in self.tree.iter("a") if link.get("href")]

    def form(self, action: str) -> Element:
        """Give the only POST form whose action ends so (`""`: the page itself)."""
        found = [form for form in self.all("form", method="post") if urlsplit(form.get("action") or self.address).path.endswith(action)]
        assert len(found) == 1, f"{len(found)} forms to …{action} on {self.address}"
        return found[0]


class Visitor:
    """A person with a browser: cookies stay, forms are filled as they stand, redirects are followed."""

    def __init__(self, client: FlaskClient, *, neutral_title: str = "") -> None:
        self.client = client
        self.neutral_title = neutral_title

    def get(self, address: str, *, status: int = 200) -> Seen:
        """Fetch a page, through redirects, and check it."""
        return self._seen(self.client.get(address, follow_redirects=True), status)

    def submit(self, page: Seen, action: str, fields: Mapping[str, str | list[str]] | None = None, *, status: int = 200) -> Seen:
        """Fill the form that leads to `action`, send it, follow to the next page and check that."""
        form = page.form(action)
        data = {**filled(form), **(fields or {})}
        target = urljoin(page.address, form.get("action") or page.address)
        return self._seen(self.client.post(target, data=data, follow_redirects=True), status)

    def _seen(self, response: TestResponse, status: int) -> Seen:
        address = response.request.path
        assert response.status_code == status, f"{response.status_code} instead of {status} at {address}"
        assert response.mimetype == "text/html", address
        html = response.get_data(as_text=True)
        assert html.lstrip().lower().startswith("<!doctype html>"), address
        tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
        page = Seen(address, response, tree)
        faults = [*faults_of(page, self.neutral_title), *header_faults(response)]
        assert not faults, f"{address}: " + "; ".join(faults)
        return page


def filled(form: Element) -> dict[str, list[str]]:
    """Give what a browser would send of a form as it stands, buttons left out."""
    data: dict[str, list[str]] = {}
    for control in form.iter():
        name = control.get("name")
        if name and control.tag in CONTROLS:
            data.setdefault(name, []).extend(_values(control))
    return {name: values for name, values in data.items() if values}


def _values(control: Element) -> list[str]:
    kind = control.get("type", "text")
    if control.tag == "textarea":
        return [(control.text or "").removeprefix("\n")]
    if control.tag == "select":
        options = list(control.iter("option"))
        chosen = [option.get("value", "") for option in options if option.get("selected") is not None]
        return chosen or [option.get("value", "") for option in options[:1]]
    if kind in ("radio", "checkbox"):
        return [control.get("value", "on")] if control.get("checked") is not None else []
    return [] if kind in BUTTONS else [control.get("value", "")]


def header_faults(response: TestResponse) -> Iterator[str]:
    """Yield what the headers of an answer lack."""
    policy = response.headers.get("Content-Security-Policy", "")
    yield from (f"policy lacks {part}" for part in POLICY if part not in policy)
    yield from (f"{name} is not {value}" for name, value in HEADERS.items() if response.headers.get(name) != value)
    if "unsafe" in policy:
        yield "policy allows unsafe sources"


def faults_of(page: Seen, neutral_title: str = "") -> Iterator[str]:
    """Yield everything that is wrong with the HTML of a page."""
    yield from _language_faults(page)
    yield from _heading_faults(page, neutral_title)
    yield from _control_faults(page)
    yield from _inline_faults(page)
    ids = Counter(element.get("id") for element in page.tree.iter() if element.get("id"))
    yield from (f"id {name} stands {times} times" for name, times in ids.items() if times > 1)
    targets = {link[1:] for link in page.links() if link.startswith("#") and len(link) > 1}
    yield from (f"link to #{name} leads nowhere" for name in sorted(targets - set(ids)))
    yield from (f"picture {image.get('src')} has no alt" for image in page.tree.iter("img") if image.get("alt") is None)


def _language_faults(page: Seen) -> Iterator[str]:
    root = page.tree
    expected = page.address.split("/")[1]
    if expected in LANGUAGES and root.get("lang") != expected:
        yield f"the page says it is in {root.get('lang')}"
    if root.get("dir") not in ("ltr", "rtl"):
        yield "no direction"
    yield from (
        f"unknown language {part.get('lang')}" for part in root.iter() if part.get("lang") is not None and part.get("lang") not in LANGUAGES
    )


def _heading_faults(page: Seen, neutral_title: str) -> Iterator[str]:
    for tag in ("h1", "main", "title"):
        if len(page.all(tag)) != 1:
            yield f"{len(page.all(tag))} × {tag}"
            return
    title = text_of(page.one("title"))
    if neutral_title and title != neutral_title:
        yield f"the title says {title}"
    if not page.heading or not (neutral_title or title.startswith(page.heading)):
        yield f"the title “{title}” does not begin with the heading “{page.heading}”"
    levels = [int(part.tag[1]) for part in page.one("main").iter() if part.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
    yield from (f"h{after} follows h{before}" for before, after in pairwise(levels) if after > before + 1)


def _control_faults(page: Seen) -> Iterator[str]:
    ids = {element.get("id") for element in page.tree.iter() if element.get("id")}
    labelled = {label.get("for") for label in page.tree.iter("label")}
    wrapped = {id(control) for label in page.tree.iter("label") for control in label.iter() if text_of(label)}
    for control in (part for part in page.tree.iter() if part.tag in CONTROLS and part.get("type") not in UNLABELLED):
        named = control.get("aria-label") or control.get("aria-labelledby") in ids
        if not (named or control.get("id") in labelled or id(control) in wrapped):
            yield f"{control.tag} {control.get('name')} has no label"
    for part in page.tree.iter():
        for attribute in REFERENCES:
            yield from (f"{attribute} names no id: {name}" for name in (part.get(attribute) or "").split() if name not in ids)
        if part.tag in ("a", "button") and not (text_of(part) or part.get("aria-label") or any(i.get("alt") for i in part.iter("img"))):
            yield f"{part.tag} {part.get('href') or part.get('name')} has no words"
    yield from _token_faults(page)


def _token_faults(page: Seen) -> Iterator[str]:
    for form in page.tree.iter("form"):
        tokens = [field for field in form.iter("input") if field.get("name") == "csrf_token" and field.get("value")]
        if (form.get("method", "get").lower() == "post") != (len(tokens) == 1):
            yield f"form to {form.get('action')} has {len(tokens)} tokens"


def _inline_faults(page: Seen) -> Iterator[str]:
    if page.all("style") or any(script.get("src") is None for script in page.tree.iter("script")):
        yield "inline style or script"
    for part in page.tree.iter():
        names = [name for name in part.attrib if name == "style" or name.startswith("on")]
        yield from (f"{part.tag} carries {name}" for name in names)
        address = part.get(FETCHED.get(str(part.tag), ""), "")
        if urlsplit(address).netloc or address.startswith("javascript:"):
            yield f"{part.tag} fetches {address}"
