"""Errors as a reader meets them: a wrong host, an unknown address, an address that only takes forms."""

import logging

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.web.app import create_app
from tests.visitor import Visitor
from tests.web.conftest import Publish

LESSON = "/en/courses/minimal/first/hello/"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_name_that_is_not_ours_gets_a_short_answer_and_no_line_in_the_log(
    runtime: Runtime, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    client = create_app(runtime).test_client()
    with caplog.at_level(logging.DEBUG):
        answer = client.open("/en/account/sign-in", method=method, base_url="http://evil.example/")
    assert (answer.status_code, answer.mimetype, answer.get_data()) == (400, "text/plain", b"400 Bad Request\n")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert caplog.records == []


def test_an_unknown_address_is_answered_in_the_language_it_names_and_can_be_read_in_the_others(visitor: Visitor) -> None:
    visitor.get("/ru/")
    page = visitor.get("/tk/nowhere?a=1", status=404)
    assert page.one("html").get("lang") == "tk"
    assert page.one("a", hreflang="kk").get("href") == "/kk/nowhere?a=1"


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (f"{LESSON}practise", LESSON),
        ("/ru/account/sign-out", "/ru/account/sign-in"),
        ("/en/account/sessions/label", "/en/account/sign-in"),
    ],
)
def test_reading_an_address_that_only_takes_forms_leads_to_the_page_of_the_form(
    visitor: Visitor, publish_course: Publish, address: str, page: str
) -> None:
    publish_course("minimal")
    assert visitor.get(address).address == page


def test_a_script_that_reads_such_an_address_is_told_so(app: Flask) -> None:
    answer = app.test_client().get("/en/account/sign-out", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.mimetype) == (405, "application/json")
