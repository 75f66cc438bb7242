"""Courses as cards and outlines: what the catalogue, the course page and the dashboard share."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from elearn.actions.shelf import Published, Shelf
from elearn.lang import LANGUAGES, OWN_NAMES, Language
from elearn.store.progress import Summary
from elearn.web.i18n import gettext, ngettext
from elearn.web.links import href

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OutlineEntry:
    """One page of an outline; `lang` is set when the title is in another language than the page."""

    id: str
    href: str
    title: str
    lang: str
    kind: str
    length: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class OutlineModule:
    """One module of an outline with its pages."""

    title: str
    lang: str
    pages: tuple[OutlineEntry, ...]


@dataclass(frozen=True, slots=True)
class CourseCard:
    """A course as the catalogue shows it; `percent` is None for somebody who has not begun."""

    id: str
    href: str
    code: str
    title: str
    lang: str
    summary: str
    length: str
    minutes: int
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    languages: tuple[tuple[Language, str], ...]
    percent: int | None


def minutes_text(minutes: int) -> str:
    """Write a length of time for a reader, in minutes or in hours and minutes."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest) if rest else gettext("%(hours)s h", hours=hours)


def course_card(published: Published, outline: Json, *, translated: tuple[Language, ...], percent: int | None) -> CourseCard:
    """Make the card of a course from its release and its outline in the reader's language."""
    course = published.course
    return CourseCard(
        id=course.id,
        href=href("public.course", course_id=course.id),
        code=course.code,
        title=outline["title"]["text"],
        lang=outline["title"]["lang"],
        summary=outline["summary"]["text"],
        length=minutes_text(course.minutes),
        minutes=course.minutes,
        topics=course.topics,
        countries=tuple(course.countries),
        languages=tuple((tag, OWN_NAMES[tag]) for tag in translated),
        percent=percent,
    )


def translated_into(session: Session, shelf: Shelf, published: Published) -> tuple[Language, ...]:
    """Give the languages in which the course's own title is there: the source and those with a translation."""
    outlines = ((tongue, shelf.outline(session, published.release_id, tongue)) for tongue in LANGUAGES)
    return tuple(tongue for tongue, outline in outlines if not outline["title"]["lang"])


def outline_modules(course_id: str, outline: Json, summary: Summary | None, *, current: str = "") -> tuple[OutlineModule, ...]:
    """Make the outline with what is done marked."""
    done = frozenset(summary.done) if summary else frozenset()
    return tuple(
        OutlineModule(
            module["title"]["text"],
            module["title"]["lang"],
            tuple(_entry(course_id, module["id"], page, done, current) for page in module["pages"]),
        )
        for module in outline["modules"]
    )


def _entry(course_id: str, module_id: str, page: Json, done: frozenset[str], current: str) -> OutlineEntry:
    return OutlineEntry(
        id=page["id"],
        href=href("learn.page", course_id=course_id, module_id=module_id, page_id=page["id"]),
        title=page["title"]["text"],
        lang=page["title"]["lang"],
        kind=page["kind"],
        length=minutes_text(page["minutes"]),
        done=page["id"] in done,
        current=page["id"] == current,
    )


def topic_names() -> dict[str, str]:
    """Give the topics of courses in the reader's language."""
    return {
        "foundations": gettext("Foundations"),
        "expression": gettext("Freedom of expression"),
        "assembly": gettext("Freedom of assembly"),
        "justice": gettext("Access to justice"),
        "equality": gettext("Equality and non-discrimination"),
        "monitoring": gettext("Monitoring and helping victims"),
        "advocacy": gettext("International advocacy"),
        "public": gettext("Informing the public"),
        "safety": gettext("Safety"),
    }
