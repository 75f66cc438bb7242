"""Markdown of a course to clean HTML, unit by unit through a translator, links through a resolver. Knows no course and no page."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from elearn.richtext import sanitize
from elearn.richtext.markdown import Job, LinkCall, UnitCall, no_link, parser, same
from elearn.richtext.survey import signature

if TYPE_CHECKING:
    from markupsafe import Markup  # noqa: TID251 - the name of a type, nothing is made

__all__ = ["Labels", "render", "render_inline", "signature", "units"]


@dataclass(frozen=True, slots=True)
class Labels:
    """Words for screen readers in the language of the page: a table that scrolls, the way back from a footnote."""

    table: str = ""
    back: str = ""


_NO_LABELS: Final = Labels()


def render(
    markdown: str,
    *,
    unit: UnitCall,
    link: LinkCall,
    language: str,
    labels: Labels = _NO_LABELS,
    scope: str = "",
) -> "Markup":
    """Clean HTML of a piece of Markdown; `scope` keeps the footnotes of several pieces on one page apart. Invalid beyond the limits."""
    env = {"job": Job(unit, link, language), "labels": labels, "scope": scope}
    return sanitize.clean(_PARSER.render(markdown, env))


def render_inline(text: str, *, unit: UnitCall, link: LinkCall, language: str) -> "Markup":
    """Clean HTML of a one-line text (a title, a choice); text of another language gets a span."""
    return sanitize.clean(_PARSER.renderInline(text, {"job": Job(unit, link, language)}))


def units(markdown: str) -> tuple[tuple[str, int], ...]:
    """Every unit of translation with its line (from 1), in the order in which `render` asks for them."""
    job = Job(same, no_link, "")
    _PARSER.parse(markdown, {"job": job})
    return tuple(job.seen)


Env = dict[str, Any]


def _table_open(_self: object, _tokens: Sequence[Token], _index: int, _options: object, env: Env) -> str:
    label = env["labels"].table
    named = f' role="region" aria-label="{escape(label)}"' if label else ""
    return f'<div class="table-scroll" tabindex="0"{named}>\n<table>\n'


def _table_close(_self: object, _tokens: Sequence[Token], _index: int, _options: object, _env: Env) -> str:
    return "</table>\n</div>\n"


def _note(token: Token, env: Env) -> str:
    """The id of a footnote on its page, without prefix."""
    scope = f"{env['scope']}-" if env["scope"] else ""
    return f"{scope}{token.meta['id'] + 1}"


def _place(token: Token, env: Env) -> str:
    """The id of one place that refers to a footnote."""
    again = token.meta.get("subId", 0)
    return f"{_note(token, env)}-{again + 1}" if again else _note(token, env)


def _footnote_ref(_self: object, tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    token = tokens[index]
    number = token.meta["id"] + 1
    link = f'<a href="#c-fn-{_note(token, env)}" id="c-fnref-{_place(token, env)}" role="doc-noteref">{number}</a>'
    return f'<sup class="footnote-ref">{link}</sup>'


def _footnotes_open(_self: object, _tokens: Sequence[Token], _index: int, _options: object, _env: Env) -> str:
    return '<section class="footnotes" role="doc-endnotes">\n<ol>\n'


def _footnote_open(_self: object, tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    return f'<li id="c-fn-{_note(tokens[index], env)}">'


def _footnote_back(_self: object, tokens: Sequence[Token], index: int, _options: object, env: Env) -> str:
    label = env["labels"].back
    named = f' aria-label="{escape(label)}"' if label else ""
    return f' <a href="#c-fnref-{_place(tokens[index], env)}" class="footnote-back" role="doc-backlink"{named}>↩</a>'


def _with_rules(markdown: MarkdownIt) -> MarkdownIt:
    for name, rule in (
        ("table_open", _table_open),
        ("table_close", _table_close),
        ("footnote_ref", _footnote_ref),
        ("footnote_block_open", _footnotes_open),
        ("footnote_open", _footnote_open),
        ("footnote_anchor", _footnote_back),
    ):
        markdown.add_render_rule(name, rule)
    return markdown


_PARSER: Final = _with_rules(parser())
