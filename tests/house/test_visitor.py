"""The checked client is checked itself: each planted fault must be found, and a good page must pass."""

import html5lib
import pytest
from flask import Flask, Response, request
from html5lib.html5parser import ParseError

from elearn.web import headers
from tests.visitor import Seen, Visitor, faults_of, filled

GOOD = """<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Join – Qadam</title></head><body><main>
<h1>Join</h1>
<form method="post" action="/en/account/join">
<input type="hidden" name="csrf_token" value="t">
<label for="name">Name</label><input id="name" name="name" value="Aigul">
<label><input type="checkbox" name="topic" value="a" checked> One</label>
<label><input type="checkbox" name="topic" value="b" checked> Two</label>
<label><input type="checkbox" name="topic" value="c"> Three</label>
<label for="country">Country</label><select id="country" name="country"><option value="KZ">K</option><option value="TJ">T</option></select>
<label for="note">Note</label><textarea id="note" name="note">
words</textarea>
<button name="deed" value="go">Go</button>
</form></main></body></html>
"""
FAULTS = {
    "the page says it is in": ('lang="en"', 'lang="ru"'),
    "no direction": (' dir="ltr"', ""),
    "2 × h1": ("<h1>Join</h1>", "<h1>Join</h1><h1>Join</h1>"),
    "0 × main": ("main>", "div>"),
    "does not begin with the heading": ("<title>Join", "<title>Welcome"),
    "h3 follows h1": ("</h1>", "</h1><h3>Deep</h3>"),
    "input name has no label": ('<label for="name">Name</label>', ""),
    "for names no id": ('for="name"', 'for="other"'),
    "has 0 tokens": ('name="csrf_token"', 'name="token"'),
    "has no words": (">Go<", "><"),
    "id name stands 2 times": ("<h1>", '<h1 id="name">'),
    "leads nowhere": ("</h1>", '</h1><a href="#far">far</a>'),
    "has no alt": ("</h1>", '</h1><img src="/static/a.png">'),
    "inline style or script": ("</head>", "<style>p { }</style></head>"),
    "carries style": ("<h1>", '<h1 style="x">'),
    "carries onclick": ("<h1>", '<h1 onclick="x">'),
    "fetches https://": ("</head>", '<script src="https://elsewhere.example/a.js"></script></head>'),
    "unknown language": ("<h1>", '<h1 lang="xx">'),
}


def _seen(html: str) -> Seen:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    return Seen("/en/account/join", Response(html), tree)  # type: ignore[arg-type]


def test_a_good_page_has_no_faults() -> None:
    assert list(faults_of(_seen(GOOD))) == []


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_a_planted_fault_is_found(fault: str) -> None:
    assert FAULTS[fault][0] in GOOD
    assert fault in "; ".join(faults_of(_seen(GOOD.replace(*FAULTS[fault]))))


def test_a_form_is_filled_as_a_browser_would() -> None:
    sent = filled(_seen(GOOD).form("/join"))
    assert sent == {"csrf_token": ["t"], "name": ["Aigul"], "topic": ["a", "b"], "country": ["KZ"], "note": ["words"]}


def _application(html: str, *, secured: bool) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/en/account/join", "join", lambda: html if request.method == "GET" else str(html), methods=["GET", "POST"])
    if secured:
        headers.register(app)
    return app


def test_the_visitor_fetches_and_sends() -> None:
    visitor = Visitor(_application(GOOD, secured=True).test_client())
    page = visitor.get("/en/account/join")
    assert page.heading == "Join"
    assert visitor.submit(page, "/join", {"name": "Dana"}).status == 200


def test_the_visitor_refuses_a_page_without_security_headers() -> None:
    with pytest.raises(AssertionError, match="policy lacks"):
        Visitor(_application(GOOD, secured=False).test_client()).get("/en/account/join")


def test_the_visitor_refuses_html_that_does_not_parse() -> None:
    with pytest.raises(ParseError):
        Visitor(_application(GOOD.replace("</h1>", "</h2>"), secured=True).test_client()).get("/en/account/join")


def test_the_visitor_refuses_another_status() -> None:
    with pytest.raises(AssertionError, match="404 instead of 200"):
        Visitor(_application(GOOD, secured=True).test_client()).get("/en/nowhere")
