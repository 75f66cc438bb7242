"""The lines of a question: its prompt, its choices and other marked lines, the closing lines. Knows markers, not kinds."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from elearn.course.fields import Fields
from elearn.course.problems import Report
from elearn.course.syntax import is_blank, parse_attributes, split_braces, trimmed

#: How a line of each sort starts. `gap` and `scene` look the same; a kind knows one of them.
MARKERS: Final[dict[str, re.Pattern[str]]] = {
    "choice": re.compile(r"- \[(?P<mark>[^\]]?)\](?:[ \t]+(?P<text>.*))?"),
    "minus": re.compile(r"-[ \t]+(?P<text>.*)"),
    "plus": re.compile(r"\+[ \t]+(?P<text>.*)"),
    "step": re.compile(r"(?P<mark>[0-9]{1,6})\.[ \t]+(?P<text>.*)"),
    "accepted": re.compile(r"=[ \t]+(?P<text>.*)"),
    "gap": re.compile(r"@[ \t]+(?P<text>.*)"),
    "scene": re.compile(r"@[ \t]+(?P<text>.*)"),
    "hint": re.compile(r"hint:[ \t]*(?P<text>.*)"),
    "feedback": re.compile(r"feedback:[ \t]*(?P<text>.*)"),
    "rubric": re.compile(r"rubric:[ \t]*(?P<text>.*)"),
}
CLOSING: Final = frozenset({"hint", "feedback", "rubric"})
INDENT: Final = "  "
MOST_ITEMS: Final = 200

_NOTE: Final = re.compile(r"[ \t]+>(?: (?P<text>.*)|(?P<bare>.*))")
_TAKES_NOTES: Final = frozenset({"choice", "minus", "plus"})
_NO_NOTES: Final = frozenset({"step", "accepted"})
_MARKED: Final = re.compile(r"\[[ xX]?\](?:[ \t]|$)")

NumberedLines = Iterable[tuple[int, str]]


@dataclass(slots=True)
class Item:
    """One marked line with the lines that belong to it; `mark` is the letter in the brackets or the number."""

    marker: str
    line: int
    text: str
    mark: str = ""
    notes: list[tuple[int, str]] = field(default_factory=list)
    id: str = ""
    goto: str = ""
    fields: Fields | None = None

    def takes(self, number: int, line: str) -> bool:
        """Whether this line belongs to the item; if so it is kept."""
        if self.marker == "scene" or (self.marker in CLOSING and (line.startswith(INDENT) or is_blank(line))):
            self.notes.append((number, line))
            return True
        note = _NOTE.fullmatch(line)
        if note and self.marker in _TAKES_NOTES | _NO_NOTES:
            self.notes.append((number, note["bare"] if note["text"] is None else note["text"]))
            return True
        return is_blank(line)

    def feedback(self) -> str:
        """The indented feedback as Markdown."""
        return "\n".join(text for _, text in self.notes)

    def prose(self) -> str:
        """The text of a scene as Markdown."""
        return "\n".join(text for _, text in trimmed(self.notes))

    def closing_text(self) -> str:
        """The words of a closing line with its indented continuation."""
        rest = [line.removeprefix(INDENT) for _, line in self.notes]
        return "\n".join([self.text, *("" if is_blank(line) else line for line in rest)]).strip(" \t\n")


@dataclass(frozen=True, slots=True)
class QuestionLines:
    """A question cut into its prompt and its marked lines, in order."""

    prompt: str
    items: tuple[Item, ...]

    def of(self, marker: str) -> tuple[Item, ...]:
        """The lines of one sort."""
        return tuple(item for item in self.items if item.marker == marker)


def parse_question_lines(lines: NumberedLines, markers: tuple[str, ...], report: Report) -> QuestionLines:
    """Cut the body of a question; the first line with one of these markers ends the prompt."""
    prompt: list[tuple[int, str]] = []
    items: list[Item] = []
    for number, line in lines:
        item = _item(number, line, (*markers, "hint", "feedback"))
        if item is not None:
            items.append(item)
        elif not items:
            prompt.append((number, line))
        elif not items[-1].takes(number, line):
            report.error("stray-line", number, text=line.strip(" \t"))
    if len(items) > MOST_ITEMS:
        report.error("too-many-lines", items[MOST_ITEMS].line, limit=MOST_ITEMS)
        items = items[:MOST_ITEMS]
    for item in items:
        _finish(item, report)
    return QuestionLines("\n".join(text for _, text in trimmed(prompt)), tuple(items))


def _item(number: int, line: str, markers: tuple[str, ...]) -> Item | None:
    for marker in markers:
        match = MARKERS[marker].fullmatch(line)
        if match:
            groups = match.groupdict()
            return Item(marker, number, groups["text"] or "", groups.get("mark") or "")
    return None


def _finish(item: Item, report: Report) -> None:
    if item.marker in CLOSING:
        if not item.closing_text():
            report.error("empty-text", item.line)
        return
    if item.marker in {"gap", "scene"}:
        _finish_name(item, report)
        return
    item.text, inside = split_braces(item.text)
    attributes = parse_attributes(inside or "", report, item.line)
    item.id, item.goto = attributes.id, attributes.goto
    item.fields = Fields({key: (value, item.line) for key, value in attributes.values.items()}, report, item.line)
    _check_item(item, report)


def _finish_name(item: Item, report: Report) -> None:
    name = item.text.strip(" \t")
    item.id = parse_attributes(f"#{name}", report, item.line).id
    item.text = ""


def _check_item(item: Item, report: Report) -> None:
    if not item.id:
        report.error("missing-id", item.line)
    if not item.text:
        report.error("empty-text", item.line)
    if item.marker == "choice" and item.mark not in {" ", "x", "X"}:
        report.error("bad-mark", item.line)
    if item.marker in {"minus", "plus"} and _MARKED.match(item.text):
        report.error("mark-not-allowed", item.line)
    if item.marker in _NO_NOTES and item.notes:
        report.error("feedback-not-allowed", item.notes[0][0])
