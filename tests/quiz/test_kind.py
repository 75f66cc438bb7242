import json

import pytest

from elearn.quiz.kind import Json, Response, pick, problem, typed
from tests.quiz.questions import OPEN, SINGLE


@pytest.mark.parametrize("value", ["a", ["a", "b"], {"s": "x"}, {"a": 1, "b": 1}, 7500])
def test_a_response_survives_the_store(value: Json) -> None:
    response = Response("any", value)
    assert Response.from_json(json.loads(json.dumps(response.to_json()))) == response


def test_a_value_of_another_shape_reads_as_empty() -> None:
    assert Response("any", 3).text() == ""
    assert Response("any", "a").ids() == []
    assert Response("any", ["a"]).parts() == {}
    assert Response("any", {"a": "x"}).places() == {}
    assert Response("any", {"a": 1}).parts() == {}
    assert Response("any", "a").number() == 0


def test_a_problem_names_the_question_and_the_field() -> None:
    found = problem("too-long", OPEN, "text", limit=5)
    assert (found.code, found.where.file, dict(found.params)) == ("too-long", "open", {"field": "text", "limit": 5})


def test_the_first_id_that_is_not_empty_counts() -> None:
    assert pick(SINGLE, {"choice": ["", "b", "a"]}, "choice", "abc") == ("b", ())
    assert pick(SINGLE, {}, "choice", "abc") == ("", ())


def test_typed_text_is_kept_as_typed_with_one_form_of_line_ends_and_without_nul() -> None:
    assert typed(OPEN, {"text": ["of\u202efi\u200bce\tone"]}, kind="open") == (Response("open", "office\tone"), ())
    assert typed(OPEN, {"text": [" one\r\ntwo\rthree\0 "]}, kind="open") == (Response("open", " one\ntwo\nthree "), ())


def test_blank_text_is_no_answer() -> None:
    assert typed(OPEN, {"text": [" \r\n "]}, kind="open") == (None, ())
    assert typed(OPEN, {}, kind="open") == (None, ())


def test_a_long_text_is_a_problem_but_is_not_lost() -> None:
    fits, none = typed(OPEN, {"text": ["я" * 20_000]}, kind="open")
    long, problems = typed(OPEN, {"text": ["я" * 20_001]}, kind="open")
    assert fits is not None
    assert none == ()
    assert long is not None
    assert len(long.text()) == 20_001
    assert [(p.code, p.params["limit"]) for p in problems] == [("too-long", 20_000)]
