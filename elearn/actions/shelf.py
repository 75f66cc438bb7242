"""Published courses kept in memory: parsed once, bodies by release and language. Reads only; releases never change, so nothing goes stale.

Which release is current is asked again after a short while, or at once after `forget`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

from sqlalchemy.orm import Session

from elearn.course.catalog import Catalog
from elearn.course.model import Course, Module, Page, QuizPage, page_questions
from elearn.course.read import read_published
from elearn.course.source import Source
from elearn.course.translate import Translator
from elearn.errors import NotFound
from elearn.lang import Language, is_language
from elearn.quiz.grade import Wordings
from elearn.quiz.model import Quiz, ShortText
from elearn.store import courses, releases

Json = dict[str, Any]

#: How long a process may go on with the releases it knows.
STALE_AFTER: Final = timedelta(seconds=5)
#: The id under which the outline of a release is stored beside its pages.
OUTLINE: Final = "course.toml"


@dataclass(frozen=True)
class Published:
    """One release, parsed: its course, its source and what grading needs."""

    release_id: int
    number: int
    digest: str
    languages: tuple[Language, ...]
    course: Course
    source: Source

    @cached_property
    def places(self) -> dict[str, tuple[Module, Page]]:
        """Module and page by page id."""
        return {page.id: (module, page) for module, page in self.course.pages()}

    @cached_property
    def catalogs(self) -> dict[Language, Catalog]:
        """The catalogues of the release by language; a language without one falls back."""
        return {
            tongue: Catalog.from_po(self.source.files[f"po/{tongue}.po"], tongue)
            for tongue in self.languages
            if f"po/{tongue}.po" in self.source.files
        }

    def find_page(self, module_id: str, page_id: str) -> Page:
        """Give the page at this address; NotFound."""
        module, page = self.places.get(page_id, (None, None))
        if module is None or page is None or module.id != module_id:
            raise NotFound("no-page")
        return page

    def quiz(self, page_id: str) -> Quiz:
        """Give the quiz of a page: its own, or the practice questions of a lesson as one."""
        if page_id not in self.places:
            raise NotFound("no-page")
        page = self.places[page_id][1]
        if isinstance(page, QuizPage):
            return page.quiz
        return Quiz(id=page.id, form="practice", slots=page_questions(page), paging="all")

    @cached_property
    def translators(self) -> dict[Language, Translator]:
        """What words the course in each language of the release."""
        return {tongue: Translator(self.course, tongue, self.catalogs) for tongue in self.languages}

    def accepted(self, question: ShortText) -> Wordings:
        """Give the accepted answers of a question as each language words them."""
        return {tongue: translator.accepted(question) for tongue, translator in self.translators.items()}


class Shelf:
    """The published courses of one process."""

    def __init__(self) -> None:
        self._current: dict[str, int] = {}
        self._asked_at: datetime | None = None
        self._published: dict[int, Published] = {}
        self._bodies: dict[tuple[int, str, Language], Json] = {}

    def forget(self) -> None:
        """Ask again at once which releases are current."""
        self._asked_at = None

    def current(self, session: Session, *, now: datetime) -> dict[str, int]:
        """Give the current release id of every published course, by course id."""
        if self._asked_at is None or now - self._asked_at > STALE_AFTER:
            self._current = {row.id: row.release_id for row in courses.list_courses(session) if row.release_id is not None}
            self._asked_at = now
        return self._current

    def course(self, session: Session, course_id: str, *, now: datetime) -> Published:
        """Give the current release of a course; NotFound."""
        release_id = self.current(session, now=now).get(course_id)
        if release_id is None:
            raise NotFound("no-course")
        return self.release(session, release_id)

    def known(self, course_id: str, *, now: datetime) -> Published | None:
        """Give what `course` would give without asking the database, or None."""
        if self._asked_at is None or now - self._asked_at > STALE_AFTER:
            return None
        return self._published.get(self._current.get(course_id, 0))

    def known_body(self, release_id: int, page_id: str, language: Language) -> Json | None:
        """Give what `body` would give without asking the database, or None."""
        return self._bodies.get((release_id, page_id, language))

    def known_release(self, release_id: int) -> Published | None:
        """Give what `release` would give without asking the database, or None."""
        return self._published.get(release_id)

    def release(self, session: Session, release_id: int) -> Published:
        """Give one release, current or old; NotFound."""
        if release_id not in self._published:
            row = releases.get_release(session, release_id, source=True)
            source = Source.from_zip(row.source)
            course = read_published(source)
            if course is None:
                raise NotFound("no-release")
            tongues = tuple(tongue for tongue in row.languages if is_language(tongue))
            self._published[release_id] = Published(row.id, row.number, row.digest, tongues, course, source)
        return self._published[release_id]

    def body(self, session: Session, release_id: int, page_id: str, language: Language) -> Json:
        """Give the rendered page in a language (every release has all of them); NotFound."""
        key = (release_id, page_id, language)
        if key not in self._bodies:
            row = releases.find_release_page(session, release_id, page_id, language)
            if row is None:
                raise NotFound("no-page")
            self._bodies[key] = dict(row.body)
        return self._bodies[key]

    def outline(self, session: Session, release_id: int, language: Language) -> Json:
        """Give the texts of the course itself in a language."""
        return self.body(session, release_id, OUTLINE, language)
