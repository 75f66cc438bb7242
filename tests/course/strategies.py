"""Courses made up by Hypothesis: every kind, with texts that look like the grammar without being it."""

import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import strategies as st

from elearn.course.model import (
    Block,
    Box,
    Case,
    CertificateRule,
    CompletionRule,
    CountryBlock,
    Course,
    FactColumn,
    FactsTable,
    FactTable,
    Figure,
    Lesson,
    Module,
    Objective,
    Page,
    Prose,
    QuizPage,
)
from elearn.course.read_kinds import CREDITS, LARGEST, MODES
from elearn.course.read_outline import LESSON_RULES, LEVELS, TOPICS
from elearn.course.read_page import BOX_KINDS, FORMS, PAGINGS
from elearn.course.read_question import HEAVIEST
from elearn.lang import COUNTRIES
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    Gap,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Pool,
    Proof,
    Question,
    Quiz,
    Scale,
    Scene,
    ShortText,
    SingleChoice,
    Stem,
    Step,
    TrueFalse,
)

T = TypeVar("T")

WORDS = (
    *("right", "құқық", "ҳуқуқ", "şäher", "{#x}", "{a=b}", "{", "}}", "::", ":", "->", "- [x]", '"', "\\", '\\"', "'", "#", "|", ">", "="),
    *(
        "@",
        "*",
        "**b**",
        "`c`",
        "<b>",
        "&amp;",
        "[l](https://a.org)",
        "1.",
        "+",
        "-",
        "hint:x",
        "е\u0308",
        "\u0338",
        "🙂",
        "\u00a0",
        "\u200b",
    ),
    *(";", ",", "%(x)s", "---", "```", "  ", "\t"),
)
SEPARATORS = "|;,>="
LETTERS = st.text("abcxyz019", min_size=1, max_size=8)


def texts(without: str = "") -> st.SearchStrategy[str]:
    """One line that starts with a letter, ends without a space and holds none of these characters."""
    words = [word for word in WORDS if not set(word) & set(without)]
    many = st.lists(st.sampled_from(words), max_size=5).map(lambda drawn: " ".join(["w", *drawn]).rstrip(" \t"))
    return many.map(lambda text: unicodedata.normalize("NFC", text))


LINE = texts()
RAW_LINE = st.one_of(LINE, st.just(""), LINE.map(lambda line: "    " + line), LINE.map(lambda line: f"> {line}"))
LINES = st.tuples(LINE, st.lists(RAW_LINE, max_size=3), LINE).map(lambda parts: "\n".join([parts[0], *parts[1], parts[2]]))
MARKDOWN = st.one_of(LINE, LINES, LINE.map(lambda line: "    " + line), LINE.map(lambda line: f"- {line}\n- [x] {line}"))
AMOUNTS = st.one_of(st.integers(-(10**17), 10**17).map(float), st.floats(allow_nan=False, allow_infinity=False))
NUMBERS = AMOUNTS.map(lambda amount: max(-LARGEST, min(amount, LARGEST)))
FRACTIONS = st.one_of(st.sampled_from([0.0, 0.5, 1.0, 1 / 3]), st.floats(0, 1))


class Maker:
    """Draws the parts of one course and gives every id once."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self._ids = 0

    def pick(self, strategy: st.SearchStrategy[T]) -> T:
        drawn: T = self._draw(strategy)
        return drawn

    def id(self) -> str:
        self._ids += 1
        return f"{self.pick(st.from_regex('[a-z0-9-]{0,3}', fullmatch=True)).strip('-')}{self._ids}"

    def one(self, options: tuple[T, ...]) -> T:
        return self.pick(st.sampled_from(options))

    def many(self, make: Callable[[], T], low: int = 0, high: int = 3) -> tuple[T, ...]:
        return tuple(make() for _ in range(self.pick(st.integers(low, high))))

    def yes(self) -> bool:
        return self.pick(st.booleans())

    def line(self) -> str:
        return self.pick(LINE)

    def lines(self) -> str:
        return self.pick(st.one_of(LINE, LINES))

    def maybe(self, make: Callable[[], str]) -> str:
        return make() if self.yes() else ""

    # -- questions

    def choice(self, *, right: bool = False, feedback: bool = True) -> Choice:
        return Choice(self.id(), self.line(), right, self.maybe(self.lines) if feedback else "")

    def marked(self) -> tuple[Choice, ...]:
        wrong = self.many(self.choice, 1, 3)
        return (self.choice(right=True), *wrong) if self.yes() else (*wrong, self.choice(right=True))

    def proof(self) -> Proof:
        row = f"{self.pick(LETTERS)}/{self.pick(LETTERS)}/{self.pick(LETTERS)}"
        return Proof(row, "column_A", self.one(("=", "^=")), self.pick(texts(";"))) if self.yes() else Proof(row)

    def shared(self) -> dict[str, Any]:
        return {
            "id": self.id(),
            "prompt": self.lines(),
            "feedback": self.maybe(self.lines),
            "hints": self.many(self.lines, 0, 2),
            "objective": self.maybe(self.id),
            "weight": min(abs(self.pick(AMOUNTS)), HEAVIEST),
            "critical": self.yes(),
            "shuffle": self.yes(),
            "penalty": self.pick(FRACTIONS),
            "proofs": self.many(self.proof, 0, 2),
        }

    def question(self) -> Question:
        make = self.one(
            (
                *(self.single, self.multiple, self.true_false, self.matching, self.ordering, self.gaps),
                *(self.short_text, self.number, self.scale, self.branching, self.open),
            )
        )
        return make()

    def single(self) -> Question:
        return SingleChoice(**self.shared(), choices=self.marked())

    def multiple(self) -> Question:
        return MultipleChoice(**self.shared(), choices=(*self.marked(), self.choice(right=True)), credit=self.one(CREDITS))

    def true_false(self) -> Question:
        return TrueFalse(**self.shared(), answer=self.yes())

    def matching(self) -> Question:
        choices = self.many(self.choice, 2)
        stems = self.many(lambda: Stem(self.id(), self.line(), self.one(choices).id), 1)
        return Matching(**self.shared(), stems=stems, choices=choices)

    def ordering(self) -> Question:
        ranks = sorted(self.many(lambda: self.pick(st.integers(0, 5)), 2, 4))
        return Ordering(**self.shared(), steps=tuple(Step(self.id(), self.line(), rank) for rank in ranks))

    def gaps(self) -> Question:
        gaps = self.many(lambda: Gap(self.id(), self.marked()), 0, 2)
        shared = self.shared()
        shared["prompt"] = "\n".join([shared["prompt"], *(f"w {{{{{gap.id}}}}}." for gap in gaps)])
        return GapSelect(**shared, gaps=gaps)

    def short_text(self) -> Question:
        accepted = self.many(lambda: Accepted(self.id(), self.line(), self.pick(FRACTIONS)))
        return ShortText(**self.shared(), accepted=(*accepted, Accepted(self.id(), self.line())), exact=self.yes())

    def number(self) -> Question:
        return Number(**self.shared(), answer=self.pick(NUMBERS), tolerance=abs(self.pick(NUMBERS)), mode=self.one(MODES))

    def scale(self) -> Question:
        return Scale(**self.shared(), choices=self.many(self.choice, 2, 4))

    def branching(self) -> Question:
        names = [self.id() for _ in range(self.pick(st.integers(1, 3)))]
        scenes: list[Scene] = []
        for number, name in enumerate(names):
            later = ("end", *names[number + 1 :])
            ways = self.many(lambda later=later: self.way(self.one(later)), 1, 2)  # type: ignore[misc] # bound early
            scenes.append(Scene(name, self.lines(), ways))
        return Branching(**self.shared(), scenes=tuple(scenes))

    def way(self, goto: str) -> Choice:
        return Choice(self.id(), self.line(), False, self.maybe(self.lines), self.pick(FRACTIONS), goto)

    def open(self) -> Question:
        return OpenAnswer(**self.shared(), rubric=self.many(self.lines), words=self.pick(st.integers(0, 10_000)))

    # -- blocks

    def blocks(self, make: tuple[Callable[[], Block], ...], depth: int = 0) -> tuple[Block, ...]:
        """Up to four blocks, never two texts in a row: those would be one."""
        blocks: list[Block] = []
        for _ in range(self.pick(st.integers(0, 2 if depth else 4))):
            block = self.one(make)()
            if not (isinstance(block, Prose) and blocks and isinstance(blocks[-1], Prose)):
                blocks.append(block)
        return tuple(blocks)

    def prose(self) -> Block:
        return Prose(self.pick(MARKDOWN))

    def figure(self) -> Block:
        src = f"media/{self.pick(LETTERS)}.webp"
        return Figure(src, self.maybe(self.line), self.maybe(lambda: self.pick(MARKDOWN)), self.maybe(self.id))

    def facts(self) -> Block:
        label = texts("|")
        columns = self.many(lambda: FactColumn(self.pick(LETTERS.map(lambda t: f"c{t}")), self.pick(label), self.maybe(self.id)), 1)
        value = st.one_of(st.just(""), texts(SEPARATORS))
        where = self.many(lambda: (self.pick(LETTERS.map(lambda t: f"c{t}")), self.many(lambda: self.pick(value), 1, 2)), 0, 2)
        return FactsTable(self.id(), columns, where, self.maybe(self.line), self.maybe(self.id))

    def country(self) -> Block:
        return CountryBlock(self.one(COUNTRIES), self.blocks((self.prose, self.figure, self.facts), 1), self.maybe(self.id))

    def case(self) -> Block:
        return Case(self.line(), self.yes(), self.blocks((self.prose, self.country, self.figure), 1), self.maybe(self.id))

    def box(self, *, questions: bool = True) -> Block:
        inside: tuple[Callable[[], Block], ...] = (
            self.prose,
            self.country,
            self.case,
            self.facts,
            *((self.question,) if questions else ()),
        )
        return Box(self.one(BOX_KINDS), self.blocks(inside, 1), self.maybe(self.id), self.maybe(self.line))

    def pool(self) -> Pool:
        questions = self.many(self.question, 1)
        return Pool(self.id(), self.pick(st.integers(1, len(questions))), questions)

    # -- pages and course

    def page(self) -> Page:
        return self.quiz() if self.yes() else self.lesson()

    def lesson(self) -> Page:
        kinds = (self.prose, self.box, self.country, self.case, self.figure, self.facts, self.question)
        return Lesson(id=self.id(), title=self.line(), minutes=self.minutes(), objectives=self.many(self.id), blocks=self.blocks(kinds))

    def quiz(self) -> Page:
        name, form = self.id(), self.one(FORMS)
        quiz = Quiz(
            id=name,
            form=form,
            slots=self.many(lambda: self.pool() if self.yes() else self.question(), 1),
            pass_mark=0 if form == "baseline" else self.pick(st.integers(0, 100)),
            tries=self.pick(st.integers(0, 9)),
            minutes_limit=self.minutes(),
            paging=self.one(PAGINGS),
            shuffle=self.yes(),
        )
        blocks = self.blocks((self.prose, lambda: self.box(questions=False), self.case))
        return QuizPage(id=name, title=self.line(), minutes=self.minutes(), quiz=quiz, blocks=blocks)

    def minutes(self) -> int:
        return self.pick(st.integers(0, 600))

    def fact_table(self) -> FactTable:
        columns = ("k1", "k2", *(f"c{n}" for n in range(self.pick(st.integers(0, 2)))))
        key = self.one((("k1",), ("k2", "k1")))
        rows: dict[str, dict[str, str]] = {}
        for _ in range(self.pick(st.integers(0, 3))):
            cells = {"k1": self.id(), "k2": self.line(), **{c: self.pick(st.one_of(st.just(""), LINES, MARKDOWN)) for c in columns[2:]}}
            rows["/".join(cells[column] for column in key)] = {column: cells[column] for column in columns}
        return FactTable(f"t{self.id()}", key, columns, rows)

    def course(self) -> Course:
        modules = self.many(lambda: Module(self.id(), self.line(), self.many(self.page, 0, 2)), 0, 2)
        quizzes = tuple(page.id for module in modules for page in module.pages if isinstance(page, QuizPage) and self.yes())
        tables = self.many(self.fact_table, 0, 2)
        return Course(
            id=self.id(),
            code=self.line(),
            title=self.lines(),
            summary=self.lines(),
            licence=self.line(),
            language="en",
            minutes=self.minutes(),
            level=self.one(LEVELS),
            topics=self.pick(st.lists(st.sampled_from(TOPICS), unique=True).map(tuple)),
            countries=self.pick(st.lists(st.sampled_from(COUNTRIES), unique=True).map(tuple)),
            public=self.yes(),
            modules=modules,
            objectives=self.many(lambda: Objective(self.id(), self.line())),
            prerequisites=self.many(self.id, 0, 2),
            completion=CompletionRule(self.one(LESSON_RULES), quizzes, self.yes()),
            certificate=CertificateRule(self.minutes(), self.minutes()),
            translation=self.one(({}, {"ru": "en"}, {"ru": "en", "kk": "ru", "tg": "ru", "tk": "kk"})),
            facts={table.name: table for table in tables},
        )


@st.composite
def courses(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Course:
    """A course that keeps every rule of the format."""
    return Maker(draw).course()


@st.composite
def questions(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Question:
    """A question of any kind."""
    return Maker(draw).question()
