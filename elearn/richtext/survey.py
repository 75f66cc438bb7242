"""What a text of a course holds, without rendering it: links, pictures, headings, footnotes, size. For checks and comparisons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

_GAP: Final = re.compile(r"\{\{([a-z0-9][a-z0-9-]*)\}\}")
_SPECIAL: Final = re.compile(r"[\[<`{]")
_TAG: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9-]*(\s[^<>]*)?/?>|<!--")
_TARGET: Final = {"link_open": ("link", "href"), "image": ("image", "src")}


@dataclass(frozen=True, slots=True)
class Found:
    """One thing in a text: `kind` is link, image, code, footnote or tag; `line` counts from 1 in the text; `words` of a link or image."""

    kind: str
    target: str
    line: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a text holds: things in order, headings as (level, line), footnote labels it defines, elements and their depth as HTML."""

    things: tuple[Found, ...] = ()
    headings: tuple[tuple[int, int], ...] = ()
    footnotes: frozenset[str] = frozenset()
    elements: int = 0
    depth: int = 0


def survey(markdown: str) -> Survey:
    """What a piece of Markdown holds."""
    tokens = _PARSER.parse(markdown, {})
    things: list[Found] = []
    headings: list[tuple[int, int]] = []
    elements = depth = line = 0
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        if token.type == "heading_open":
            headings.append((int(token.tag[1:]), line))
        children = token.children or []
        things += _things(children, line)
        opened = [one for one in (token, *children) if one.nesting == 1]
        elements += len(opened)
        depth = max([depth, *(token.level + one.level for one in opened)])
    labels = frozenset(str(token.meta["label"]) for token in tokens if token.type == "footnote_reference_open")
    return Survey(tuple(things), tuple(headings), labels, elements, depth)


def signature(text: str) -> tuple[tuple[str, str], ...]:
    """Sorted (kind, target) of the links, images, codes, footnote labels and gaps of one unit; equal in source and translation."""
    if not _SPECIAL.search(text):
        return ()
    found = [("gap", name) for name in _GAP.findall(text)]
    children = _PARSER.parseInline(text, {})[0].children or []
    found += [(thing.kind, thing.target) for thing in _things(children, 1) if thing.kind != "tag"]
    return tuple(sorted(found))


def _things(children: list[Token], line: int) -> Iterator[Found]:
    for place, token in enumerate(children):
        if token.type in _TARGET:
            kind, attribute = _TARGET[token.type]
            words = token.content if kind == "image" else words_of(children[place + 1 :])
            yield Found(kind, str(token.attrGet(attribute)), line, words)
        elif token.type == "code_inline":
            yield Found("code", token.content, line)
        elif token.type == "footnote_ref":
            yield Found("footnote", str(token.meta["label"]), line)
        elif token.type == "text":
            yield from (Found("tag", tag[0], line) for tag in _TAG.finditer(token.content))


def words_of(after: list[Token]) -> str:
    """The plain words of a link: everything up to its end."""
    inside = takewhile(lambda token: token.type != "link_close", after)
    return "".join(token.content for token in inside)


def _parser() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["html_block", "html_inline", "reference"])
    return markdown.use(footnote_plugin, inline=False, move_to_end=False, always_match_refs=True).use(deflist_plugin)


_PARSER: Final = _parser()
