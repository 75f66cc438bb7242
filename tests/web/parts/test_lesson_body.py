"""The bodies of lessons as chunks: whatever the texts of a course hold, a page can be made of them."""

from flask import Flask

from elearn.runtime import Runtime
from elearn.web.parts.lesson_body import sources_html
from tests.visitor import Visitor
from tests.web.teaching import BLOCKS, publish_open


def test_a_status_of_a_fact_that_nobody_knows_says_nothing(app: Flask) -> None:
    source = {"label": "A treaty", "lang": "", "as_of": "2025", "status": "settled", "from": ""}
    with app.test_request_context("/en/"):
        html = sources_html((1, "page", "en", ""), {"terms": [], "sources": [source]})
    assert "A treaty" in html
    assert "settled" not in html


def test_a_text_that_looks_like_the_place_of_a_question_stays_a_text(visitor: Visitor, runtime: Runtime) -> None:
    publish_open(runtime, ("Then go on to", "[[question:nowhere]] [[question:who-holds]] Then go on to"))
    assert "[[question:nowhere]]" in visitor.get(BLOCKS).text
