"""Rules for every text of a page: links lead somewhere, headings are in order, nothing is too long. The text itself is not judged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from elearn.course import facts
from elearn.course.model import Block, Box, Case, CountryBlock, Course, FactsTable, Figure, Page, Prose, QuizPage
from elearn.course.problems import Report
from elearn.quiz.model import (
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
    SingleChoice,
)
from elearn.richtext import links
from elearn.richtext.render import units
from elearn.richtext.sanitize import MAX_DEPTH, MAX_ELEMENTS
from elearn.richtext.survey import Found, survey

#: characters of a title or another line, and of a paragraph
LONGEST_LINE: Final = 1_000
LONGEST_UNIT: Final = 4_000
#: the sanitizer counts elements of HTML; a token of Markdown makes at most two
_MOST_ELEMENTS: Final = MAX_ELEMENTS // 2
_DEEPEST: Final = MAX_DEPTH // 2
#: a reader of Markdown looks from each of these to the end of the text
_MOST_OPENED: Final = {"[^": 200, "[": 2_000}
_TOP: Final = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """A text with the line where it starts: Markdown with paragraphs, or one line."""

    text: str
    line: int
    paragraphs: bool = True


def check_texts(course: Course, page: Page, report: Report) -> None:
    """Note what is wrong with the texts of a page."""
    levels: list[tuple[int, int]] = []
    for passage in passages(page):
        first = passage.line or 1
        if crowded(passage.text):
            report.error("text-too-full", first)
            continue
        found = survey(passage.text)
        labels = found.footnotes if passage.paragraphs else frozenset()
        for thing in found.things:
            _check_thing(course, thing, first + thing.line - 1, labels, report)
        levels += [(level, first + line - 1) for level, line in found.headings]
        if found.elements > _MOST_ELEMENTS or found.depth > _DEEPEST:
            report.error("text-too-full", first)
        _check_length(passage, report)
    _check_headings(levels, report)


def crowded(text: str) -> bool:
    """Whether so much is opened in a text that only looking through it would take long."""
    return any(text.count(sign) > most for sign, most in _MOST_OPENED.items())


def passages(page: Page) -> Iterator[Passage]:
    """Every text of a page that may hold Markdown, in reading order; titles of pages are plain words."""
    yield Passage(page.title, 1, paragraphs=False)
    yield from _of_blocks(page.blocks)
    if isinstance(page, QuizPage):
        yield from _of_blocks(page.quiz.slots)


def _of_blocks(blocks: tuple[Block, ...]) -> Iterator[Passage]:
    for block in blocks:
        match block:
            case Prose():
                yield Passage(block.text, block.line)
            case Figure():
                yield Passage(block.caption, block.line + 1)
            case FactsTable():
                yield Passage(block.title, block.line, paragraphs=False)
            case Question():
                yield from _of_question(block)
            case Pool():
                yield from _of_blocks(block.questions)
            case _:
                yield from _of_container(block)


def _of_container(block: Box | Case | CountryBlock) -> Iterator[Passage]:
    if not isinstance(block, CountryBlock):
        yield Passage(block.title, block.line, paragraphs=False)
    yield from _of_blocks(block.blocks)


def _of_question(question: Question) -> Iterator[Passage]:
    yield Passage(question.prompt, question.line + 1)
    for lines in _lists(question):
        for text, line in lines:
            yield Passage(text, line or question.line, paragraphs=False)
    if isinstance(question, Branching):
        for scene in question.scenes:
            yield Passage(scene.text, scene.line + 1)
    for hint in question.hints:
        yield Passage(hint, question.line, paragraphs=False)
    yield Passage(question.feedback, question.line)


def _lists(question: Question) -> Iterator[list[tuple[str, int]]]:
    """The short texts of a question with their lines, list by list."""
    for choices in choice_lists(question):
        yield [part for choice in choices for part in ((choice.text, choice.line), (choice.feedback, choice.line))]
    match question:
        case Matching():
            yield [(stem.text, stem.line) for stem in question.stems]
        case Ordering():
            yield [(step.text, step.line) for step in question.steps]
        case OpenAnswer():
            yield [(line, question.line) for line in question.rubric]
        case _:
            pass


def choice_lists(question: Question) -> tuple[tuple[Choice, ...], ...]:
    """Every list of choices of a question, from which one or more are taken."""
    match question:
        case SingleChoice() | MultipleChoice() | Scale() | Matching():
            return (question.choices,)
        case GapSelect():
            return tuple(gap.choices for gap in question.gaps)
        case Branching():
            return tuple(scene.choices for scene in question.scenes)
        case _:
            return ()


def _check_thing(course: Course, thing: Found, line: int, labels: frozenset[str], report: Report) -> None:
    if thing.kind == "link":
        _check_link(course, thing, line, report)
    elif thing.kind == "image":
        report.error("picture-in-text", line, target=thing.target)
    elif thing.kind == "tag":
        report.error("raw-html", line, tag=thing.target)
    elif thing.kind == "footnote" and thing.target not in labels:
        report.error("footnote-unknown", line, label=thing.target)


def _check_link(course: Course, thing: Found, line: int, report: Report) -> None:
    if not thing.words.strip():
        report.error("link-without-words", line, target=thing.target)
    link = links.split(thing.target)
    if link.scheme in links.SCHEMES:
        if not _leads_somewhere(course, link):
            report.error(f"{link.scheme}-unknown", line, target=link.target)
    elif not links.is_external(thing.target):
        report.error("link-not-https", line, target=thing.target)


def _leads_somewhere(course: Course, link: links.Link) -> bool:
    if link.scheme == "page":
        return course.page(link.target) is not None
    return facts.find(course, f"glossary/{link.target}" if link.scheme == "term" else link.target) is not None


def _check_headings(levels: list[tuple[int, int]], report: Report) -> None:
    before = _TOP - 1
    for level, line in levels:
        if level < _TOP:
            report.error("heading-too-high", line)
        elif level > before + 1:
            report.error("heading-skipped", line, level=level, before=before)
        before = level


def _check_length(passage: Passage, report: Report) -> None:
    first = passage.line or 1
    if not passage.paragraphs:
        if len(passage.text) > LONGEST_LINE:
            report.error("text-too-long", first, size=len(passage.text), limit=LONGEST_LINE)
        return
    for text, line in units(passage.text) if len(passage.text) > LONGEST_UNIT else ():
        if len(text) > LONGEST_UNIT:
            report.error("text-too-long", first + line - 1, size=len(text), limit=LONGEST_UNIT)
