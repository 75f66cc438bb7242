"""Rules over a whole course, after each file was read for itself: do its parts fit together? Problems as codes, no sentences."""

from collections.abc import Iterator, Mapping
from typing import Final

from elearn.course import facts
from elearn.course.check_questions import check_questions
from elearn.course.check_texts import check_texts
from elearn.course.check_translations import check_translations
from elearn.course.model import Block, Box, Case, CountryBlock, Course, FactsTable, Figure, Page, QuizPage, page_questions
from elearn.course.problems import Report
from elearn.course.source import Source
from elearn.course.toml_fields import Place, key_lines
from elearn.errors import Problem

OUTLINE: Final = "course.toml"
#: bytes of Markdown of one page
HEAVIEST_PAGE: Final = 60_000
#: and of one that is looked through at all
LARGEST_PAGE: Final = 4 * HEAVIEST_PAGE


def check(course: Course, source: Source) -> tuple[Problem, ...]:
    """Everything wrong with a course that was read from this source, file by file in the order of the outline."""
    outline = Report(OUTLINE)
    _check_outline(course, key_lines(source.files.get(OUTLINE, b"").decode("utf-8", "replace")), outline)
    reports = [outline]
    asked: dict[str, str] = {}
    for module, page in course.pages():
        path = f"{module.id}/{page.id}.md"
        report = Report(path)
        reports.append(report)
        size = len(source.files.get(path, b""))
        _check_weight(size, report)
        _check_page(course, page, _line_of("objectives", source.files.get(path, b"")), report)
        _check_ids(page, asked, report)
        if size <= LARGEST_PAGE:
            check_texts(course, page, report)
        check_questions(course, page, report)
    reports += _unused_media(course)
    reports += check_translations(course, source)
    return tuple(problem for report in reports for problem in report.problems())


def _line_of(key: str, page: bytes) -> int:
    """The line of a key in the header of a page, 0 if it is not there."""
    header = page.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n---", 1)[0].split(b"\n")
    return next((number for number, line in enumerate(header, start=1) if line.startswith(key.encode())), 0)


def _check_outline(course: Course, lines: Mapping[Place, int], report: Report) -> None:
    quizzes: Mapping[str, QuizPage] = {page.id: page for _, page in course.pages() if isinstance(page, QuizPage)}
    if not any(True for _ in course.pages()):
        report.error("course-empty")
    if course.id in course.prerequisites:
        report.error("prerequisite-itself", lines.get(("prerequisites",), 0))
    line = lines.get(("completion", "quizzes"), 0)
    for quiz in course.completion.quizzes:
        if quiz not in quizzes:
            report.error("quiz-unknown", line, id=quiz)
        elif not quizzes[quiz].quiz.pass_mark:
            report.warning("quiz-cannot-be-passed", line, id=quiz)
    tested = {question.objective for page in quizzes.values() if page.quiz.form == "test" for question in page.quiz.questions()}
    for place, objective in enumerate(course.objectives):
        if objective.id not in tested:
            report.warning("objective-untested", lines.get(("objective", place, "id"), 0), id=objective.id)


def _check_weight(size: int, report: Report) -> None:
    if size > HEAVIEST_PAGE:
        report.error("page-too-heavy", size=size, limit=HEAVIEST_PAGE)


def _check_page(course: Course, page: Page, line: int, report: Report) -> None:
    known = {objective.id for objective in course.objectives}
    for objective in page.objectives:
        if objective not in known:
            report.error("objective-unknown", line, id=objective)
    for question in page_questions(page):
        if question.objective and question.objective not in known:
            report.error("objective-unknown", question.line, id=question.objective)
    for block in walk(page.blocks):
        if isinstance(block, Figure):
            _check_figure(course, block, report)
        elif isinstance(block, FactsTable):
            _check_table(course, block, report)


def _check_figure(course: Course, figure: Figure, report: Report) -> None:
    if figure.src not in course.media:
        report.error("figure-missing", figure.line, name=figure.src)
    if not figure.alt.strip():
        report.error("figure-without-alt", figure.line)


def _check_table(course: Course, block: FactsTable, report: Report) -> None:
    table = course.facts.get(block.table)
    for name in [block.table, *(column.lookup for column in block.columns if column.lookup)]:
        if name not in course.facts:
            report.error("table-unknown", block.line, table=name)
    if table is None:
        return
    for column in [*(column.name for column in block.columns), *(column for column, _ in block.where)]:
        if column not in table.columns:
            report.error("table-column-unknown", block.line, table=table.name, column=column)
    if not any(True for _ in facts.chosen(table, block.where)):
        report.warning("table-without-rows", block.line, table=table.name)


def _check_ids(page: Page, asked: dict[str, str], report: Report) -> None:
    for question in page_questions(page):
        if question.id in asked:
            report.error("question-id-elsewhere", question.line, id=question.id, page=asked[question.id])
        else:
            asked[question.id] = page.id


def _unused_media(course: Course) -> Iterator[Report]:
    used = {block.src for _, page in course.pages() for block in walk(page.blocks) if isinstance(block, Figure)}
    for path in course.media:
        if path not in used:
            report = Report(path)
            report.warning("media-unused")
            yield report


def walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Every block, also those inside others, in reading order."""
    for block in blocks:
        yield block
        if isinstance(block, Box | CountryBlock | Case):
            yield from walk(block.blocks)
