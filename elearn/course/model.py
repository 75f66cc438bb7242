"""What a course is: Course > Module > Lesson (of blocks) or QuizPage. Frozen values; files, checks and HTML live beside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from elearn.lang import Country, Language
from elearn.quiz.model import Pool, Question, Quiz

BoxKind = Literal["note", "safety", "remember", "example", "takeaways", "activity"]
LessonRule = Literal["read", "practised", "none"]


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown between blocks, exactly as written (without surrounding blank lines)."""

    text: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Box:
    """A framed part of a page with its own blocks."""

    kind: BoxKind
    blocks: "tuple[Block, ...]"
    id: str = ""
    title: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CountryBlock:
    """Blocks for readers of one country; folded for others."""

    only: Country
    blocks: "tuple[Block, ...]"
    id: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """A case or scenario; `made_up` is said to the reader."""

    title: str
    made_up: bool
    blocks: "tuple[Block, ...]"
    id: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture of media/ with its text alternative; the caption is Markdown."""

    src: str
    alt: str
    caption: str = ""
    id: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FactColumn:
    """A column of a fact table as shown; `lookup` names another table whose row name is shown instead of the key."""

    name: str
    label: str
    lookup: str = ""


@dataclass(frozen=True, slots=True)
class FactsTable:
    """Rows of fact data shown as a table; `where` maps a column to the values it may have."""

    table: str
    columns: tuple[FactColumn, ...]
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    title: str = ""
    id: str = ""
    line: int = field(default=0, compare=False)


Block = Prose | Box | CountryBlock | Case | Figure | FactsTable | Question | Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A page to read, with its own practice questions. `id` is the file name without `.md`."""

    id: str
    title: str
    minutes: int
    objectives: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class QuizPage:
    """A page that is a quiz: blocks before the questions (never questions themselves), and the quiz itself."""

    id: str
    title: str
    minutes: int
    quiz: Quiz
    objectives: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()


Page = Lesson | QuizPage


@dataclass(frozen=True, slots=True)
class Module:
    """A titled group of pages, in order."""

    id: str
    title: str
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Objective:
    """What a learner can do afterwards."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class CompletionRule:
    """When a course is complete: every lesson read or practised, these quizzes passed, critical questions all right where asked."""

    lessons: LessonRule = "read"
    quizzes: tuple[str, ...] = ()
    critical: bool = False


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """What a certificate says: hours of learning, months of validity (0: for ever)."""

    hours: int = 0
    valid_months: int = 0


Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FactTable:
    """One CSV of fact data: key columns, header in file order and rows by joined key (`KAZ/ICCPR`)."""

    name: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: Mapping[str, Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A whole course in one language, as read from its source."""

    id: str
    code: str
    title: str
    summary: str
    language: Language
    licence: str
    minutes: int
    level: str
    topics: tuple[str, ...]
    countries: tuple[Country, ...]
    public: bool
    modules: tuple[Module, ...]
    objectives: tuple[Objective, ...] = ()
    prerequisites: tuple[str, ...] = ()
    completion: CompletionRule = CompletionRule()
    certificate: CertificateRule = CertificateRule()
    translation: Mapping[Language, Language] = field(default_factory=dict)
    facts: Mapping[str, FactTable] = field(default_factory=dict)
    media: tuple[str, ...] = ()

    def pages(self) -> Iterator[tuple[Module, Page]]:
        """Every page with its module, in the order of the outline."""
        for module in self.modules:
            for page in module.pages:
                yield module, page

    def page(self, page_id: str) -> Page | None:
        """The page with this id, or None."""
        return next((page for _, page in self.pages() if page.id == page_id), None)


def questions_of(blocks: tuple[Block, ...]) -> Iterator[Question]:
    """Every question inside these blocks, nested ones too, in reading order."""
    for block in blocks:
        if isinstance(block, Question):
            yield block
        elif isinstance(block, Pool):
            yield from block.questions
        elif isinstance(block, Box | CountryBlock | Case):
            yield from questions_of(block.blocks)


def page_questions(page: Page) -> tuple[Question, ...]:
    """Every question of a lesson or of a quiz page."""
    return tuple(page.quiz.questions()) if isinstance(page, QuizPage) else tuple(questions_of(page.blocks))
