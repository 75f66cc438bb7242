"""The line grammar of a page, in both directions: header, `:::` blocks, braces. Knows no kind of block and raises on no text."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from elearn.course.problems import Report

LONGEST_FILE: Final = 2_000_000
DEEPEST: Final = 4

_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
#: Controls, also those that turn the direction of words (no language of ours is written from right to left) and hidden tags.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\U000e0000-\U000e007f]")
#: No letter carries so many marks; to put more of them in order takes time with the square of their number.
_MOST_MARKS: Final = 30
_SIGNS: Final = re.compile(rf"[^\x00-\x7f\w\s]{{{_MOST_MARKS + 1},}}")
_HEADER_LINE: Final = re.compile(r"(?P<key>[a-z][a-z-]*)[ \t]*:(?P<value>.*)")
_OPEN: Final = re.compile(r":::[ \t]+(?P<name>[^\s{}]+)(?P<rest>.*)")
_PART: Final = re.compile(
    r'[ \t]*(?:#(?P<id>[^\s"{}=]+)|->[ \t]*(?P<goto>[^\s"{}=]+)'
    r'|(?P<key>[a-z][a-z-]*)=(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s"{}]+)))(?=[ \t]|$)'
)
_ESCAPED: Final = re.compile(r'\\(["\\])')
_PLAIN_VALUE: Final = re.compile(r"[A-Za-z0-9_./+-]+")
_ALWAYS_QUOTED: Final = frozenset({"title", "alt", "columns", "where", "proof"})
_HEADING: Final = re.compile(r" {0,3}#{1,6}[ \t]")
_CODE_FENCE: Final = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Attributes:
    """What stands in braces: `{#id -> goto key=value}`."""

    id: str = ""
    goto: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Text:
    """Lines between blocks, as written, without blank ones around them; `line` is the number of the first."""

    lines: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Node:
    """One block with what stands in it, in order."""

    name: str
    attributes: Attributes
    parts: "tuple[Text | Node, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class PageText:
    """A page cut into its header (key → value and line) and its body."""

    header: Mapping[str, tuple[str, int]]
    parts: tuple[Text | Node, ...]


@dataclass(slots=True)
class _Open:
    """A block whose end has not been seen yet."""

    name: str
    attributes: Attributes
    line: int
    parts: list[Text | Node] = field(default_factory=list)
    lines: list[tuple[int, str]] = field(default_factory=list)

    def flush(self) -> None:
        kept = trimmed(self.lines)
        if kept:
            self.parts.append(Text(tuple(text for _, text in kept), kept[0][0]))
        self.lines = []

    def node(self) -> Node:
        self.flush()
        return Node(self.name, self.attributes, tuple(self.parts), self.line)


def is_id(text: str) -> bool:
    """Whether this may be an id: `[a-z0-9][a-z0-9-]*`, at most 60 characters."""
    return _ID.fullmatch(text) is not None


def is_blank(line: str) -> bool:
    """Whether a line holds only spaces and tabs."""
    return not line.strip(" \t")


def trimmed(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """Numbered lines without the blank ones before and after."""
    first, last = 0, len(lines)
    while first < last and is_blank(lines[first][1]):
        first += 1
    while last > first and is_blank(lines[last - 1][1]):
        last -= 1
    return lines[first:last]


def decode(data: bytes, report: Report) -> str | None:
    """The text of a file: UTF-8 with or without a mark, any line ends, NFC; None when it is no text at all."""
    if len(data) > LONGEST_FILE:
        report.error("file-too-large", limit=LONGEST_FILE)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.error("not-utf8", data.count(b"\n", 0, error.start) + 1)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text) if check_characters(text, report) else text


def check_characters(text: str, report: Report, line: int = 1) -> bool:
    """Note the first invisible control character of a text that starts at this line; whether its letters can be put in order."""
    control = _CONTROL.search(text)
    heaps = (run for run in _SIGNS.finditer(text) if sum(map(bool, map(unicodedata.combining, run.group()))) > _MOST_MARKS)
    heap = next(heaps, None)
    for found in filter(None, (control, heap)):
        report.error("control-character", line + text.count("\n", 0, found.start()), number=f"{ord(found.group()[0]):04X}")
    return heap is None


def parse_page(text: str, report: Report) -> PageText:
    """Cut a page into header and blocks."""
    lines = list(enumerate(text.split("\n"), start=1))
    header, body = _parse_header(lines, report)
    return PageText(header, _parse_blocks(lines[body:], report))


def _parse_header(lines: list[tuple[int, str]], report: Report) -> tuple[dict[str, tuple[str, int]], int]:
    header: dict[str, tuple[str, int]] = {}
    if lines[0][1].rstrip(" \t") != "---":
        report.error("header-missing", 1)
        return header, 0
    for number, line in lines[1:]:
        if line.rstrip(" \t") == "---":
            return header, number
        match = _HEADER_LINE.fullmatch(line)
        if match is None:
            if not is_blank(line):
                report.error("header-line", number)
        elif match["key"] in header:
            report.error("key-twice", number, key=match["key"])
        else:
            header[match["key"]] = (match["value"].strip(" \t"), number)
    report.error("header-unclosed", 1)
    return header, len(lines)


def _parse_blocks(lines: list[tuple[int, str]], report: Report) -> tuple[Text | Node, ...]:
    stack = [_Open("", Attributes(), 0)]
    for number, line in lines:
        if not line.lstrip(" \t").startswith(":::"):
            stack[-1].lines.append((number, line))
        elif line.rstrip(" \t") == ":::":
            if len(stack) == 1:
                report.error("nothing-to-close", number)
            else:
                _close(stack)
        else:
            _open(stack, number, line, report)
    while len(stack) > 1:
        report.error("unclosed-block", stack[-1].line, name=stack[-1].name)
        _close(stack)
    return stack[0].node().parts


def _open(stack: list[_Open], number: int, line: str, report: Report) -> None:
    match = _OPEN.fullmatch(line)
    if match is None:
        report.error("bad-block-line", number)
        return
    rest = match["rest"].strip(" \t")
    attributes = Attributes()
    if rest.startswith("{") and rest.endswith("}"):
        attributes = parse_attributes(rest[1:-1], report, number)
    elif rest:
        report.error("bad-attributes", number, rest=rest)
    if len(stack) == DEEPEST + 1:
        report.error("too-deep", number, limit=DEEPEST)
    stack[-1].flush()
    stack.append(_Open(match["name"], attributes, number))


def _close(stack: list[_Open]) -> None:
    closed = stack.pop()
    if len(stack) <= DEEPEST:  # deeper ones are a problem already and must not cost recursion
        stack[-1].parts.append(closed.node())


def parse_attributes(inside: str, report: Report, line: int) -> Attributes:
    """Read what stands between braces."""
    text, position = inside.rstrip(" \t"), 0
    id_, goto = "", ""
    values: dict[str, str] = {}
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            report.error("bad-attributes", line, rest=text[position:].strip(" \t"))
            break
        position = match.end()
        key = match["key"] or ("#" if match["id"] else "->")
        if key in values or (key == "#" and id_) or (key == "->" and goto):
            report.error("key-twice", line, key=key)
        elif match["key"]:
            values[key] = match["bare"] if match["quoted"] is None else _ESCAPED.sub(r"\1", match["quoted"])
        elif match["id"]:
            id_ = checked_id(match["id"], report, line)
        else:
            goto = checked_id(match["goto"], report, line)
    return Attributes(id_, goto, values)


def checked_id(text: str, report: Report, line: int) -> str:
    """The id itself, noted as a problem if it is none."""
    if not is_id(text):
        report.error("bad-id", line, id=text)
    return text


def split_braces(line: str) -> tuple[str, str | None]:
    """The words of a line and what stands in the braces at its end (None: no braces)."""
    text = line.strip(" \t")
    start = text.rfind("{")
    if not text.endswith("}") or start < 0 or (start > 0 and text[start - 1] not in " \t"):
        return text, None
    return text[:start].rstrip(" \t"), text[start + 1 : -1]


def heading_ids(text: Text) -> tuple[tuple[str, int], ...]:
    """The ids that headings carry in braces, each with its line; code samples are passed over."""
    found: list[tuple[str, int]] = []
    fence = ""
    for number, line in enumerate(text.lines, start=text.line):
        mark = _CODE_FENCE.match(line)
        if mark and (not fence or mark["mark"].startswith(fence)):
            fence = "" if fence else mark["mark"]
        elif not fence and _HEADING.match(line):
            inside = split_braces(line)[1]
            if inside is not None and inside.startswith("#"):
                found.append((inside[1:].strip(" \t"), number))
    return tuple(found)


def write_attributes(id_: str = "", pairs: Iterable[tuple[str, str]] = (), *, goto: str = "") -> str:
    """What stands at the end of a line: ` {#id -> goto key=value}`, or nothing."""
    parts = [f"#{id_}"] if id_ else []
    parts += [f"-> {goto}"] if goto else []
    parts += [f"{key}={_write_value(key, value)}" for key, value in pairs]
    return " {" + " ".join(parts) + "}" if parts else ""


def _write_value(key: str, value: str) -> str:
    if key not in _ALWAYS_QUOTED and _PLAIN_VALUE.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_block(name: str, attributes: str, body: str = "") -> str:
    """A whole block."""
    return f"::: {name}{attributes}\n{body}\n:::" if body else f"::: {name}{attributes}\n:::"


def write_header(pairs: Iterable[tuple[str, str]]) -> str:
    """The header of a page."""
    return "\n".join(["---", *(f"{key}: {value}" for key, value in pairs), "---"])
