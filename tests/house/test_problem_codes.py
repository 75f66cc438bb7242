"""Codes of problems: each explained once, each shown (tests/course/test_read.py and test_check.py), no broken course without a code."""

from elearn.course import check_codes, problems
from tests.house.tree import ROOT


def test_no_code_is_explained_twice() -> None:
    assert sorted(set(problems.CODES) & set(check_codes.CODES)) == []


def test_no_broken_course_is_left_over() -> None:
    folders = {folder.name for folder in (ROOT / "tests" / "courses" / "broken").iterdir() if folder.is_dir()}
    assert sorted(folders - {*problems.CODES, *check_codes.CODES}) == []


def test_every_code_is_written_as_codes_are() -> None:
    assert [code for code in {*problems.CODES, *check_codes.CODES} if code != code.lower() or "_" in code or " " in code] == []
