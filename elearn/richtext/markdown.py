"""The Markdown of courses as tokens: CommonMark without raw HTML, with tables, footnotes and definition lists.

Its rules hand every unit of translation and every link to the caller. No HTML is trusted here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from elearn.richtext import links
from elearn.richtext.survey import words_of

#: msgid -> text to show and its language
UnitCall = Callable[[str], tuple[str, str]]
#: scheme, target, words -> href, class, title; None: the words stand without a link
LinkCall = Callable[[str, str, str], tuple[str, str, str] | None]

_HEADING_ID: Final = re.compile(r"\s*\{#([a-z0-9][a-z0-9-]*)\}\s*$")
_SOFT_BREAK: Final = re.compile(r"(?<![ \\]) ?\n *")
_ALIGN: Final = {"text-align:left": "align-start", "text-align:center": "align-center", "text-align:right": "align-end"}


@dataclass(frozen=True, slots=True)
class Job:
    """What one rendering asks its caller; it travels in the environment of the parse."""

    unit: UnitCall
    link: LinkCall
    language: str
    seen: list[tuple[str, int]] = field(default_factory=list)


def same(msgid: str) -> tuple[str, str]:
    """The unit call that translates nothing and names no language."""
    return msgid, ""


def no_link(_scheme: str, _target: str, _text: str) -> None:
    """The link call that knows no target."""
    return


def is_translatable(text: str) -> bool:
    """Whether a unit has anything to translate: at least one letter."""
    return any(character.isalpha() for character in text)


def one_line(text: str) -> str:
    """The unit of a text: its soft line breaks are spaces, so that wrapping lines anew changes no unit."""
    return _SOFT_BREAK.sub(" ", text)


def parser() -> MarkdownIt:
    """A parser with our rules; `env["job"]` must hold a Job."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["html_block", "html_inline", "reference"])
    footnote_plugin(markdown, inline=False)
    deflist_plugin(markdown)
    markdown.core.ruler.before("inline", "units", _units)
    markdown.core.ruler.after("inline", "links", _links)
    return markdown


def _units(state: StateCore) -> None:
    """Replaces the raw text of every inline token by what the caller gives for it."""
    job: Job = state.env["job"]
    opener: Token | None = None
    line = 0
    for token in state.tokens:
        if token.map is not None:
            line = token.map[0] + 1
        if token.type == "inline":
            _unit(token, opener, line, job)
        else:
            opener = token
            _table_cell(token)


def _unit(token: Token, opener: Token | None, line: int, job: Job) -> None:
    if opener is not None and opener.type == "heading_open":
        found = _HEADING_ID.search(token.content)
        if found is not None:
            opener.attrSet("id", f"c-{found[1]}")
            token.content = token.content[: found.start()]
    token.content = one_line(token.content)
    if not is_translatable(token.content):
        return
    job.seen.append((token.content, line))
    token.content, language = job.unit(token.content)
    if language in ("", job.language):
        return
    if opener is None or opener.hidden:
        token.meta["lang"] = language
    else:
        opener.attrSet("lang", language)


def _table_cell(token: Token) -> None:
    """Alignment becomes a class (no style attributes), and a heading cell says that it heads a column."""
    if token.type in ("th_open", "td_open"):
        style = token.attrs.pop("style", "")
        if style:
            token.attrSet("class", _ALIGN[str(style)])
    if token.type == "th_open":
        token.attrSet("scope", "col")


def _links(state: StateCore) -> None:
    """Resolves the links and pictures of every unit; a text without a block of its own gets a span with its language."""
    job: Job = state.env["job"]
    for token in state.tokens:
        if token.type != "inline":
            continue
        children = _resolved(token.children or [], job.link)
        if "lang" in token.meta:
            opening = Token("span_open", "span", 1, attrs={"lang": token.meta["lang"]})
            children = [opening, *children, Token("span_close", "span", -1)]
        token.children = children


def _resolved(children: list[Token], link: LinkCall) -> list[Token]:
    kept: list[Token] = []
    dropping = False
    for place, child in enumerate(children):
        if child.type == "link_open":
            dropping = not _resolve_link(child, words_of(children[place + 1 :]), link)
            if not dropping:
                kept.append(child)
        elif child.type == "link_close":
            if not dropping:
                kept.append(child)
        elif child.type == "image":
            kept.append(_picture(child, link))
        else:
            kept.append(child)
    return kept


def _resolve_link(token: Token, words: str, link: LinkCall) -> bool:
    """Whether the link stays: https and mail as written, our schemes as the caller says, nothing else."""
    href = str(token.attrGet("href"))
    parts = links.split(href)
    if parts.scheme not in (*links.SCHEMES, "https"):
        return parts.scheme == "mailto"
    answer = link(parts.scheme, href if parts.scheme == "https" else parts.target, words)
    if answer is None:
        return parts.scheme == "https"
    href, css_class, title = answer
    token.attrs = {"href": href}
    if css_class:
        token.attrSet("class", css_class)
    if title:
        token.attrSet("title", title)
    return True


def _picture(token: Token, link: LinkCall) -> Token:
    """A picture of media/ where the caller knows it, else its words."""
    target = links.split(str(token.attrGet("src"))).target
    answer = link("media", target, token.content)
    if answer is None:
        text = Token("text", "", 0)
        text.content = token.content
        return text
    token.attrSet("src", answer[0])
    return token
