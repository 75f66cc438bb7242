"""The shell around pages: what the links to other languages carry on."""

from urllib.parse import quote

import pytest
from flask import Flask

from elearn.lang import LANGUAGES
from tests.visitor import Visitor

#: As many letters as a search reads, of those that take most room in an address.
WORDS = quote("ң" * 200)


@pytest.mark.parametrize("query", [f"q={WORDS}", f"q=words&next={quote(f'/en/search?q={WORDS}')}"])
def test_as_much_as_a_page_understands_is_carried_on(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"/en/search?{query}")
    assert {link.get("href") for link in page.all("a") if link.get("hreflang")} == {f"/{tag}/search?{query}" for tag in LANGUAGES}
    assert page.one("input", name="q").get("maxlength") == "200"


@pytest.mark.parametrize("path", ["/en/", "/en/courses/", "/en/search", "/en/account/sign-in", "/en/nothing"])
def test_a_query_longer_than_any_page_understands_makes_no_page_longer(app: Flask, path: str) -> None:
    client = app.test_client()
    asked, longer = (len(client.get(f"{path}{query}", headers={"Cookie": "lang=en"}).data) for query in ("?x=1", f"?x={'&' * 30_000}"))
    assert abs(longer - asked) < 100
