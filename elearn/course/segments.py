"""Every text of a course that can be translated, with its context, in reading order. Markers and ids never reach a translator.

Prose has no context; a part of a question has `page/question` or `page/question/choice`; a used word of the glossary
`term/<id>`; a cell of a shown fact table `fact/<table>` (course-format.md, Translations).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from elearn.course import facts
from elearn.course.model import Block, CountryBlock, Course, FactsTable, Figure, Page, Prose, QuizPage
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    GapSelect,
    Matching,
    MultipleChoice,
    OpenAnswer,
    Ordering,
    Pool,
    Question,
    Scale,
    ShortText,
    SingleChoice,
    Stem,
    Step,
)
from elearn.richtext.markdown import is_translatable, one_line
from elearn.richtext.render import units
from elearn.richtext.survey import signature

_DIGEST_LENGTH: Final = 16


@dataclass(frozen=True, slots=True)
class Segment:
    """One unit of translation: `note` says what it is (title, text, choice…), `pages` where it is used (empty: the course itself)."""

    id: str
    context: str
    text: str
    note: str
    digest: str
    pages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    note: str
    context: str = ""


def digest_of(text: str) -> str:
    """Short hash of a source text: what a translator saw, for freshness."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def segments(course: Course) -> tuple[Segment, ...]:
    """Every segment of a course once, in reading order."""
    found: dict[tuple[str, str], tuple[_Found, dict[str, None]]] = {}
    for page_id, one in _of_course(course):
        _, pages = found.setdefault((one.context, one.text), (one, {}))
        if page_id:
            pages[page_id] = None
    return tuple(_segment(one, tuple(pages)) for one, pages in found.values())


def page_segments(course: Course, page: Page) -> tuple[Segment, ...]:
    """Every segment that is shown on one page, its words and fact cells too."""
    found = dict.fromkeys((one.context, one.text) for one in _of_page(course, page))
    notes = {(one.context, one.text): one for one in _of_page(course, page)}
    return tuple(_segment(notes[key], (page.id,)) for key in found)


def terms_of(texts: Iterator[str]) -> tuple[str, ...]:
    """Keys of the glossary that these units link to, in order of mention."""
    terms: dict[str, None] = {}
    for text in texts:
        if "](term:" in text:
            terms |= {
                target.removeprefix("term:"): None for kind, target in signature(text) if kind == "link" and target.startswith("term:")
            }
    return tuple(terms)


def _segment(one: _Found, pages: tuple[str, ...]) -> Segment:
    key = digest_of(f"{one.context}\x04{one.text}")
    return Segment(key, one.context, one.text, one.note, digest_of(one.text), pages)


def _of_course(course: Course) -> Iterator[tuple[str, _Found]]:
    own = [_Found(course.title, "title"), _Found(course.summary, "summary")]
    own += [_Found(objective.text, "objective") for objective in course.objectives]
    own += [_Found(module.title, "title") for module in course.modules]
    for one in own:
        if is_translatable(one.text):
            yield "", one
    for _, page in course.pages():
        for one in _of_page(course, page):
            yield page.id, one


def _of_page(course: Course, page: Page) -> Iterator[_Found]:
    written = [one for one in _written(course, page) if is_translatable(one.text)]
    yield from written
    glossary = course.facts.get("glossary")
    for term in terms_of(one.text for one in written):
        row = glossary.rows.get(term) if glossary else None
        if row and row.get("definition_en"):
            yield _Found(row["definition_en"], "definition", f"term/{term}")


def _written(course: Course, page: Page) -> Iterator[_Found]:
    yield _Found(page.title, "title")
    yield from _of_blocks(course, page, page.blocks)
    if isinstance(page, QuizPage):
        yield from _of_blocks(course, page, page.quiz.slots)


def _of_block(course: Course, page: Page, block: Block) -> Iterator[_Found]:
    match block:
        case Prose():
            yield from _markdown(block.text, "text")
        case Figure():
            yield _Found(block.alt, "alt")
            yield from _markdown(block.caption, "caption")
        case FactsTable():
            yield from _of_facts(course, block)
        case Question():
            yield from _of_question(block, f"{page.id}/{block.id}")
        case Pool():
            yield from _of_blocks(course, page, block.questions)
        case _:
            yield _Found("" if isinstance(block, CountryBlock) else block.title, "title")
            yield from _of_blocks(course, page, block.blocks)


def _of_blocks(course: Course, page: Page, blocks: tuple[Block, ...]) -> Iterator[_Found]:
    for block in blocks:
        yield from _of_block(course, page, block)


def _of_facts(course: Course, block: FactsTable) -> Iterator[_Found]:
    yield _Found(block.title, "title")
    for column in block.columns:
        yield _Found(column.label, "label")
    table = course.facts.get(block.table)
    if table is None:
        return
    for row in facts.chosen(table, block.where):
        for column in block.columns:
            value = row.get(column.name, "")
            if not column.lookup and facts.is_words(value):
                yield _Found(value, "cell", f"fact/{block.table}")


def _of_question(question: Question, context: str) -> Iterator[_Found]:
    yield from _markdown(question.prompt, "question", context)
    yield from _parts(question, context)
    yield from _lines(question.hints, "hint", context)
    yield from _markdown(question.feedback, "feedback", context)


def _parts(question: Question, context: str) -> Iterator[_Found]:
    match question:
        case SingleChoice() | MultipleChoice() | Scale():
            yield from _choices(question.choices, context)
        case Matching():
            yield from _items(question.stems, "item", context)
            yield from _choices(question.choices, context)
        case Ordering():
            yield from _items(question.steps, "step", context)
        case GapSelect():
            for gap in question.gaps:
                yield from _choices(gap.choices, context)
        case Branching():
            yield from _scenes(question, context)
        case _:
            yield from _typed(question, context)


def _typed(question: Question, context: str) -> Iterator[_Found]:
    if isinstance(question, ShortText):
        yield from _items(question.accepted, "answer", context)
    elif isinstance(question, OpenAnswer):
        yield from _lines(question.rubric, "rubric", context)


def _scenes(question: Branching, context: str) -> Iterator[_Found]:
    for scene in question.scenes:
        yield from _markdown(scene.text, "scene", context)
        yield from _choices(scene.choices, context)


def _lines(lines: tuple[str, ...], note: str, context: str) -> Iterator[_Found]:
    return (_Found(one_line(line), note, context) for line in lines)


def _items(items: tuple[Stem, ...] | tuple[Step, ...] | tuple[Accepted, ...], note: str, context: str) -> Iterator[_Found]:
    return (_Found(one_line(item.text), note, f"{context}/{item.id}") for item in items)


def _choices(choices: tuple[Choice, ...], context: str) -> Iterator[_Found]:
    for choice in choices:
        yield _Found(one_line(choice.text), "choice", f"{context}/{choice.id}")
        yield _Found(one_line(choice.feedback), "feedback", f"{context}/{choice.id}")


def _markdown(text: str, note: str, context: str = "") -> Iterator[_Found]:
    return (_Found(unit, note, context) for unit, _ in units(text))
