"""A page of a course with all that surrounds it, and the note that it was opened."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import study
from elearn.actions.shelf import OUTLINE, Published
from elearn.course.model import Lesson, Page
from elearn.errors import NotFound, Unavailable
from elearn.store.progress import Summary
from elearn.web.auth import SignInNeeded, identity, now, runtime
from elearn.web.i18n import language
from elearn.web.parts.courses import OutlineEntry, OutlineModule


@dataclass(frozen=True, slots=True)
class Place:
    """A page with what surrounds it: release, course, module, rendered body, outline."""

    published: Published
    page: Any
    module_id: str
    body: dict[str, Any]
    outline: dict[str, Any]

    @property
    def ids(self) -> dict[str, str]:
        """Give the parts of its address."""
        return {"course_id": self.published.course.id, "module_id": self.module_id, "page_id": self.page.id}


def find_place(session: Session, course_id: str, module_id: str, page_id: str) -> Place:
    """Give the page at an address in the current release; NotFound, or SignInNeeded where a course is not public."""
    shelf = runtime().shelf
    published = shelf.course(session, course_id, now=now())
    page = _permitted_page(published, module_id, page_id)
    body = shelf.body(session, published.release_id, page_id, language())
    return Place(published, page, module_id, body, shelf.outline(session, published.release_id, language()))


def known_place(course_id: str, module_id: str, page_id: str) -> Place | None:
    """Give what `find_place` would give without asking the database, or None; its errors too."""
    shelf = runtime().shelf
    published = shelf.known(course_id, now=now())
    if published is None:
        return None
    page = _permitted_page(published, module_id, page_id)
    body = shelf.known_body(published.release_id, page_id, language())
    outline = shelf.known_body(published.release_id, OUTLINE, language())
    return Place(published, page, module_id, body, outline) if body and outline else None


def _permitted_page(published: Published, module_id: str, page_id: str) -> Page:
    page = published.find_page(module_id, page_id)
    if identity().anonymous and not published.course.public:
        raise SignInNeeded("sign-in-needed")
    return page


def find_lesson(session: Session, course_id: str, module_id: str, page_id: str) -> Place:
    """Give the lesson at an address as `find_place` does; NotFound too where a quiz is."""
    place = find_place(session, course_id, module_id, page_id)
    if not isinstance(place.page, Lesson):
        raise NotFound("no-page")
    return place


def neighbours(modules: tuple[OutlineModule, ...], page_id: str) -> tuple[OutlineEntry | None, OutlineEntry | None]:
    """Give the pages before and after one in the outline."""
    entries = [entry for module in modules for entry in module.pages]
    index = next(number for number, entry in enumerate(entries) if entry.id == page_id)
    return (entries[index - 1] if index else None), (entries[index + 1] if index + 1 < len(entries) else None)


def note_opened(who: Identity, place: Place, summary: Summary | None) -> None:
    """Note the page as the place to go on from; when no write is possible or sure, reading goes on."""
    if who.anonymous or (summary is not None and summary.last_page == place.page.id):
        return
    with suppress(SQLAlchemyError, Unavailable), runtime().database.transaction(who.organisation_id) as session:
        study.opened(session, who, place.published, place.page.id, now=now())
