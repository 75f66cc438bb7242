"""Every problem an author can meet has a broken course that shows it."""

from pathlib import Path

import pytest
from elearn.course.check import check

from elearn.course import check_codes, problems
from elearn.course.read import read
from elearn.course.source import Source
from tests.house.tree import ROOT

BROKEN = ROOT / "tests" / "courses" / "broken"
#: What is wrong with an upload as such cannot be shown by a folder; tests/course/test_source.py shows it.
OF_UPLOADS = frozenset(problems.SOURCE_CODES)
#: What an editor or an importer refuses is shown where those are tested.
OF_EDITS = frozenset(problems.EDIT_CODES)
CODES = sorted({*problems.CODES, *check_codes.CODES} - OF_UPLOADS - OF_EDITS)


def _codes(folder: Path) -> set[str]:
    source = Source.from_folder(folder)
    course, found = read(source)
    return {problem.code for problem in (*found, *(check(course, source) if course else ()))}


def test_no_code_is_explained_twice() -> None:
    assert sorted(set(problems.CODES) & set(check_codes.CODES)) == []


@pytest.mark.parametrize("code", CODES)
def test_a_broken_course_shows(code: str) -> None:
    assert code in _codes(BROKEN / code)


def test_no_broken_course_is_left_over() -> None:
    assert sorted({folder.name for folder in BROKEN.iterdir()} - {*problems.CODES, *check_codes.CODES}) == []
