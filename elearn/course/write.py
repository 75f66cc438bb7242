"""Course → Source, canonical: the text of every file, and the promise that reading it gives the same course back."""

from collections.abc import Callable
from typing import Final

from elearn.course.fact_file import write_fact_table
from elearn.course.model import Block, Box, Case, CountryBlock, Course, FactsTable, Figure, Page, Prose, QuizPage
from elearn.course.problems import Report
from elearn.course.read import OUTLINE, read
from elearn.course.source import Source
from elearn.course.syntax import write_attributes, write_block, write_header
from elearn.course.write_outline import write_outline
from elearn.course.write_question import write_question
from elearn.errors import Invalid, Problem
from elearn.quiz.model import Pool, Question

Pairs = list[tuple[str, str]]
NOTHING: Final = Source({})


def write(course: Course, keep: Source = NOTHING) -> Source:
    """The files of a course, with the media it names and all translations taken over from `keep`.

    Raises Invalid when a text would be read back as something else, or when the course breaks a rule of the format.
    """
    files = {path: body for path, body in keep.files.items() if path in course.media or _is_translation(path)}
    try:
        files |= {path: text.encode() for path, text in write_texts(course).items()}
    except UnicodeEncodeError:
        raise _not_writable(OUTLINE) from None
    source = Source(files)
    again, problems = read(source)
    errors = tuple(problem for problem in problems if problem.severity == "error")
    missing = Report(OUTLINE)
    for path in course.media:
        if path not in keep.files:
            missing.error("media-not-kept", name=path)
    if errors or missing.problems():
        raise Invalid("course-not-writable", errors + missing.problems(), file=OUTLINE)
    if again != course:
        raise _not_writable(_first_difference(course, again))
    return source


def write_texts(course: Course) -> dict[str, str]:
    """Path → text of course.toml, the pages and the tables of facts, without the promise of `write`."""
    texts = {OUTLINE: write_outline(course)}
    texts |= {f"{module.id}/{page.id}.md": write_page(page) for module, page in course.pages()}
    return texts | {f"facts/{table.name}.csv": write_fact_table(table) for table in course.facts.values()}


def write_page(page: Page) -> str:
    """The text of a page."""
    pairs = [("title", page.title), ("minutes", str(page.minutes))]
    pairs += [("objectives", " ".join(page.objectives))] if page.objectives else []
    blocks: tuple[Block, ...] = page.blocks
    if isinstance(page, QuizPage):
        pairs = _quiz_pairs(page, pairs)
        blocks = (*page.blocks, *page.quiz.slots)
    return "\n\n".join([write_header(pairs), *(write_one(block) for block in blocks)]) + "\n"


def write_one(block: Block) -> str:
    """The text of one block, as it stands in a page."""
    if isinstance(block, Prose):
        return block.text
    if isinstance(block, Question):
        return write_question(block)
    return _WRITERS[type(block)](block)


def _is_translation(path: str) -> bool:
    return path.startswith("po/")


def _quiz_pairs(page: QuizPage, pairs: Pairs) -> Pairs:
    quiz = page.quiz
    return [
        pairs[0],
        ("kind", "quiz"),
        *pairs[1:],
        ("form", quiz.form),
        ("pass", str(quiz.pass_mark)),
        ("tries", str(quiz.tries)),
        ("time", str(quiz.minutes_limit)),
        ("paging", quiz.paging),
        ("shuffle", "yes" if quiz.shuffle else "no"),
    ]


def _inside(blocks: tuple[Block, ...]) -> str:
    return "\n\n".join(write_one(block) for block in blocks)


def _given(**pairs: str) -> Pairs:
    return [(key.replace("_", "-"), value) for key, value in pairs.items() if value]


def _box(block: Block) -> str:
    assert isinstance(block, Box)
    return write_block("box", write_attributes(block.id, _given(kind=block.kind, title=block.title)), _inside(block.blocks))


def _country(block: Block) -> str:
    assert isinstance(block, CountryBlock)
    return write_block("country", write_attributes(block.id, _given(only=block.only)), _inside(block.blocks))


def _case(block: Block) -> str:
    assert isinstance(block, Case)
    pairs = [("title", block.title), ("made-up", "yes" if block.made_up else "no")]
    return write_block("case", write_attributes(block.id, pairs), _inside(block.blocks))


def _figure(block: Block) -> str:
    assert isinstance(block, Figure)
    return write_block("figure", write_attributes(block.id, [("src", block.src), ("alt", block.alt)]), block.caption)


def _facts(block: Block) -> str:
    assert isinstance(block, FactsTable)
    columns = " | ".join(f"{column.name}{'>' * bool(column.lookup)}{column.lookup} {column.label}" for column in block.columns)
    where = "; ".join(f"{column}={','.join(values)}" for column, values in block.where)
    return write_block("facts", write_attributes(block.id, _given(table=block.table, columns=columns, where=where, title=block.title)))


def _pool(block: Block) -> str:
    assert isinstance(block, Pool)
    return write_block("pool", write_attributes(block.id, [("draw", str(block.draw))]), _inside(block.questions))


_WRITERS: Final[dict[type[Block], Callable[[Block], str]]] = {
    Box: _box,
    CountryBlock: _country,
    Case: _case,
    Figure: _figure,
    FactsTable: _facts,
    Pool: _pool,
}


def _first_difference(course: Course, again: Course | None) -> str:
    written = {f"{module.id}/{page.id}.md": page for module, page in course.pages()}
    found = {f"{module.id}/{page.id}.md": page for module, page in again.pages()} if again else {}
    return next((path for path, page in written.items() if found.get(path) != page), OUTLINE)


def _not_writable(file: str) -> Invalid:
    report = Report(file)
    report.error("course-not-writable", file=file)
    problems: tuple[Problem, ...] = report.problems()
    return Invalid("course-not-writable", problems, file=file)
