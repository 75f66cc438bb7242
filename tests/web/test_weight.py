"""What a reader on a slow line must load: bytes are exact, so their budgets are tests (the rest is in `make bench`)."""

import gzip
import re
from pathlib import Path

import brotli
import pytest
from flask import Flask

from elearn.actions.publish import publish
from elearn.course.model import Lesson
from elearn.course.source import Source
from elearn.lang import LANGUAGES
from elearn.runtime import Runtime
from elearn.web.kept import coding_for, pack

COURSE = "rights-and-obligations"
FIRST_VISIT, REPEATED_VISIT, HTML, REQUESTS = 14_600, 8_000, 40_000, 4


@pytest.fixture
def lessons(runtime: Runtime) -> list[str]:
    with runtime.database.transaction() as session:
        publish(session, Source.from_folder(Path(__file__).parents[2] / "courses" / COURSE), now=runtime.clock())
    with runtime.database.read() as session:
        course = runtime.shelf.course(session, COURSE, now=runtime.clock()).course
    return [f"courses/{COURSE}/{module.id}/{page.id}/" for module, page in course.pages() if isinstance(page, Lesson)]


def size(app: Flask, path: str, encoding: str) -> int:
    return len(app.test_client().get(path, headers={"Accept-Encoding": encoding}).data)


def assets(app: Flask, path: str) -> set[str]:
    """The files that a page makes the browser load, pictures of the course apart."""
    return set(re.findall(r'(?:href|src)="(/static/[^"]+)"', app.test_client().get(path).text))


def test_a_lesson_fits_the_first_packets_of_a_connection(app: Flask, lessons: list[str]) -> None:
    for path in [f"/{lang}/{lesson}" for lang in LANGUAGES for lesson in lessons]:
        needed = assets(app, path)
        page = size(app, path, "gzip")
        assert len(needed) + 1 <= REQUESTS, path
        assert page + sum(size(app, one, "br") for one in needed) <= FIRST_VISIT, path
        assert size(app, path, "identity") <= HTML, path


def test_every_lesson_is_light_when_visited_again(app: Flask, lessons: list[str]) -> None:
    for path in [f"/{lang}/{lesson}" for lang in LANGUAGES for lesson in lessons]:
        assert size(app, path, "br") <= REPEATED_VISIT, path


def test_a_packed_page_holds_what_the_plain_one_does(app: Flask, lessons: list[str]) -> None:
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress}
    for lesson in lessons:
        client = app.test_client()
        client.get(f"/ru/{lesson}")  # brings the cookie on which the form token depends
        plain = client.get(f"/ru/{lesson}", headers={"Accept-Encoding": "identity"}).data
        for coding, undo in unpack.items():
            packed = client.get(f"/ru/{lesson}", headers={"Accept-Encoding": coding})
            assert packed.headers["Content-Encoding"] == coding
            assert undo(packed.data) == plain, lesson


@pytest.mark.parametrize(("accepted", "coding"), [("gzip, br", "br"), ("br;q=0, gzip", "gzip"), ("identity", ""), ("", ""), ("*", "br")])
def test_the_best_coding_that_a_browser_takes_is_chosen(accepted: str, coding: str) -> None:
    assert coding_for(accepted) == coding


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_a_page_that_cannot_be_cut_is_kept_plain(coding: str) -> None:
    assert pack((b"a" * 100, b"b"), 10_000, coding, 5).coding == ""
    assert pack((b"<p>" * 100, b'">' * 80, b"</p>" * 90), 91, coding, 5).coding == coding
