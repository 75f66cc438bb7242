"""Every code that a deed can raise towards a person has a sentence, and every sentence can be filled."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import elearn
from elearn.cli import spoken
from elearn.course import check_codes, problems
from elearn.errors import Problem, Where
from elearn.web.messages import SENTENCES, problem_sentences, sentence

ROOT = Path(elearn.__file__).parent
RAISED = ("Refused", "Invalid", "Conflict", "problem", "_invalid")

#: Codes that no page can show, with the reason.
ELSEWHERE = {
    "sign-in-again": "the guard asks for a fresh sign-in instead",
    "too-many-tries": "account.waiting says how long",
    "route-without-permission": "the server does not start",
    "source-refused": "its problems are shown, each with a sentence",
    "html-too-deep": "content is cleaned at publish, from Markdown",
    "html-too-full": "as above",
    "html-too-long": "as above",
    "time-left": "an attempt is only expired once its time is over",
    "not-marked-by-hand": "there is no page for marking yet",
    "mark-out-of-range": "as above",
    "options-changed": "there is no page for regrading yet",
    "course-not-writable": "writing a course is asked for by no page yet",
    "bad-id": "as above",
    "duplicate-id": "as above",
    "reserved-id": "as above",
    "empty-text": "as above",
    "missing-prompt": "as above",
    "no-place-for-choice": "as above",
    "only-questions-in-pool": "as above",
    "file-too-large": "as above",
    "mail-refused": "the worker says it by its code; no page asked for it",
    "answer-unfit": "pages say that the signer is away",
    "request-long": "the signer says it to the site, see above",
    "request-time": "as above",
    "request-unreadable": "as above",
}


def _codes() -> Iterator[tuple[str, str]]:
    """Yield each code raised in so many words, with the file."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value, str(file.relative_to(ROOT))


def _has_sentence(code: str) -> bool:
    return any(code in known for known in (SENTENCES, problems.CODES, check_codes.CODES, spoken.SENTENCES, ELSEWHERE))


def test_every_code_that_is_raised_has_a_sentence() -> None:
    assert sorted({(code, file) for code, file in _codes() if not _has_sentence(code)}) == []


def test_no_exception_is_made_for_a_code_that_is_gone_or_has_a_sentence() -> None:
    raised = {code for code, _ in _codes()}
    assert sorted(code for code in ELSEWHERE if code not in raised or code in SENTENCES) == []


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_sentence_is_whole_and_can_be_filled(app: Flask, code: str) -> None:
    places = re.findall(r"%\((\w+)\)s", SENTENCES[code])
    with app.test_request_context("/en/"):
        text = sentence(code, dict.fromkeys(places, 7))
    assert text[-1] in ".!?"
    assert "%(" not in text
    assert (not places) or "7" in text


def test_a_code_without_a_sentence_is_named_for_a_report(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert sentence("no-such-code", {}) == "This could not be done (no-such-code). Nothing was changed."


def test_codes_are_written_with_hyphens() -> None:
    assert sorted({(code, file) for code, file in _codes() if "_" in code}) == []


def test_a_problem_is_told_once(app: Flask) -> None:
    found = [Problem("repeated-place", Where("place-a")), Problem("repeated-place", Where("place-b"))]
    with app.test_request_context("/en/"):
        assert problem_sentences(found) == ("Two items have the same place. Give each its own.",)
