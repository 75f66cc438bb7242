"""Rules for the PO files of a course: they can be read, keep the marks of the source and are in the language they claim."""

import re
from collections.abc import Iterator
from typing import Final

from elearn.course.catalog import Catalog, Entry
from elearn.course.check_texts import LONGEST_UNIT, crowded
from elearn.course.model import Course
from elearn.course.problems import Report
from elearn.course.segments import segments
from elearn.course.source import Source
from elearn.course.syntax import check_characters
from elearn.errors import Invalid
from elearn.lang import Language, is_language
from elearn.richtext.survey import signature, survey

_CYRILLIC: Final[tuple[Language, ...]] = ("ru", "kk", "tg")
_MARKS: Final = re.compile(r"\]\([^)]*\)|`[^`]*`|<[^>]*>|\{\{[^}]*\}\}")
_LETTER: Final = re.compile(r"[^\W\d_]")
#: below this many letters names and abbreviations may fill a text
_ENOUGH: Final = 40
_SHARE: Final = 0.3
#: a translation may be longer than its source, but not without end
_LONGEST: Final = 2 * LONGEST_UNIT


def check_translations(course: Course, source: Source) -> Iterator[Report]:
    """A report for every file in po/."""
    known: frozenset[tuple[str, str]] | None = None
    for path in source.files:
        language = path.removeprefix("po/").removesuffix(".po")
        if path != f"po/{language}.po" or not is_language(language):
            continue  # the reader says that the file has no place
        report = Report(path)
        catalog = _read(course, language, source.files[path], report)
        if catalog is not None:
            known = known or frozenset((one.context, one.text) for one in segments(course))
            _check_catalog(catalog, known, report)
        yield report


def _read(course: Course, language: Language, content: bytes, report: Report) -> Catalog | None:
    if language == course.language:
        report.error("po-language-source")
        return None
    try:
        return Catalog.from_po(content, language)
    except Invalid as refused:
        report.error(refused.code, refused.problems[0].where.line if refused.problems else 0, **refused.params)
        return None


def _check_catalog(catalog: Catalog, known: frozenset[tuple[str, str]], report: Report) -> None:
    seen: set[tuple[str, str]] = set()
    unknown = 0
    for entry in catalog.entries:
        if entry.obsolete:
            continue
        if entry.key in seen:
            report.error("po-twice", entry.line, text=entry.source)
        seen.add(entry.key)
        unknown += bool(entry.text) and entry.key not in known
        if entry.shown:
            _check_entry(entry, catalog.language, report)
    if unknown:
        report.warning("po-unknown-texts", count=unknown)


def _check_entry(entry: Entry, language: str, report: Report) -> None:
    check_characters(entry.text, report, entry.line)
    size = max(len(entry.source), len(entry.text))
    if size > _LONGEST:
        report.error("text-too-long", entry.line, size=size, limit=_LONGEST)
    elif crowded(entry.source) or crowded(entry.text):
        report.error("text-too-full", entry.line)
    else:
        _check_marks(entry, language, report)


def _check_marks(entry: Entry, language: str, report: Report) -> None:
    if signature(entry.source) != signature(entry.text):
        report.error("po-marks-differ", entry.line, text=entry.source)
    if "<" in entry.text:
        for thing in survey(entry.text).things:
            if thing.kind == "tag":
                report.error("po-raw-html", entry.line, tag=thing.target)
    if not in_script(entry.text, language):
        report.warning("po-script", entry.line, text=entry.text)


def in_script(text: str, language: str) -> bool:
    """Whether a text may be in a language by its letters: Cyrillic for ru, kk and tg, Latin for en and tk; short texts always may."""
    letters: list[str] = _LETTER.findall(_MARKS.sub(" ", text))
    if len(letters) < _ENOUGH:
        return True
    share = sum("\u0400" <= letter <= "\u04ff" for letter in letters) / len(letters)
    return share >= _SHARE if language in _CYRILLIC else share <= _SHARE
