"""A question kind is five things; whoever adds a sixth kind is told which of them are missing."""

import re
from pathlib import Path

import pytest

from elearn.quiz.kinds import KINDS
from tests.house.tree import ROOT

NAMES = sorted(kind.name for kind in KINDS.values())


def _stems(pattern: str) -> set[str]:
    """Give the file stems of a pattern, written as kinds are in a course."""
    stems = {file.stem.removeprefix("test_").replace("_", "-") for file in ROOT.glob(pattern)} - {"--init--"}
    return {"open" if stem == "open-answer" else stem for stem in stems}  # `open` is a word of Python


def test_every_kind_has_a_module() -> None:
    assert sorted(set(NAMES) - _stems("elearn/quiz/kinds/*.py")) == []


def test_every_kind_has_a_template_and_no_template_is_left_over() -> None:
    assert sorted(_stems("elearn/web/templates/parts/question/*.html")) == NAMES


def test_every_kind_has_its_own_tests() -> None:
    assert sorted(set(NAMES) - _stems("tests/quiz/kinds/test_*.py")) == []


def test_every_kind_has_a_section_in_the_course_format() -> None:
    questions = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8").partition("## Questions\n")[2].partition("\n## ")[0]
    assert sorted(re.findall(r"^### ([-a-z]+)$", questions, re.MULTILINE)) == NAMES


@pytest.mark.parametrize("kind", NAMES)
def test_every_kind_stands_in_the_fixture_course(kind: str) -> None:
    pages: list[Path] = sorted((ROOT / "tests" / "courses" / "every_kind").rglob("*.md"))
    assert any(re.search(rf"^::: {kind} ", page.read_text(encoding="utf-8"), re.MULTILINE) for page in pages)
