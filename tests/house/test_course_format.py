"""The examples of docs/course-format.md are read by the reader they describe."""

import re
import textwrap

import pytest

from elearn.course.read import read
from elearn.course.source import Source
from elearn.quiz.kinds import KINDS
from tests.house.tree import ROOT

DOC = (ROOT / "docs" / "course-format.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", DOC, re.MULTILINE | re.DOTALL)
EXAMPLES = [body for kind, body in BLOCKS if not kind and body.startswith(":::")]
PAGES = [body for kind, body in BLOCKS if not kind and body.startswith("---")]
OUTLINE = next(body for kind, body in BLOCKS if kind == "toml")

HEADER = "---\ntitle: Example\nminutes: 5\n---\n\n"
COURSE = textwrap.dedent(
    """\
    format = 1
    id = "example"
    code = "X1"
    title = "Example"
    summary = "An example."
    language = "en"
    licence = "CC-BY-SA-4.0"
    minutes = 5
    level = "foundation"
    topics = ["foundations"]
    countries = ["KZ", "TJ", "TM"]
    public = true
    prerequisites = []

    [[module]]
    id = "only"
    title = "Only"
    pages = ["page"]

    [completion]
    lessons = "read"
    quizzes = []

    [certificate]
    hours = 1
    """
) + "".join(f'\n[[objective]]\nid = "o{number}"\ntext = "Objective {number}"\n' for number in range(1, 7))


def _errors(page: str, outline: str = COURSE, name: str = "only/page.md") -> list[str]:
    _, problems = read(Source({"course.toml": outline.encode(), name: page.encode()}))
    return [f"{problem.code} {dict(problem.params)} {problem.where}" for problem in problems if problem.severity == "error"]


def test_there_are_examples_of_every_sort() -> None:
    assert len({example.split()[1] for example in EXAMPLES}) >= len(KINDS) - 1  # `multiple` is written like `single`
    assert PAGES


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.split()[1])
def test_an_example_of_a_block_can_be_read(example: str) -> None:
    assert _errors(HEADER + example) == []


@pytest.mark.parametrize("example", PAGES)
def test_an_example_of_a_page_can_be_read(example: str) -> None:
    assert _errors(example) == []


def test_the_example_of_an_outline_has_nothing_but_missing_files() -> None:
    _, problems = read(Source({"course.toml": OUTLINE.encode()}))
    assert {problem.code for problem in problems if problem.severity == "error"} <= {"file-missing"}
