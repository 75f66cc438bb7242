"""A page and the shell around it to HTML. The one place that calls templates; it reads no rows itself."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import quote

from flask import Flask, Response, current_app, flash, g, get_flashed_messages, request, session
from jinja2 import StrictUndefined

from elearn.lang import LANGUAGES, OWN_NAMES, Language
from elearn.web import i18n
from elearn.web.auth import person, site
from elearn.web.dense import Dense
from elearn.web.kept import kept_page
from elearn.web.office import Section, offices, sections
from elearn.web.pages import Page

#: Languages whose interface texts no human has reviewed: said at the foot of every page.
UNREVIEWED: Final = frozenset({"kk", "tg", "tk"})
#: How hard pages are packed that all visitors get alike, and those that only readers get who have read the same.
_FOR_ALL: Final = 11
_FOR_SOME: Final = 6
#: Signs that stand for themselves in the path of an address.
_PATH_SIGNS: Final = "/-._~!$&'()*+,;=:@"
#: How long a query is carried on: more than any page understands, unless it says so. Each page repeats it for every language.
_LONGEST_QUERY: Final = 4_000
#: Where Flask keeps the messages for the next page.
_FLASHES: Final = "_flashes"


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """This page in one language."""

    tag: Language
    name: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the main navigation."""

    label: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """A message left by the deed before; kinds: good, bad, info."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Shell:
    """What surrounds a page: languages, navigation, notices; `carried` is the form that choosing a language sends, or empty.

    `sections` are the pages of the office (of admins, trainers and the operator) that the reader may open; empty elsewhere.
    """

    lang: Language
    site: str
    public: bool
    neutral: bool
    draft: bool
    languages: tuple[LanguageLink, ...]
    carried: str
    links: tuple[Link, ...]
    sections: tuple[Section, ...]
    notices: tuple[Notice, ...]
    exit_to: str

    def document_title(self, title: str) -> str:
        """Give the document's title: the site alone where the instance wants neutral titles (safety.md 1.2)."""
        return self.site if self.neutral else f"{title} – {self.site}"


def leave_notice(text: str, kind: str = "good") -> None:
    """Leave a message for the next page."""
    flash(text, kind)


def _links() -> tuple[Link, ...]:
    prefix = f"/{i18n.language()}/"
    who = person()
    entries = [(i18n.gettext("Courses"), "courses/")]
    if who.is_authenticated:
        entries.append((i18n.gettext("My learning"), "learn/"))
        entries.append((i18n.gettext("Account"), "account/"))
        entries.extend((label, path) for role, label, path in offices() if role in who.identity.roles)
    else:
        entries.append((i18n.gettext("Join"), "account/join"))
        entries.append((i18n.gettext("Sign in"), "account/sign-in"))
    return tuple(Link(label, prefix + path, request.path == prefix + path) for label, path in entries)


def nearest_page(path: str) -> str:
    """Give the path, or the nearest above it, that can be read: a form that failed is read again where the form stands."""
    adapter = current_app.url_map.bind("")
    while path.count("/") > len("//"):
        for candidate in (path.rstrip("/") + "/", path):
            if adapter.test(candidate, "GET"):
                return candidate
        path = path.rstrip("/").rpartition("/")[0]
    return path + "/"


def carry_form(form_id: str, path: str) -> None:
    """Have the language links of this page send its form to `path`, so that what it holds is not lost by choosing a language."""
    g.carried = (form_id, path)


def carry_query() -> None:
    """Have the language links of this page carry its query on, however long: all that is ticked on a long list stands in it."""
    g.query_carried = True


def _query() -> str:
    """Give what the links to other languages ask for, with its question mark; a longer query than any page understands is left out."""
    query = request.query_string.decode(errors="replace")
    return f"?{query}" if query and (len(query) <= _LONGEST_QUERY or "query_carried" in g) else ""


def _languages(tongue: Language) -> tuple[LanguageLink, ...]:
    if "carried" in g:
        tail = g.carried[1][3:]
    elif g.get("lang") or i18n.named():
        path = request.path if request.method in ("GET", "HEAD") else nearest_page(request.path)
        tail = quote(path[3:], safe=_PATH_SIGNS) + _query()
    else:
        tail = "/"
    return tuple(LanguageLink(tag, OWN_NAMES[tag], f"/{tag}{tail}", tag == tongue) for tag in LANGUAGES)


def _flashed() -> list[tuple[str, str]]:
    return cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))


def shell() -> Shell:
    """Give the shell of this request."""
    tongue = i18n.language()
    shown = site()
    return Shell(
        lang=tongue,
        site=shown.name,
        public=bool(g.get("public", False)),
        neutral=shown.neutral_titles,
        draft=tongue in UNREVIEWED,
        languages=_languages(tongue),
        carried=g.carried[0] if "carried" in g else "",
        links=_links(),
        sections=sections(),
        notices=tuple(Notice(text=text, kind=kind) for kind, text in _flashed()),
        exit_to=shown.exit_url,
    )


def render(page: Page) -> str:
    """Give the HTML of a page."""
    return current_app.jinja_env.get_template(page.template).render(page=page, shell=shell())


def render_kept(key: tuple[Hashable, ...], make: Callable[[], Page]) -> Response:
    """Give a page that everybody gets alike for whom `key` is the same; what the shell shows is added to the key here."""
    if request.query_string or _FLASHES in session:
        return current_app.make_response(render(make()))
    who = person().identity
    same = (request.path, i18n.language(), bool(g.get("public", False)), who.anonymous, who.roles, site(), *key)
    return kept_page(same, lambda: render(make()), quality=_FOR_ALL if who.anonymous else _FOR_SOME)


def register(app: Flask) -> None:
    """Make templates strict and give them their few names."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    app.jinja_env.add_extension(Dense)
    app.jinja_env.filters["day"] = i18n.format_day
    app.jinja_env.filters["number"] = i18n.format_number
    app.jinja_env.filters["percent"] = i18n.format_percent
