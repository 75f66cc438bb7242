"""Rendered pages from the shelf to what templates show: the reader's country first, trusted HTML marked as such. No SQL."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from elearn.lang import COUNTRIES, Country
from elearn.richtext.sanitize import stored
from elearn.web.i18n import format_day, gettext

Json = dict[str, Any]

#: Members of a rendered page that hold HTML cleaned at publish.
_HTML = frozenset({"html", "prompt", "feedback", "caption", "hints", "segments", "columns", "stems", "steps", "rubric", "answers"})


def trusted(value: Any, *, html: bool = False) -> Any:  # noqa: ANN401 - JSON
    """Give the same JSON with its cleaned HTML marked as trusted."""
    if isinstance(value, str):
        return stored(value) if html else value
    if isinstance(value, list):
        return [trusted(part, html=html) for part in value]
    if isinstance(value, dict):
        titled = value.get("kind") in ("box", "case", "facts")
        return {name: trusted(part, html=html or name in _HTML or (titled and name == "title")) for name, part in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class CountryView:
    """A country with its name in the reader's language."""

    code: Country
    name: str


def country_name(code: str) -> str:
    """Give the name of one of our three countries in the reader's language."""
    return {"KZ": gettext("Kazakhstan"), "TJ": gettext("Tajikistan"), "TM": gettext("Turkmenistan")}.get(code, "")


def countries() -> tuple[CountryView, ...]:
    """Give the three countries with their names."""
    return tuple(CountryView(code, country_name(code)) for code in COUNTRIES)


def partial_day(text: str) -> str:
    """Write `2025`, `2025-09` or `2025-09-30` for a reader; what is no date stays as it is."""
    parts = text.split("-")
    if not all(part.isdecimal() for part in parts) or len(parts[0]) != 4:  # noqa: PLR2004 - a year
        return text
    if len(parts) == 3:  # noqa: PLR2004 - year, month, day
        try:
            return format_day(date(*map(int, parts)))
        except ValueError:
            return text
    return f"{parts[1]}.{parts[0]}" if len(parts) > 1 else parts[0]


def box_names() -> dict[str, str]:
    """Give what the boxes of a lesson are called, in the reader's language."""
    return {
        "note": gettext("Good to know"),
        "safety": gettext("For your safety"),
        "remember": gettext("Remember"),
        "example": gettext("Example"),
        "takeaways": gettext("Take with you"),
        "activity": gettext("Activity"),
    }


def status_names() -> dict[str, str]:
    """Give how sure a fact is, in the reader's language; an unknown or missing status says nothing."""
    return {
        "": "",
        "verified": gettext("verified"),
        "partially_verified": gettext("partly verified"),
        "general_knowledge": gettext("common knowledge, to be confirmed"),
        "to_check": gettext("to be checked"),
        "not_found": gettext("not established"),
    }
