"""Codes of problems: each explained once, each with a broken course that shows it, no broken course without a code."""

import pytest

from elearn.course import check_codes, problems
from elearn.course.examine import examine
from elearn.course.source import Source
from tests.house.tree import ROOT

BROKEN = ROOT / "tests" / "courses" / "broken"
#: What no folder under version control can show: archives, links and heaps of data (tests/course/test_source.py), a draft.
WITHOUT_FOLDER = {*problems.SOURCE_CODES, *problems.EDIT_CODES, "file-too-large"}
#: The others say what follows from the problem, such as a key that is missed because its line cannot be read.
FOLLOWED = {"bad-attributes", "header-missing", "reserved-id", "scene-named-end"}


def test_no_code_is_explained_twice() -> None:
    assert sorted(set(problems.CODES) & set(check_codes.CODES)) == []


def test_every_code_has_a_broken_course_and_no_other_is_left_over() -> None:
    folders = {folder.name for folder in BROKEN.iterdir() if folder.is_dir()}
    assert folders == {*problems.CODES, *check_codes.CODES} - WITHOUT_FOLDER


@pytest.mark.parametrize("code", sorted({*problems.CODES, *check_codes.CODES} - WITHOUT_FOLDER))
def test_the_broken_course_of_a_code_shows_it_at_its_place(code: str) -> None:
    first, *more = examine(Source.from_folder(BROKEN / code))[1]
    assert first.code == code
    assert first.where.file
    assert code in FOLLOWED or {problem.code for problem in more} <= {code}


def test_every_code_is_written_as_codes_are() -> None:
    assert [code for code in {*problems.CODES, *check_codes.CODES} if code != code.lower() or "_" in code or " " in code] == []
