"""PO text and back: entries with their review state, templates, updates, imports and coverage. The only importer of polib."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Final, Literal

import polib

from elearn.course.segments import Segment
from elearn.errors import Invalid, Problem, Where

State = Literal["machine", "draft", "submitted", "approved"]

#: from the least to the most trusted
STATES: Final[tuple[State, ...]] = ("machine", "draft", "submitted", "approved")
_STATE_LINE: Final = re.compile(r"state:\s*(machine|draft|submitted|approved)\s*")
_LINE: Final = re.compile(r"line (\d+)")
_ALIKE: Final = 0.75
_MAX_BYTES: Final = 5_000_000
_MOST_LINES: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a PO file. `note` and `references` come from the source, `comment` from translators."""

    source: str
    text: str = ""
    context: str = ""
    state: State = "draft"
    fuzzy: bool = False
    obsolete: bool = False
    note: str = ""
    comment: str = ""
    references: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    previous: tuple[str | None, str | None, str | None] = (None, None, None)
    plural: str = ""
    plural_texts: tuple[tuple[int, str], ...] = ()
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> tuple[str, str]:
        """What identifies an entry: context and source text."""
        return self.context, self.source

    @property
    def shown(self) -> bool:
        """Whether learners may see the text: there is one, and it is neither fuzzy nor obsolete."""
        return bool(self.text) and not self.fuzzy and not self.obsolete


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a course is translated; `by_state` counts the translated segments."""

    total: int
    translated: int
    by_state: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Catalog:
    """All translations of a course into one language, in file order."""

    language: str
    entries: tuple[Entry, ...] = ()
    header: tuple[tuple[str, str], ...] = ()
    header_comment: str = ""
    _index: dict[tuple[str, str], Entry] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for entry in self.entries:
            known = self._index.get(entry.key)
            if known is None or (known.obsolete and not entry.obsolete):
                self._index[entry.key] = entry

    @staticmethod
    def from_po(content: bytes, language: str) -> "Catalog":
        """Read a PO file. Invalid("po-syntax") with a Problem that names the line if it cannot be read."""
        if len(content) > _MAX_BYTES:
            raise Invalid("file-too-large", limit=_MAX_BYTES)
        try:
            text = content.decode("utf-8-sig")
            _refuse_endless(text)
            # the line feed keeps polib from taking a text for the name of a file
            found = polib.pofile(text + "\n", wrapwidth=0)
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
            line = _LINE.search(str(error))
            where = Where(f"po/{language}.po", int(line[1]) if line else 0)
            raise Invalid("po-syntax", (Problem("po-syntax", where),)) from error
        entries = tuple(_entry(entry) for entry in found)
        return Catalog(language, entries, tuple(found.metadata.items()), found.header)

    def to_po(self) -> bytes:
        """The PO file, the same bytes for the same catalogue; lines are not wrapped."""
        file = polib.POFile(wrapwidth=0)
        file.metadata = dict(self.header or _header(self.language))
        file.header = self.header_comment
        file.extend(_po_entry(entry) for entry in self.entries)
        return str(file).encode("utf-8", "replace")

    def find(self, text: str, context: str = "") -> Entry | None:
        """The entry of a source text, shown or not."""
        return self._index.get((context, text))

    def lookup(self, text: str, context: str = "") -> Entry | None:
        """The entry of a source text if learners may see it."""
        entry = self.find(text, context)
        return entry if entry is not None and entry.shown else None

    def coverage(self, segments: Iterable[Segment]) -> Coverage:
        """How many of these segments have a translation that is shown."""
        total = 0
        by_state: dict[State, int] = dict.fromkeys(STATES, 0)
        for segment in segments:
            total += 1
            entry = self.lookup(segment.text, segment.context)
            if entry is not None:
                by_state[entry.state] += 1
        return Coverage(total, sum(by_state.values()), by_state)


def _refuse_endless(text: str) -> None:
    """Raise ValueError where a text goes on for too many lines: to join them takes time with the square of their number."""
    run = 0
    for number, line in enumerate(text.split("\n"), start=1):
        run = run + 1 if line.lstrip().startswith('"') else 0
        if run > _MOST_LINES:
            message = f"too many lines of one text (line {number})"
            raise ValueError(message)


def template(segments: Iterable[Segment], language: str = "") -> Catalog:
    """A catalogue of these segments without any translation."""
    return Catalog(language, tuple(_empty(segment) for segment in segments))


def merge(catalog: Catalog, segments: Iterable[Segment]) -> Catalog:
    """A catalogue brought up to date with the source: order and notes of the segments; texts and states of the catalogue.

    A text that is gone stays as obsolete; a text much like one that is gone takes its translation as fuzzy, which nobody is shown.
    """
    wanted = {(segment.context, segment.text): segment for segment in segments}
    gone = [entry for entry in catalog.entries if entry.key not in wanted and entry.text]
    fresh = []
    for key, segment in wanted.items():
        known = catalog.find(segment.text, segment.context)
        base = _guess(segment, gone) if known is None else known
        fresh.append(replace(base, source=key[1], context=key[0], obsolete=False, note=segment.note, references=segment.pages))
    old = tuple(replace(entry, obsolete=True, note="", references=()) for entry in gone)
    return replace(catalog, entries=(*fresh, *old))


def adopt(mine: Catalog, theirs: Catalog) -> Catalog:
    """My catalogue with what an import brings: a shown text of at least the same state replaces mine, nothing is downgraded."""
    entries = tuple(_better(entry, theirs.lookup(entry.source, entry.context)) for entry in mine.entries)
    return replace(mine, entries=entries)


def _better(mine: Entry, theirs: Entry | None) -> Entry:
    if theirs is None or mine.obsolete:
        return mine
    rank = STATES.index(theirs.state)
    if mine.shown and (STATES.index(mine.state) > rank or (mine.state, mine.text) == (theirs.state, theirs.text)):
        return mine
    comment = theirs.comment or mine.comment
    return replace(mine, text=theirs.text, state=theirs.state, fuzzy=False, previous=(None, None, None), comment=comment)


def _empty(segment: Segment) -> Entry:
    return Entry(source=segment.text, context=segment.context, note=segment.note, references=segment.pages)


def _guess(segment: Segment, gone: list[Entry]) -> Entry:
    """An entry for a new segment: fuzzy from the most similar text that is gone from the same place, else empty."""
    place = set(segment.pages)
    best, best_ratio = None, _ALIKE
    for entry in gone:
        near = entry.context == segment.context if segment.context else not entry.context and bool(place & set(entry.references))
        if near and not entry.obsolete:
            ratio = SequenceMatcher(None, entry.source, segment.text).ratio()
            if ratio > best_ratio:
                best, best_ratio = entry, ratio
    if best is None:
        return _empty(segment)
    return replace(best, fuzzy=True, state="draft", previous=(best.context or None, best.source, None))


def _header(language: str) -> dict[str, str]:
    return {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
    }


def _entry(entry: polib.POEntry) -> Entry:
    comment, state = _state(entry.tcomment)
    return Entry(
        source=entry.msgid,
        text=entry.msgstr,
        context=entry.msgctxt or "",
        state=state,
        fuzzy="fuzzy" in entry.flags,
        obsolete=bool(entry.obsolete),
        note=entry.comment,
        comment=comment,
        references=tuple(f"{path}:{line}" if line else path for path, line in entry.occurrences),
        flags=tuple(flag for flag in entry.flags if flag != "fuzzy"),
        previous=(entry.previous_msgctxt, entry.previous_msgid, entry.previous_msgid_plural),
        plural=entry.msgid_plural,
        plural_texts=tuple(sorted(entry.msgstr_plural.items())),
        line=entry.linenum or 0,
    )


def _state(comment: str) -> tuple[str, State]:
    """The comment without its state line, and the state."""
    state: State = "draft"
    rest = []
    for line in comment.split("\n") if comment else ():
        found = _STATE_LINE.fullmatch(line)
        if found is None:
            rest.append(line)
        else:
            state = next(known for known in STATES if known == found[1])
    return "\n".join(rest), state


def _po_entry(entry: Entry) -> polib.POEntry:
    state = [] if entry.state == "draft" else [f"state: {entry.state}"]
    context, source, plural = entry.previous
    return polib.POEntry(
        msgid=entry.source,
        msgstr=entry.text,
        msgctxt=entry.context or None,
        tcomment="\n".join([*state, *([entry.comment] if entry.comment else [])]),
        comment=entry.note,
        occurrences=[(reference, "") for reference in entry.references],
        flags=[*(["fuzzy"] if entry.fuzzy else []), *entry.flags],
        previous_msgctxt=context,
        previous_msgid=source,
        previous_msgid_plural=plural,
        msgid_plural=entry.plural,
        msgstr_plural=dict(entry.plural_texts),
        obsolete=entry.obsolete,
    )
