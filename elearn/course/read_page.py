"""A page file becomes a Lesson or a QuizPage: header, prose, boxes and what may stand where. Questions are read in read_question."""

import re
from collections.abc import Callable
from typing import Final, Literal

from elearn.course.fields import Fields
from elearn.course.model import (
    Block,
    Box,
    BoxKind,
    Case,
    CountryBlock,
    FactColumn,
    FactsTable,
    Figure,
    Lesson,
    Page,
    Prose,
    QuizPage,
    questions_of,
)
from elearn.course.problems import Report
from elearn.course.read_kinds import KINDS
from elearn.course.read_question import node_fields, read_question
from elearn.course.syntax import Node, Text, checked_id, heading_ids, is_id, parse_page
from elearn.lang import COUNTRIES
from elearn.quiz.model import Form, Paging, Pool, Question, Quiz

BOX_KINDS: Final[tuple[BoxKind, ...]] = ("note", "safety", "remember", "example", "takeaways", "activity")
FORMS: Final[tuple[Form, ...]] = ("practice", "test", "baseline")
PAGINGS: Final[tuple[Paging, ...]] = ("one", "all")
PAGE_KINDS: Final[tuple[Literal["lesson", "quiz"], ...]] = ("lesson", "quiz")
QUIZ_KEYS: Final = ("form", "pass", "tries", "time", "paging", "shuffle")
LONGEST_MINUTES: Final = 10_000

_MEDIA: Final = re.compile(r"media/[^\s/][^\s]*")
_COLUMN: Final = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9_]*)(?:>(?P<lookup>[a-z0-9_-]+))?[ \t]+(?P<label>.+)")
_CONDITION: Final = re.compile(r"(?P<column>[A-Za-z][A-Za-z0-9_]*)[ \t]*=(?P<values>.*)")


def read_page(page_id: str, text: str, report: Report) -> Page:
    """The page of a file; mistakes go to the report and leave harmless values."""
    cut = parse_page(text, report)
    header = Fields(cut.header, report, 1)
    title = header.text("title")
    if not title and "title" in cut.header:
        report.error("empty-text", header.line("title"))
    minutes = header.whole("minutes", high=LONGEST_MINUTES)
    objectives = tuple(header.text("objectives", "").split())
    quiz = header.one_of("kind", PAGE_KINDS, "lesson") == "quiz"
    blocks = _Blocks(report, quiz=quiz).read(cut.parts)
    page: Page
    if quiz:
        before, slots = _split(blocks, report)
        read_quiz = _quiz(page_id, header, slots)
        page = QuizPage(id=page_id, title=title, minutes=minutes, quiz=read_quiz, objectives=objectives, blocks=before)
    else:
        for key in QUIZ_KEYS:
            if header.has(key):
                header.error("header-key-of-quiz", key)
        page = Lesson(id=page_id, title=title, minutes=minutes, objectives=objectives, blocks=blocks)
    header.finish()
    return page


def _quiz(page_id: str, header: Fields, slots: tuple[Question | Pool, ...]) -> Quiz:
    quiz = Quiz(
        id=page_id,
        form=header.one_of("form", FORMS),
        slots=slots,
        pass_mark=header.whole("pass", 0, high=100),
        tries=header.whole("tries", 0, high=1000),
        minutes_limit=header.whole("time", 0, high=LONGEST_MINUTES),
        paging=header.one_of("paging", PAGINGS, "one"),
        shuffle=header.yes_no("shuffle", default=True),
    )
    if quiz.form == "baseline" and quiz.pass_mark:
        header.error("baseline-pass", "pass")
    return quiz


def _split(blocks: tuple[Block, ...], report: Report) -> tuple[tuple[Block, ...], tuple[Question | Pool, ...]]:
    before: list[Block] = []
    slots: list[Question | Pool] = []
    for block in blocks:
        if isinstance(block, Question | Pool):
            slots.append(block)
        elif not slots:
            before.append(block)
        else:
            report.error("prose-after-questions" if isinstance(block, Prose) else "block-after-questions", block.line)
    for question in questions_of(tuple(before)):
        report.error("question-in-block", question.line)
    if not slots:
        report.error("no-questions")
    return tuple(before), tuple(slots)


class _Blocks:
    """Turns the cut text of one page into blocks and watches over its ids."""

    def __init__(self, report: Report, *, quiz: bool) -> None:
        self._report = report
        self._quiz = quiz
        self._ids: set[str] = set()
        self._readers: dict[str, Callable[[Node, tuple[str, ...]], Block]] = {
            "box": self._box,
            "country": self._country,
            "case": self._case,
            "figure": self._figure,
            "facts": self._facts,
            "pool": self._pool,
            **dict.fromkeys(KINDS, self._question),
        }

    def read(self, parts: tuple[Text | Node, ...], inside: tuple[str, ...] = ()) -> tuple[Block, ...]:
        """Blocks of these parts, which stand inside blocks of these names."""
        blocks: list[Block] = []
        for part in parts:
            if isinstance(part, Text):
                blocks.append(self._prose(part))
            elif part.name in self._readers:
                self._see(part.attributes.id, part.line)
                blocks.append(self._readers[part.name](part, inside))
            else:
                self._report.error("unknown-block", part.line, name=part.name)
        return tuple(blocks)

    def _see(self, id_: str, line: int) -> None:
        if id_ and id_ in self._ids:
            self._report.error("duplicate-id", line, id=id_)
        self._ids.add(id_)

    def _prose(self, text: Text) -> Prose:
        for id_, line in heading_ids(text):
            self._see(checked_id(id_, self._report, line), line)
        return Prose("\n".join(text.lines), text.line)

    def _box(self, node: Node, inside: tuple[str, ...]) -> Block:
        fields = node_fields(node, self._report)
        kind, title = fields.one_of("kind", BOX_KINDS), fields.text("title", "")
        fields.finish()
        return Box(kind, self.read(node.parts, (*inside, "box")), node.attributes.id, title, node.line)

    def _country(self, node: Node, inside: tuple[str, ...]) -> Block:
        if "country" in inside:
            self._report.error("country-in-country", node.line)
        fields = node_fields(node, self._report)
        only = fields.one_of("only", COUNTRIES)
        fields.finish()
        return CountryBlock(only, self.read(node.parts, (*inside, "country")), node.attributes.id, node.line)

    def _case(self, node: Node, inside: tuple[str, ...]) -> Block:
        fields = node_fields(node, self._report)
        title, made_up = fields.text("title"), fields.yes_no("made-up")
        fields.finish()
        return Case(title, made_up, self.read(node.parts, (*inside, "case")), node.attributes.id, node.line)

    def _figure(self, node: Node, _: tuple[str, ...]) -> Block:
        fields = node_fields(node, self._report)
        src, alt = fields.text("src"), fields.text("alt")
        if src and (not _MEDIA.fullmatch(src) or ".." in src):
            fields.error("bad-media-path", "src")
        fields.finish()
        caption: list[str] = []
        for part in node.parts:
            if isinstance(part, Text):
                caption += part.lines
            else:
                self._report.error("no-block-inside", part.line, name=node.name)
        return Figure(src, alt, "\n".join(caption), node.attributes.id, node.line)

    def _facts(self, node: Node, _: tuple[str, ...]) -> Block:
        fields = node_fields(node, self._report)
        table, columns = fields.text("table"), self._columns(fields)
        where, title = self._where(fields), fields.text("title", "")
        fields.finish()
        for part in node.parts:
            self._report.error("no-body", part.line, name=node.name)
        return FactsTable(table, columns, where, title, node.attributes.id, node.line)

    def _columns(self, fields: Fields) -> tuple[FactColumn, ...]:
        columns: list[FactColumn] = []
        text = fields.text("columns")
        for part in text.split("|") if fields.has("columns") else ():
            match = _COLUMN.fullmatch(part.strip(" \t"))
            if match:
                columns.append(FactColumn(match["name"], match["label"], match["lookup"] or ""))
            else:
                fields.error("bad-columns", "columns", part=part)
        return tuple(columns)

    def _where(self, fields: Fields) -> tuple[tuple[str, tuple[str, ...]], ...]:
        conditions: list[tuple[str, tuple[str, ...]]] = []
        for part in filter(None, (piece.strip(" \t") for piece in fields.text("where", "").split(";"))):
            match = _CONDITION.fullmatch(part)
            if match:
                conditions.append((match["column"], tuple(value.strip(" \t") for value in match["values"].split(","))))
            else:
                fields.error("bad-where", "where", part=part)
        return tuple(conditions)

    def _pool(self, node: Node, inside: tuple[str, ...]) -> Block:
        if inside:
            self._report.error("pool-in-block", node.line)
        elif not self._quiz:
            self._report.error("pool-in-lesson", node.line)
        fields = node_fields(node, self._report)
        draw = fields.whole("draw", low=1)
        fields.finish()
        if not is_id(node.attributes.id):
            self._report.error("missing-id", node.line)
        members = self.read(node.parts, ("pool",))
        questions = tuple(member for member in members if isinstance(member, Question))
        for member in members:
            if not isinstance(member, Question):
                self._report.error("only-questions-in-pool", member.line)
        if draw > len(questions):
            self._report.error("draw-too-many", node.line, draw=draw, count=len(questions))
        return Pool(node.attributes.id, draw, questions, node.line)

    def _question(self, node: Node, inside: tuple[str, ...]) -> Block:
        if {"country", "case"} & set(inside):
            self._report.error("question-in-block", node.line)
        return read_question(node, self._report)
