"""Everything wrong with the files of a course at once: what their reader finds, and what the check finds in all that could be read."""

from typing import Final

from elearn.course.check import OUTLINE, check
from elearn.course.model import Course
from elearn.course.read import read_damaged
from elearn.course.source import Source
from elearn.errors import Problem

#: What only the whole course.toml tells; what only all pages tell; what only all tables of facts tell.
_OF_OUTLINE: Final = frozenset({"course-empty", "objective-unknown", "prerequisite-itself"})
_OF_PAGES: Final = frozenset(
    {"media-unused", "objective-untested", "po-unknown-texts", "question-id-elsewhere", "quiz-cannot-be-passed", "quiz-unknown"}
)
_OF_FACTS: Final = frozenset(
    {
        "fact-not-scorable",
        "fact-unknown",
        "proof-mismatch",
        "proof-missing-column",
        "proof-missing-row",
        "table-column-unknown",
        "table-unknown",
        "table-without-rows",
        "term-unknown",
    }
)


def examine(source: Source) -> tuple[Course | None, tuple[Problem, ...]]:
    """The course of these files and every problem; no course if any file could not be read without errors.

    One damaged file hides nothing in the others. What would only follow from the damage is left out.
    """
    course, problems = read_damaged(source)
    hurt = {_file_of(problem) for problem in problems if problem.severity == "error"}
    if course is None:
        return None, problems
    if not hurt:
        return course, problems + check(course, source)
    untold = _untold(course, source, hurt)
    return None, problems + tuple(one for one in check(course, source) if one.where.file not in hurt and one.code not in untold)


def _file_of(problem: Problem) -> str:
    """The file that is not as it should be: a missing one is named by another."""
    return str(problem.params["name"]) if problem.code == "file-missing" else problem.where.file


def _untold(course: Course, source: Source, hurt: set[str]) -> frozenset[str]:
    """The codes that nobody can be sure of while these files are damaged."""
    codes: frozenset[str] = frozenset()
    pages = {f"{module.id}/{page.id}.md" for module, page in course.pages()}
    if OUTLINE in hurt:
        codes |= _OF_OUTLINE | _OF_PAGES
        codes |= frozenset() if {path for path in source.files if path.endswith(".md")} <= pages else {"page-unknown"}
    if not hurt.isdisjoint(pages):
        codes |= _OF_PAGES
    tables = {path for path in {*source.files, *hurt} if path.startswith("facts/")}
    if not hurt.isdisjoint(tables) or (OUTLINE in hurt and not tables <= {f"facts/{name}.csv" for name in course.facts}):
        codes |= _OF_FACTS
    return codes
