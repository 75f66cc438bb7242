"""Source → Course and problems: which files there must be and what they make together. Rules over a whole course are in check."""

import re
from typing import Final

from elearn.course.fact_file import read_fact_table
from elearn.course.model import Course, FactTable, Module, Page
from elearn.course.problems import Report
from elearn.course.read_outline import Outline, read_outline
from elearn.course.read_page import read_page
from elearn.course.source import Source
from elearn.course.syntax import decode
from elearn.errors import Problem
from elearn.lang import LANGUAGES

OUTLINE: Final = "course.toml"
_PAGE: Final = re.compile(r"[^/]+/[^/]+\.md")
_TABLE: Final = re.compile(r"facts/[^/]+\.csv")


def read(source: Source) -> tuple[Course | None, tuple[Problem, ...]]:
    """The course of these files and what is wrong with them; no course if any problem is an error."""
    course, problems = read_damaged(source)
    return (None if any(problem.severity == "error" for problem in problems) else course), problems


def read_damaged(source: Source) -> tuple[Course | None, tuple[Problem, ...]]:
    """As `read`, but with what could be read of a course with errors, for looking on; no course without a readable course.toml."""
    reader = _Reader(source)
    course = reader.course()
    return course, tuple(problem for report in reader.reports for problem in report.problems())


def read_published(source: Source) -> Course | None:
    """The course of a release, which had no errors when it was published, though rules may have become stricter; None in another format."""
    course, problems = read_damaged(source)
    return None if any(problem.code == "unknown-format" for problem in problems) else course


def media_of(source: Source) -> tuple[str, ...]:
    """The paths of pictures and sound, sorted."""
    return tuple(sorted(path for path in source.files if path.startswith("media/")))


class _Reader:
    """Reads the files of one source and keeps a report of each."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._used: set[str] = set(media_of(source)) | {f"po/{language}.po" for language in LANGUAGES}
        self.reports: list[Report] = []

    def course(self) -> Course | None:
        """The course, however damaged; None without a readable course.toml."""
        report = self._report(OUTLINE)
        text = self._text(OUTLINE, report, 0)
        if text is None:
            return None
        outline = read_outline(text, report)
        if outline is None:
            self._look_at_pages()
            return None
        modules = tuple(
            Module(module.id, module.title, tuple(self._page(f"{module.id}/{page}.md", page, report, module.line) for page in module.pages))
            for module in outline.modules
        )
        facts = self._facts(outline, report)
        self._check_unused()
        return Course(**outline.head, modules=modules, facts=facts, media=media_of(self._source))

    def _look_at_pages(self) -> None:
        """Where the outline cannot be read, every page is read for its own sake."""
        for path in sorted(filter(_PAGE.fullmatch, self._source.files)):
            self._page(path, path.rpartition("/")[2].removesuffix(".md"), self._report(path), 0)

    def _page(self, path: str, page_id: str, outline: Report, line: int) -> Page:
        report = self._report(path)
        text = self._text(path, outline, line)
        return read_page(page_id, text or "", Report(path) if text is None else report)

    def _facts(self, outline: Outline, report: Report) -> dict[str, FactTable]:
        tables: dict[str, FactTable] = {}
        for name, key in outline.facts.items():
            path = f"facts/{name}.csv"
            self._used.add(path)
            if path in self._source.files:
                tables[name] = read_fact_table(name, key, self._source.files[path], self._report(path))
            else:
                report.error("file-missing", name=path)
        return tables

    def _check_unused(self) -> None:
        for path in sorted(set(self._source.files) - self._used):
            report = self._report(path)
            if _TABLE.fullmatch(path):
                report.error("facts-not-declared", table=path[len("facts/") : -len(".csv")])
            else:
                report.warning("page-not-in-outline" if _PAGE.fullmatch(path) else "unknown-file")

    def _report(self, path: str) -> Report:
        self.reports.append(Report(path))
        return self.reports[-1]

    def _text(self, path: str, outline: Report, line: int) -> str | None:
        self._used.add(path)
        if path not in self._source.files:
            outline.error("file-missing", line, name=path)
            return None
        report = next(report for report in self.reports if report.file == path)
        return decode(self._source.files[path], report)
