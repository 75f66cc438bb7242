"""Interface languages: which one a request speaks, its catalogue, dates and numbers. The only door to Flask-Babel."""

import io
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, cast

from babel import Locale, dates, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy, NullTranslations, Translations
from flask import Flask, current_app, g, has_request_context, request
from flask_babel import Babel

from elearn import paths
from elearn.lang import OWN_NAMES, Language, is_language

_COOKIE: Final = "lang"

#: Gettext plural rules, one place for catalogues and tools. CLDR gives Tajik one form; its own grammar has two after numerals of people
#: and things counted with a noun in texts like ours, and translators' tools expect two.
PLURAL_FORMS: Final[Mapping[Language, str]] = {
    "en": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
    "kk": "nplurals=2; plural=(n != 1);",
    "tg": "nplurals=2; plural=(n != 1);",
    "tk": "nplurals=2; plural=(n != 1);",
}

#: Tajik months with the izofat ending that a date needs; CLDR has the bare, capitalised names only.
_TAJIK_MONTHS: Final = (
    "январи",
    "феврали",
    "марти",
    "апрели",
    "майи",
    "июни",
    "июли",
    "августи",
    "сентябри",
    "октябри",
    "ноябри",
    "декабри",
)

#: Where a reader expects another form than the long one of CLDR. Its Russian ends in a short word whose point stops sentences twice.
_PATTERNS: Final[Mapping[Language, str]] = {"en": "d MMMM y", "ru": "d MMMM y 'года'"}


def load(folder: Path, language: Language) -> NullTranslations:
    """Give the catalogue of `language` from its compiled file, or from the PO file of a checkout; English needs none."""
    place = folder / language / "LC_MESSAGES"
    if (place / "messages.mo").exists():
        with (place / "messages.mo").open("rb") as compiled:
            return Translations(compiled)
    if not (place / "messages.po").exists():
        return NullTranslations()
    buffer = io.BytesIO()
    with (place / "messages.po").open("rb") as source:
        write_mo(buffer, read_po(source, locale=language))
    buffer.seek(0)
    return Translations(buffer)


@cache
def catalogue(language: Language) -> NullTranslations:
    """Give the catalogue of one language, loaded once for the life of the process."""
    return load(paths.data("translations"), language)


def language() -> Language:
    """Give the language of this request, English outside of one."""
    if not has_request_context():
        return "en"
    found: Language | None = g.get("lang")
    return found or named() or preferred()


def named() -> Language | None:
    """Give the language that an address names though nothing is there."""
    first = request.path[1:].partition("/")[0]
    return first if is_language(first) else None


def cookie_name() -> str:
    """Give the name of the cookie with the language last read: bound to the host where cookies travel over TLS."""
    return f"__Host-{_COOKIE}" if current_app.config["SESSION_COOKIE_SECURE"] else _COOKIE


def preferred() -> Language:
    """Give the language that the visitor's cookie or browser asks for."""
    chosen = request.cookies.get(cookie_name(), "")
    if is_language(chosen):
        return chosen
    wanted = (tag.lower().partition("-")[0] for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in wanted if is_language(tag)), "en")  # tg-TJ is meant before a ru that stands after it


def gettext(message: str, **params: object) -> str:
    """Translate `message` into the language of the request and fill `%(name)s` places."""
    text = catalogue(language()).gettext(message)
    return text % params if params else text


def ngettext(singular: str, plural: str, num: int, **params: object) -> str:
    """Translate a message that depends on a number; `%(num)s` is filled too."""
    return catalogue(language()).ngettext(singular, plural, num) % {"num": num, **params}


def pgettext(context: str, message: str, **params: object) -> str:
    """Translate a message that means different things in different places."""
    text = str(catalogue(language()).pgettext(context, message))
    return text % params if params else text


def lazy_gettext(message: str, **params: object) -> str:
    """Translate when the text is shown, for labels made before a request exists."""
    proxy = LazyProxy(gettext, message, enable_cache=False, **params)
    return cast("str", proxy)  # it is one wherever it is shown


def format_day(day: date | datetime, speak: Language | None = None) -> str:
    """Write a date as a reader of the language expects: day, month in words, year."""
    tongue = speak or language()
    if tongue == "tg":
        return f"{day.day} {_TAJIK_MONTHS[day.month - 1]} {day.year}"
    if tongue in _PATTERNS:
        return dates.format_date(day, _PATTERNS[tongue], locale=tongue)
    return dates.format_date(day, "long", locale=tongue)


def format_month(month: date | datetime, speak: Language | None = None) -> str:
    """Write a month with its year, as it stands alone in a list."""
    tongue = speak or language()
    if tongue in ("ru", "tg"):
        return dates.format_date(month, "LLLL y", locale=tongue)
    return dates.format_skeleton("yMMMM", month, locale=tongue)


def format_number(value: float, speak: Language | None = None) -> str:
    """Write a number with the separators of the language."""
    return numbers.format_decimal(value, locale=speak or language())


def format_percent(percent: int, speak: Language | None = None) -> str:
    """Write whole percent with the sign as the language has it; a space before it never breaks the line."""
    return numbers.format_percent(Decimal(percent) / 100, locale=speak or language())


def own_name(tongue: Language) -> str:
    """Give the name of a language in that language."""
    return OWN_NAMES[tongue]


def register(app: Flask) -> None:
    """Connect Flask-Babel's locale and our own, much cheaper, message callables to the application."""
    Babel(app, locale_selector=lambda: Locale.parse(language()))
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)  # type: ignore[attr-defined]
    app.jinja_env.globals["_"] = gettext
