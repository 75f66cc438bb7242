"""course.toml becomes an outline: what the course is, its modules and page ids, its rules. Pages and tables are read elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypedDict

from elearn.course.model import CertificateRule, CompletionRule, LessonRule, Objective
from elearn.course.problems import Report
from elearn.course.toml_fields import TomlFields, key_lines, parse_toml
from elearn.lang import COUNTRIES, LANGUAGES, Country, Language

FORMAT: Final = 1
LEVELS: Final = ("foundation", "intermediate")
TOPICS: Final = ("foundations", "expression", "assembly", "justice", "equality", "monitoring", "advocacy", "public", "safety")
LESSON_RULES: Final[tuple[LessonRule, ...]] = ("read", "practised", "none")
#: Folders of a course that are no modules.
RESERVED: Final = frozenset({"media", "facts", "po"})
_FACT_TABLE: Final = re.compile(r"[a-z][a-z0-9_-]{0,59}")


class Head(TypedDict):
    """What course.toml alone says of a course: the named arguments of Course."""

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
    prerequisites: tuple[str, ...]
    objectives: tuple[Objective, ...]
    completion: CompletionRule
    certificate: CertificateRule
    translation: Mapping[Language, Language]


@dataclass(frozen=True, slots=True)
class ModuleOutline:
    """A module with the ids of its pages and the line where they are named."""

    id: str
    title: str
    pages: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Outline:
    """course.toml as values; `facts` maps a table to its key columns."""

    head: Head
    modules: tuple[ModuleOutline, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_outline(text: str, report: Report) -> Outline | None:
    """The outline of a course, None if it is no TOML; other mistakes go to the report and leave harmless values."""
    values = parse_toml(text, report)
    if values is None:
        return None
    top = TomlFields(values, report, key_lines(text))
    number = top.whole("format")
    if number != FORMAT and number == values.get("format"):
        report.error("unknown-format", top.line("format"), format=number)
    outline = Outline(_head(top, report), _modules(top, report), _facts(top, report))
    top.finish()
    return outline


def _head(top: TomlFields, report: Report) -> Head:
    language = top.one_of("language", LANGUAGES)
    return Head(
        id=top.id("id"),
        code=top.text("code"),
        title=top.text("title"),
        summary=top.text("summary"),
        language=language,
        licence=top.text("licence"),
        minutes=top.whole("minutes"),
        level=top.one_of("level", LEVELS),
        topics=top.many_of("topics", TOPICS),
        countries=top.many_of("countries", COUNTRIES),
        public=top.truth("public"),
        prerequisites=top.ids("prerequisites", ()),
        objectives=_objectives(top, report),
        completion=_completion(top),
        certificate=_certificate(top),
        translation=_translation(top, language, report),
    )


def _objectives(top: TomlFields, report: Report) -> tuple[Objective, ...]:
    objectives: list[Objective] = []
    seen: set[str] = set()
    for table in top.tables("objective"):
        objective = Objective(table.id("id"), table.text("text"))
        if objective.id in seen:
            report.error("duplicate-id", table.line("id"), id=objective.id)
        seen.add(objective.id)
        objectives.append(objective)
        table.finish()
    return tuple(objectives)


def _completion(top: TomlFields) -> CompletionRule:
    table = top.table("completion")
    lessons = table.one_of("lessons", LESSON_RULES, "read")
    rule = CompletionRule(lessons, table.ids("quizzes", ()), table.truth("critical", default=False))
    table.finish()
    return rule


def _certificate(top: TomlFields) -> CertificateRule:
    table = top.table("certificate")
    rule = CertificateRule(table.whole("hours", 0, high=10_000), table.whole("valid_months", 0, high=1200))
    table.finish()
    return rule


def _translation(top: TomlFields, source: Language, report: Report) -> dict[Language, Language]:
    table = top.table("translation")
    chain = {language: table.one_of(language, LANGUAGES) for language in LANGUAGES if language in table.keys()}  # noqa: SIM118
    table.finish()
    for language in chain:
        step, seen = language, {language}
        while step in chain and chain[step] not in seen:
            step = chain[step]
            seen.add(step)
        if step != source or language == source:
            report.error("bad-translation-chain", table.line(language), language=language)
    return chain


def _modules(top: TomlFields, report: Report) -> tuple[ModuleOutline, ...]:
    modules: list[ModuleOutline] = []
    seen: set[str] = set()
    pages: set[str] = set()
    for table in top.tables("module"):
        module = ModuleOutline(table.id("id"), table.text("title"), table.ids("pages"), table.line("pages"))
        if module.id in RESERVED:
            report.error("reserved-id", table.line("id"), id=module.id)
        for id_ in ({module.id} & seen) | (set(module.pages) & pages):
            report.error("duplicate-id", table.line("id" if id_ in seen else "pages"), id=id_)
        seen.add(module.id)
        pages.update(module.pages)
        modules.append(module)
        table.finish()
    return tuple(modules)


def _facts(top: TomlFields, report: Report) -> dict[str, tuple[str, ...]]:
    facts: dict[str, tuple[str, ...]] = {}
    tables = top.table("facts")
    for name in tables.keys():  # noqa: SIM118 - not a mapping
        if not _FACT_TABLE.fullmatch(name):
            report.error("bad-id", tables.line(name), id=name)
        table = tables.table(name)
        facts[name] = table.texts("key")
        if not facts[name]:
            table.error("missing-key", "key")
        table.finish()
    return facts
