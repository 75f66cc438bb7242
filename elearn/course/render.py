"""A course in one language as data that pages are made of: every text rendered, cleaned and marked with its language, once, at publish.

Owns the shape of a rendered page (plain JSON values). It must not know templates, interface words or the reader.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from elearn.course import facts
from elearn.course.model import (
    Block,
    Box,
    Case,
    CountryBlock,
    Course,
    FactColumn,
    FactsTable,
    Figure,
    Lesson,
    Module,
    Page,
    Prose,
    QuizPage,
)
from elearn.course.render_question import rendered_question
from elearn.course.translate import Translator
from elearn.lang import ALPHA3, Language
from elearn.quiz.model import Pool, Question
from elearn.richtext.render import render, render_inline

Json = dict[str, Any]

_DATE: Final = re.compile(r"\d{4}(-\d{2}){0,2}")
_COUNTRY_OF: Final = {long: short for short, long in ALPHA3.items()}


@dataclass
class Job:
    """What the rendering of one page collects: its sources and words in order of mention, and whether drafts are shown."""

    course: Course
    translator: Translator
    module: Module
    page: Page
    media: Callable[[str], str]
    sources: dict[str, int] = field(default_factory=dict)
    terms: dict[str, int] = field(default_factory=dict)
    draft: bool = False
    missing: bool = False
    parts: int = 0

    @property
    def language(self) -> Language:
        """The language of the page."""
        return self.translator.language

    def unit(self, context: str = "") -> Callable[[str], tuple[str, str]]:
        """The unit call of the renderer for texts of one context."""

        def translated(msgid: str) -> tuple[str, str]:
            unit = self.translator.unit(msgid, context)
            self.missing |= unit.language != self.language
            self.draft |= unit.language == self.language and unit.state == "machine"
            return unit.text, unit.language

        return translated

    def link(self, scheme: str, target: str, words: str) -> tuple[str, str, str] | None:
        """The link call of the renderer: our schemes become places on this page or pages of this course."""
        del words
        if scheme == "fact":
            return (f"#c-source-{self.sources.setdefault(target, len(self.sources) + 1)}", "cite", "")
        if scheme == "term":
            self.terms.setdefault(target, len(self.terms) + 1)
            return (f"#c-term-{target.lower()}", "term", "")
        if scheme == "page":
            for module, page in self.course.pages():
                if page.id == target:
                    return (f"/{self.language}/courses/{self.course.id}/{module.id}/{page.id}/", "", "")
        if scheme == "https":
            return (f"/{self.language}/leave?to={quote(target, safe='')}", "external", "")
        return None

    def block(self, text: str, context: str = "") -> str:
        """HTML of Markdown paragraphs."""
        self.parts += 1
        scope = f"p{self.parts}"
        return str(render(text, unit=self.unit(context), link=self.link, language=self.language, scope=scope))

    def line(self, text: str, context: str = "") -> str:
        """HTML of a one-line text."""
        return str(render_inline(text, unit=self.unit(context), link=self.link, language=self.language)) if text else ""

    def plain(self, text: str, context: str = "") -> Json:
        """A text without markup, with its language, for titles and attributes."""
        shown, language = self.unit(context)(text) if text else ("", self.language)
        return {"text": shown, "lang": "" if language == self.language else language}


def render_page(course: Course, translator: Translator, module: Module, page: Page, *, media: Callable[[str], str]) -> Json:
    """Give the JSON of one page in the translator's language; `media` maps a path under media/ to its address."""
    job = Job(course, translator, module, page, media)
    questions: dict[str, Json] = {}
    pieces = [_piece(block, job, questions) for block in page.blocks]
    if isinstance(page, QuizPage):
        for question in page.quiz.questions():
            questions[question.id] = rendered_question(question, job)
    return {
        "id": page.id,
        "kind": "lesson" if isinstance(page, Lesson) else "quiz",
        "title": job.plain(page.title),
        "minutes": page.minutes,
        "pieces": pieces,
        "questions": questions,
        "terms": [_term(job, term) for term in job.terms],
        "sources": [_source(job, key) for key in job.sources],
        "draft": job.draft,
        "missing": job.missing,
    }


def render_outline(course: Course, translator: Translator) -> Json:
    """Give the JSON of a course's own texts and outline in the translator's language."""

    def plain(text: str) -> Json:
        unit = translator.unit(text)
        return {"text": unit.text, "lang": "" if unit.language == translator.language else unit.language}

    return {
        "title": plain(course.title),
        "summary": plain(course.summary),
        "objectives": [plain(objective.text) for objective in course.objectives],
        "draft": translator.unit(course.title).state == "machine",
        "modules": [
            {"id": module.id, "title": plain(module.title), "pages": [_entry(page, plain(page.title)) for page in module.pages]}
            for module in course.modules
        ],
    }


def _entry(page: Page, title: Json) -> Json:
    kind = page.quiz.form if isinstance(page, QuizPage) else "lesson"
    return {"id": page.id, "title": title, "minutes": page.minutes, "kind": kind}


def _piece(block: Block, job: Job, questions: dict[str, Json]) -> Json:
    match block:
        case Box() | CountryBlock() | Case():
            return {**_frame(block, job), "pieces": [_piece(part, job, questions) for part in block.blocks]}
        case Question():
            questions[block.id] = rendered_question(block, job)
            return {"kind": "question", "id": block.id}
        case Prose():
            return {"kind": "html", "html": job.block(block.text)}
        case Figure():
            return {
                "kind": "figure",
                "src": job.media(block.src.removeprefix("media/")),
                "alt": job.plain(block.alt),
                "caption": job.block(block.caption) if block.caption else "",
            }
        case FactsTable():
            return _facts(block, job)
        case Pool():  # pragma: no cover - the reader refuses a pool in a lesson
            return {"kind": "html", "html": ""}


def _frame(block: Box | CountryBlock | Case, job: Job) -> Json:
    if isinstance(block, CountryBlock):
        return {"kind": "country", "only": block.only}
    title = job.line(block.title)
    if isinstance(block, Case):
        return {"kind": "case", "id": block.id, "title": title, "made_up": block.made_up}
    return {"kind": "box", "box": block.kind, "id": block.id, "title": title}


def _facts(block: FactsTable, job: Job) -> Json:
    table = job.course.facts[block.table]
    chosen = list(facts.chosen(table, block.where))
    # Where every country has one row, one table compares them; else each country has a table of its own.
    by_country = len({row["country"] for row in chosen if row.get("country")}) < len(chosen) and "country" in table.columns
    columns = _columns_of_one_country(block) if by_country else block.columns
    rows = [
        {"country": _COUNTRY_OF.get(row.get("country", ""), ""), "cells": [_cell(block, row, column, job) for column in columns]}
        for row in chosen
    ]
    dates = sorted({row["as_of"] for row in chosen if row.get("as_of")})
    return {
        "kind": "facts",
        "id": block.id,
        "title": job.line(block.title),
        "columns": [job.line(column.label) for column in columns],
        "rows": rows,
        "by_country": by_country,
        "names": _names(block, chosen, job) if by_country else [],
        "as_of": [dates[0], dates[-1]] if dates else [],
    }


def _columns_of_one_country(block: FactsTable) -> tuple[FactColumn, ...]:
    """The columns of a country's own table: its name stands above it, and long names stand once below all tables."""
    return tuple(column for column in block.columns if column.name != "country" and not _named_below(block, column))


def _named_below(block: FactsTable, column: FactColumn) -> bool:
    """Whether a column only spells out the keys of another one."""
    return bool(column.lookup) and any(other.name == column.name and not other.lookup for other in block.columns)


def _names(block: FactsTable, chosen: Sequence[Mapping[str, str]], job: Job) -> list[tuple[str, Json]]:
    """Each key with the name it stands for, once."""
    found: dict[str, Json] = {}
    for column in block.columns:
        if _named_below(block, column):
            found |= {row[column.name]: _cell(block, row, column, job) for row in chosen}
    return list(found.items())


def _cell(block: FactsTable, row: Mapping[str, str], column: FactColumn, job: Job) -> Json:
    value = row.get(column.name, "")
    if column.lookup:
        text, language = facts.name_of(job.course, column.lookup, value, job.language)
        return {"text": text, "lang": "" if language == job.language else language}
    if value in _COUNTRY_OF:
        return {"country": _COUNTRY_OF[value]}
    if _DATE.fullmatch(value):
        return {"day": value}
    return job.plain(value, f"fact/{block.table}")


def _source(job: Job, key: str) -> Json:
    table, _, row_key = key.partition("/")
    row = job.course.facts[table].rows[row_key]
    label, language = facts.label(job.course, table, row, job.language)
    return {
        "label": label,
        "lang": "" if language == job.language else language,
        "as_of": facts.as_of(row),
        "status": facts.status(row),
        "from": row.get("source", ""),
    }


def _term(job: Job, term: str) -> Json:
    row = job.course.facts["glossary"].rows[term]
    definition = job.plain(row.get("definition_en", ""), f"term/{term}")
    own, english = row.get(job.language, ""), row.get("en") or term
    names = {"term": own or english, "lang": "" if own else "en", "english": english if own and job.language != "en" else ""}
    return {"id": term.lower(), **names, "definition": definition}
