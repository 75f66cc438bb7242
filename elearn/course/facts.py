"""Rows of fact data: look up, name, date and judge them. What may carry a scored question is decided here."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from elearn.course.model import Course, FactTable, Row
from elearn.lang import Language, is_language
from elearn.quiz.model import Proof

_SYMBOL: Final = re.compile(r"\S*/\S*[0-9]\S*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SCORABLE: Final = ("verified", "partially_verified")
_KNOWN_BY_HEART: Final = ("standards", "treaties")


def is_words(value: str) -> bool:
    """Whether a cell is words to translate: it has a small letter and is no symbol of a document, number or date."""
    return any(character.islower() for character in value) and not _SYMBOL.fullmatch(value) and _LETTER.search(value) is not None


def chosen(table: FactTable, where: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[Row]:
    """The rows whose columns have one of the given values, in file order."""
    return (row for row in table.rows.values() if all(row.get(column) in values for column, values in where))


def find(course: Course, target: str) -> tuple[FactTable, Row] | None:
    """Table and row of a link target `standards/ICCPR-2`, or None."""
    name, _, key = target.partition("/")
    table = course.facts.get(name)
    row = table.rows.get(key) if table else None
    return (table, row) if table and row else None


def as_of(row: Row) -> str:
    """The day up to which a row is known to be right; reviews and cases carry the date of the event instead."""
    for column in ("as_of", "outcome_date", "dialogue_date", "adopted"):
        if row.get(column):
            return row[column]
    return ""


def status(row: Row) -> str:
    """How sure the fact is, in the words of the tables; empty if the table does not say."""
    for column in ("fact_status", "dates_status", "finding_status"):
        if row.get(column):
            return row[column]
    return ""


def scorable(table: str, row: Row) -> bool:
    """Whether a scored question may rest on a row: (partly) verified, or known by heart with high confidence; never low confidence.

    The glossary is no ground for a scored fact question; treaties have no confidence of their own dates and count as high.
    """
    confidence = row.get("confidence", "high")
    if confidence == "low":
        return False
    if status(row) in _SCORABLE:
        return True
    return status(row) == "general_knowledge" and table in _KNOWN_BY_HEART and confidence == "high"


def holds(row: Row, proof: Proof) -> bool:
    """Whether a row says what a proof claims; without a column the row only has to be there."""
    value = row.get(proof.column, "")
    match proof.operator:
        case "=":
            return value == proof.value
        case "^=":
            return value.startswith(proof.value)
        case _:
            return True


def name_of(course: Course, table: str, key: str, language: Language) -> tuple[str, Language]:
    """The name of a row in a language if its table has one, and the language it is in; the key itself for an unknown row."""
    found = course.facts.get(table)
    row = found.rows.get(key) if found else None
    return (key, language) if row is None else _name(row, language, course.language) or (key, language)


def label(course: Course, table: str, row: Row, language: Language) -> tuple[str, Language]:
    """What a list of sources calls a row, and the language of that name."""
    match table:
        case "standards":
            whole = row.get("provision", "") in ("", "whole", "whole text")
            return _joined(row, ("instrument",) if whole else ("instrument", "provision")), course.language
        case "ratifications":
            return _joined(row, ("country", "treaty_id"), ": "), language  # symbols, the same in every language
        case "cases":
            return _joined(row, ("body", "communication_no"), " "), course.language
        case "reviews":
            return _joined(row, ("country", "body", "cycle_or_report")), course.language
        case _:
            return _name(row, language, course.language) or (next(iter(row.values()), ""), course.language)


def _joined(row: Row, columns: tuple[str, ...], mark: str = ", ") -> str:
    return mark.join(row[column] for column in columns if row.get(column))


def _name(row: Mapping[str, str], language: Language, source: Language) -> tuple[str, Language] | None:
    """`name_<language>` or, of a word list, the column of the language; else the name in the source language."""
    for column in (f"name_{language}", f"full_name_{language}", language):
        if row.get(column):
            return row[column], language
    for column in (f"full_name_{source}", f"name_{source}", "full_name_en", "name", source):
        if row.get(column):
            own = column.rpartition("_")[2]
            return row[column], own if is_language(own) else source
    return None
