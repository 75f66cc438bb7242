"""The search: found pages, nothing found, rubbish, courses that a visitor may not read."""

import pytest

from elearn.runtime import Runtime
from tests.visitor import Visitor
from tests.web.conftest import Publish
from tests.web.teaching import publish_changed


@pytest.fixture(autouse=True)
def courses(publish_course: Publish) -> None:
    publish_course("minimal")
    publish_course("every_kind")


def test_a_page_is_found_with_its_words_marked(visitor: Visitor) -> None:
    page = visitor.get("/en/search?q=paragraph")
    assert "1 page found" in page.text
    assert "/en/courses/minimal/first/hello/" in page.links()
    assert "".join(page.all("mark")[0].itertext()) == "paragraph"


def test_a_course_for_members_is_found_by_members_only(visitor: Visitor, member: Visitor) -> None:
    hidden = "/en/courses/every-kind/lessons/blocks/"
    assert hidden not in visitor.get("/en/search?q=factory").links()
    assert hidden in member.get("/en/search?q=factory").links()


def test_an_empty_search_asks_nothing(visitor: Visitor) -> None:
    for asked in ("", "?q=", "?q=%20"):
        assert "found" not in visitor.get(f"/en/search{asked}").text


@pytest.mark.parametrize(
    "asked", ['"', "*", "a NEAR b", "AND OR NOT", "'); DROP TABLE course;--", "%E2%80%AE", "x" * 5000, "%FF%FE", "()&|!:*", "\\"]
)
def test_rubbish_finds_nothing_and_breaks_nothing(visitor: Visitor, asked: str) -> None:
    assert "0 pages found" in visitor.get(f"/en/search?q={asked}").text


def test_what_was_asked_stays_in_the_field(visitor: Visitor) -> None:
    page = visitor.get("/en/search?q=<b>right</b>")
    assert page.all("input", name="q")[-1].get("value") == "<b>right</b>"


def test_a_page_that_is_gone_is_not_found(visitor: Visitor, runtime: Runtime) -> None:
    publish_changed(runtime, "minimal", ("A single paragraph.", "Another text."))
    assert "Nothing found." in visitor.get("/en/search?q=paragraph").text
