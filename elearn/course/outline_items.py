"""A course flattened into comparable items: what each thing is, where it stands, what it says and which answer is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from elearn.course.model import Block, Box, Case, CountryBlock, Course, FactsTable, Figure, Module, Page, Prose, QuizPage
from elearn.quiz.model import (
    Branching,
    Choice,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Pool,
    Question,
    Scale,
    ShortText,
    SingleChoice,
    TrueFalse,
)

What = Literal["course", "objective", "module", "page", "question", "choice"]


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a course: `id` is its path, `sort` its kind, `says` its texts, `rule` what counts beside the `key`."""

    what: What
    id: str
    parent: str
    sort: str = ""
    says: tuple[str, ...] = ()
    rule: tuple[str, ...] = ()
    key: str = ""


def items(course: Course) -> Iterator[Item]:
    """Every item of a course, each before its parts, in reading order."""
    rule = (course.language, repr(course.completion), repr(course.certificate), repr(course.prerequisites))
    yield Item("course", "", "", says=(course.title, course.summary), rule=rule)
    for objective in course.objectives:
        yield Item("objective", objective.id, "", says=(objective.text,))
    for module in course.modules:
        yield Item("module", module.id, "", says=(module.title,))
        for page in module.pages:
            yield from _page(module, page)


def answer_key(question: Question) -> str:
    """The right answer in one line, by ids; empty for kinds without one. What marks depend on belongs to it."""
    match question:
        case SingleChoice() | MultipleChoice():
            return _right(question.choices)
        case TrueFalse():
            return "yes" if question.answer else "no"
        case Matching():
            return ", ".join(f"{stem.id} -> {stem.choice}" for stem in question.stems)
        case Ordering():
            ranks = sorted({step.rank for step in question.steps})
            return ", ".join(" = ".join(sorted(step.id for step in question.steps if step.rank == rank)) for rank in ranks)
        case GapSelect():
            return ", ".join(f"{gap.id}: {_right(gap.choices)}" for gap in question.gaps)
        case _:
            return _typed_key(question)


def _typed_key(question: Question) -> str:
    match question:
        case ShortText():
            return " | ".join(f"{answer.text} ({answer.fraction:g})" for answer in question.accepted)
        case Number():
            return f"{question.answer:g} {question.mode} {question.tolerance:g}"
        case Branching():
            ways = [(choice, scene) for scene in question.scenes for choice in scene.choices]
            return ", ".join(f"{choice.id} -> {choice.goto} ({choice.fraction:g})" for choice, _ in ways)
        case _:
            return ""


def _right(choices: tuple[Choice, ...]) -> str:
    return ", ".join(choice.id for choice in choices if choice.right)


def _page(module: Module, page: Page) -> Iterator[Item]:
    says = (page.title, *_says(page.blocks))
    rule = (*page.objectives, *_shape(page.blocks))
    sort = "lesson"
    if isinstance(page, QuizPage):
        quiz = page.quiz
        sort = "quiz"
        rule += (quiz.form, f"{quiz.pass_mark} {quiz.tries} {quiz.minutes_limit} {quiz.paging} {quiz.shuffle}")
    yield Item("page", page.id, module.id, sort, says, rule)
    yield from _questions(page.blocks, page.id)
    if isinstance(page, QuizPage):
        yield from _questions(page.quiz.slots, page.id)


def _says(blocks: tuple[Block, ...]) -> Iterator[str]:
    """The texts of blocks, not those of questions."""
    for block in blocks:
        match block:
            case Prose():
                yield block.text
            case Figure():
                yield from (block.alt, block.caption)
            case FactsTable():
                yield from (block.title, *(column.label for column in block.columns))
            case Box() | Case():
                yield block.title
                yield from _says(block.blocks)
            case CountryBlock():
                yield from _says(block.blocks)
            case _:
                pass


def _shape(blocks: tuple[Block, ...]) -> Iterator[str]:
    """What stands where: kinds of blocks, countries, pictures and tables."""
    for block in blocks:
        match block:
            case Figure():
                yield f"figure {block.src}"
            case FactsTable():
                yield f"facts {block.table} {[(column.name, column.lookup) for column in block.columns]} {block.where}"
            case Box() | Case() | CountryBlock():
                about = block.only if isinstance(block, CountryBlock) else getattr(block, "kind", "case")
                yield f"{about} ("
                yield from _shape(block.blocks)
                yield ")"
            case _:
                pass


def _questions(blocks: tuple[Block, ...], page_id: str, pool: str = "") -> Iterator[Item]:
    for block in blocks:
        if isinstance(block, Question):
            yield from _question(block, page_id, pool)
        elif isinstance(block, Pool):
            yield from _questions(block.questions, page_id, f"{block.id} {block.draw}")
        elif isinstance(block, Box | Case | CountryBlock):
            yield from _questions(block.blocks, page_id)


def _question(question: Question, page_id: str, pool: str) -> Iterator[Item]:
    path = f"{page_id}/{question.id}"
    rubric = question.rubric if isinstance(question, OpenAnswer) else ()
    scenes = tuple(scene.text for scene in question.scenes) if isinstance(question, Branching) else ()
    says = (question.prompt, question.feedback, *question.hints, *rubric, *scenes)
    credit = question.credit if isinstance(question, MultipleChoice) else ""
    exact = isinstance(question, ShortText) and question.exact
    rule = (
        pool,
        question.objective,
        f"{question.weight:g} {question.critical} {question.shuffle} {question.penalty:g}",
        credit,
        str(exact),
    )
    yield Item("question", path, page_id, type(question).__name__, says, rule, answer_key(question))
    for id_, texts in _parts(question):
        yield Item("choice", f"{path}/{id_}", path, says=texts)


def _parts(question: Question) -> Iterator[tuple[str, tuple[str, ...]]]:
    match question:
        case SingleChoice() | MultipleChoice() | Scale() | Matching():
            choices = question.choices
        case GapSelect():
            choices = tuple(choice for gap in question.gaps for choice in gap.choices)
        case Branching():
            choices = tuple(choice for scene in question.scenes for choice in scene.choices)
        case _:
            choices = ()
    yield from ((choice.id, (choice.text, choice.feedback)) for choice in choices)
    if isinstance(question, Matching):
        yield from ((stem.id, (stem.text,)) for stem in question.stems)
    if isinstance(question, Ordering):
        yield from ((step.id, (step.text,)) for step in question.steps)
