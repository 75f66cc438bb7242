"""A cohort in words, as its admin and its trainer read it: days, languages, courses. Shows no people."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from elearn.lang import OWN_NAMES, Language, is_language
from elearn.store.cohorts import CohortRow
from elearn.web.auth import now, runtime
from elearn.web.i18n import format_day, gettext, language
from elearn.web.links import href


@dataclass(frozen=True, slots=True)
class CohortCourse:
    """One course; `lang` is set when its title is in another language than the page, `href` is empty once it is published no more."""

    id: str
    title: str
    lang: str
    href: str


@dataclass(frozen=True, slots=True)
class CohortFacts:
    """When, in which languages and what."""

    days: str
    languages: tuple[tuple[Language, str], ...]
    courses: tuple[CohortCourse, ...]


def cohort_facts(session: Session, row: CohortRow) -> CohortFacts:
    """Give the facts of a cohort."""
    spoken = tuple((tag, OWN_NAMES[tag]) for tag in row.languages if is_language(tag))
    return CohortFacts(days(row), spoken, tuple(cohort_course(session, course_id) for course_id in row.courses))


def cohort_course(session: Session, course_id: str) -> CohortCourse:
    """Give a course by its title; by its id once it is published no more."""
    shelf = runtime().shelf
    release_id = shelf.current(session, now=now()).get(course_id)
    if release_id is None:
        return CohortCourse(course_id, course_id, "", "")
    title = shelf.outline(session, release_id, language())["title"]
    return CohortCourse(course_id, title["text"], title["lang"], href("public.course", course_id=course_id))


def days(row: CohortRow) -> str:
    """Write from when to when."""
    if row.ends_on is None:
        return gettext("from %(day)s", day=format_day(row.starts_on))
    return gettext("%(first)s to %(last)s", first=format_day(row.starts_on), last=format_day(row.ends_on))
