"""The one door from HTML to trusted markup; nothing else imports bleach, nh3 or Markup.

Limits first, then nh3, then bleach, each matching tags, attributes and addresses positively (safety.md 13-15).
"""

import html as entities
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import local
from typing import Any, Final

import nh3
from bleach import html5lib_shim
from bleach.sanitizer import Cleaner
from markupsafe import Markup  # noqa: TID251 - this is the door

from elearn.errors import Invalid
from elearn.richtext import links

#: stored beside cleaned text; a rule change cleans all of it again
RULES: Final = 1
MAX_BYTES: Final = 200_000
MAX_ELEMENTS: Final = 2_000
MAX_DEPTH: Final = 60

TAGS: Final = frozenset(
    (
        *("h2", "h3", "h4", "h5", "h6", "p", "hr", "br", "blockquote", "pre", "div", "section", "details", "summary"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
        *("a", "abbr", "b", "cite", "code", "del", "dfn", "em", "i", "ins", "kbd", "mark", "q", "s", "samp", "small", "span"),
        *("strong", "sub", "sup", "time", "u", "var", "img", "figure", "figcaption", "audio", "video", "source", "track"),
    )
)
VOID: Final = frozenset(("br", "hr", "img", "source", "track"))
CLASSES: Final = frozenset(
    (
        *("align-start", "align-center", "align-end", "table-scroll", "visually-hidden"),
        *("cite", "term", "page-link", "external", "footnotes", "footnote-ref", "footnote-back"),
    )
)
_GLOBAL: Final = frozenset(("id", "class", "lang", "dir", "title"))
_BY_TAG: Final = {
    "a": {"href", "role", "aria-label"},
    "audio": {"src", "controls", "preload"},
    "div": {"tabindex", "role", "aria-label"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "loading", "decoding"},
    "li": {"value"},
    "ol": {"start", "reversed"},
    "section": {"role", "aria-label"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "track": {"src", "kind", "srclang", "label", "default"},
    "video": {"src", "controls", "preload", "poster", "width", "height"},
}
_NUMBER: Final = re.compile(r"[0-9]{1,4}", re.ASCII)
_VALUES: Final = {
    "id": re.compile(r"c-[A-Za-z0-9\-_]{1,120}", re.ASCII),
    "lang": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII),
    "srclang": re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", re.ASCII),
    "dir": re.compile(r"ltr|rtl|auto"),
    "role": re.compile(r"region|doc-noteref|doc-backlink|doc-endnotes"),
    "tabindex": re.compile(r"0"),
    "scope": re.compile(r"col|row|colgroup|rowgroup"),
    "preload": re.compile(r"none|metadata"),
    "loading": re.compile(r"lazy|eager"),
    "decoding": re.compile(r"async|sync|auto"),
    "kind": re.compile(r"captions|subtitles|descriptions|chapters"),
    "type": re.compile(r"(audio|video|image)/[a-z0-9.+\-]{1,40}", re.ASCII),
    "datetime": re.compile(r"[0-9T:Z.+\-]{4,35}", re.ASCII),
    "controls": re.compile(r"(controls)?"),
    "default": re.compile(r"(default)?"),
    "open": re.compile(r"(open)?"),
    "reversed": re.compile(r"(reversed)?"),
} | dict.fromkeys(("width", "height", "colspan", "rowspan", "start", "value"), _NUMBER)
_FREE: Final = frozenset(("title", "alt", "aria-label", "label"))
_TAG: Final = re.compile(r"""<(/?)([a-zA-Z][^\s/>]*+)(?:[^>"']++|"[^"]*+"|'[^']*+')*+>?""")
_PLAIN: Final = re.compile(r"[^<>&\x00-\x08\x0b-\x1f\x7f-\xa0\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]*+")


def clean(html: str) -> Markup:
    """Trusted markup of a fragment; cleaning it again changes nothing. Invalid if it is too long, too full or too deep."""
    known = _KNOWN.get()
    if known is None:
        return _clean(html)
    if html not in known:
        known[html] = _clean(html)
    return known[html]


@contextmanager
def remembering() -> Iterator[None]:
    """Clean the same fragment only once inside the block: a course repeats itself, in its languages and its choices."""
    before = _KNOWN.set({})
    try:
        yield
    finally:
        _KNOWN.reset(before)


def _clean(html: str) -> Markup:
    _limit(html)
    if _PLAIN.fullmatch(html):
        return Markup(html)  # noqa: S704 - not one character of it means anything in HTML
    once = _NH3.clean(html)
    _limit(once)
    twice = _bleach().clean(once)
    _limit(twice)
    return Markup(twice)  # noqa: S704 - what both sanitizers let through


def stored(html: str) -> Markup:
    """Trust text that `clean` made when a release was published, as it comes back from the store; never anything typed since."""
    return Markup(html)  # noqa: S704 - cleaned at publish, releases are immutable


def _limit(html: str) -> None:
    if len(html) > MAX_BYTES or len(html.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Invalid("html-too-long", limit=MAX_BYTES)
    if html.count("<") > MAX_ELEMENTS and sum(1 for tag in _TAG.finditer(html) if not tag[1]) > MAX_ELEMENTS:
        raise Invalid("html-too-full", limit=MAX_ELEMENTS)
    if html.count("<") > MAX_DEPTH and _depth(html) > MAX_DEPTH:
        raise Invalid("html-too-deep", limit=MAX_DEPTH)


def _depth(html: str) -> int:
    """How deep elements may nest: only an end tag of something open takes one level away."""
    still_open: Counter[str] = Counter()
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        name = tag[2].lower()
        if not tag[1] and name not in VOID:
            still_open[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif tag[1] and still_open[name]:
            still_open[name] -= 1
            depth -= 1
    return deepest


def _allows(tag: str, name: str, value: str) -> bool:
    """Whether an attribute may stay as it is; `value` without entities."""
    if name not in _GLOBAL and name not in _BY_TAG.get(tag, ()):
        return False
    if name == "href":
        return links.is_allowed(value)
    if name in ("src", "poster"):
        return links.is_media(value)
    if name == "class":
        return bool(value) and all(part in CLASSES for part in value.split(" "))
    return name in _FREE or _VALUES[name].fullmatch(value) is not None


def _rewrite(tag: str, name: str, value: str) -> str | None:
    """The value nh3 keeps: ids and anchors get the prefix of the course, unknown classes go; None drops the attribute."""
    if name == "id" and not value.startswith("c-"):
        value = f"c-{value}"
    elif name == "href" and value.startswith("#") and not value.startswith("#c-"):
        value = f"#c-{value[1:]}"
    elif name == "class":
        value = " ".join(part for part in value.split() if part in CLASSES)
    return value if _allows(tag, name, value) else None


def _stays(tag: str, name: str, value: str) -> bool:
    return _allows(tag, name, entities.unescape(value))


class _Outgoing(html5lib_shim.Filter):  # type: ignore[name-defined,misc] # the stubs leave it out
    """Marks links that leave the site; `rel` never comes from the text."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] == "StartTag" and token["name"] == "a":
                data = token["data"]
                if links.is_external(entities.unescape(data.get((None, "href"), ""))):
                    data[(None, "class")] = "external"
                    data[(None, "rel")] = "noreferrer noopener"
            yield token


_NH3: Final = nh3.Cleaner(
    tags=set(TAGS),
    attributes={"*": set(_GLOBAL)} | {tag: set(names) for tag, names in _BY_TAG.items()},
    attribute_filter=_rewrite,
    link_rel=None,
    url_schemes={"https", "mailto"},
)
_OWN_OF_THREAD: Final = local()
_KNOWN: Final[ContextVar[dict[str, Markup] | None]] = ContextVar("known", default=None)


def _bleach() -> Cleaner:
    """The bleach cleaner of this thread: it keeps the state of a parse, so threads must not share one."""
    cleaner: Cleaner | None = getattr(_OWN_OF_THREAD, "cleaner", None)
    if cleaner is None:
        cleaner = Cleaner(tags=TAGS, attributes=_stays, protocols=("https", "mailto"), strip=True, filters=[_Outgoing])
        _OWN_OF_THREAD.cleaner = cleaner
    return cleaner
