"""From a course and facts to progress now. When a course was completed is a stored fact, never worked out again here."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from elearn.course.model import Block, Box, Case, Course, Lesson, Page, QuizPage
from elearn.progress.facts import Fact, FactKind
from elearn.quiz.model import Pool, Question


@dataclass(frozen=True, slots=True)
class Progress:
    """What is done of a course: page ids done, what the rule still asks for in the order of the outline, whole percent for a bar."""

    done: frozenset[str]
    missing: tuple[str, ...]
    percent: int
    complete: bool


def progress(course: Course, facts: Iterable[Fact]) -> Progress:
    """The progress of one person by the completion rule of this release of the course.

    Pages that are gone do not count, new ones are open; a quiz passed in an earlier release stays passed. A rule that asks for nothing
    is never complete, and its percent is of all pages. Percent is rounded down, so that 100 means done.
    """
    known = {(fact.kind, fact.page, fact.ref) for fact in facts}
    pages = [page for _, page in course.pages()]
    done = frozenset(page.id for page in pages if is_done(course, page, known))
    asked = [page.id for page in pages if is_asked(course, page)]
    missing = tuple(page for page in asked if page not in done)
    counted = asked or [page.id for page in pages]
    percent = 100 * sum(page in done for page in counted) // max(len(counted), 1)
    return Progress(done, missing, percent, complete=bool(asked) and not missing)


Known = set[tuple[FactKind, str, str]]


def is_asked(course: Course, page: Page) -> bool:
    """Whether the completion rule asks for this page."""
    if isinstance(page, Lesson):
        return course.completion.lessons != "none"
    return page.id in course.completion.quizzes


def is_done(course: Course, page: Page, known: Known) -> bool:
    """Whether this page is done: a quiz passed (a baseline attempted), a lesson read or answered, or practised where the rule says so."""
    if isinstance(page, QuizPage):
        return _quiz_done(course, page, known)
    happened = {(kind, ref) for kind, on, ref in known if on == page.id}
    practised = {ref for kind, ref in happened if kind == "practised"}
    questions = {question.id for question in asked_questions(page.blocks)}
    if course.completion.lessons == "practised" and questions:
        return questions <= practised
    return bool(practised) or any(kind == "read" for kind, _ in happened)


def _quiz_done(course: Course, page: QuizPage, known: Known) -> bool:
    wanted: FactKind = "attempted" if page.quiz.form == "baseline" else "passed"
    attempts = {ref for kind, on, ref in known if on == page.id and kind == wanted}
    if course.completion.critical and page.id in course.completion.quizzes:
        attempts &= {ref for kind, on, ref in known if on == page.id and kind == "critical"}
    return bool(attempts)


def asked_questions(blocks: tuple[Block, ...]) -> Iterator[Question]:
    """The questions that everybody meets on a page: those inside country blocks are folded for most, so no rule may ask for them."""
    for block in blocks:
        if isinstance(block, Question):
            yield block
        elif isinstance(block, Pool):
            yield from block.questions
        elif isinstance(block, Box | Case):
            yield from asked_questions(block.blocks)


def next_page(course: Course, done: Collection[str], last: str) -> str:
    """The page to go on with: the one `last` open until it is done, then what the rule still asks for, then the rest; "" if all is done."""
    pages = [page for _, page in course.pages() if page.id not in done]
    asked = [page.id for page in pages if is_asked(course, page)]
    if any(page.id == last for page in pages):
        return last
    return next(iter([*asked, *(page.id for page in pages)]), "")
