"""What a reader on a slow line must load: bytes are exact, so their budgets are tests (the rest is in `make bench`)."""

import re
from pathlib import Path

import pytest
from flask import Flask

from elearn.actions.publish import publish
from elearn.course.model import Lesson
from elearn.course.source import Source
from elearn.lang import LANGUAGES
from elearn.runtime import Runtime

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


def test_half_of_the_lessons_are_light_when_visited_again(app: Flask, lessons: list[str]) -> None:
    for lang in LANGUAGES:
        sizes = sorted(size(app, f"/{lang}/{lesson}", "gzip") for lesson in lessons)
        assert sizes[(len(sizes) - 1) // 2] <= REPEATED_VISIT, lang
