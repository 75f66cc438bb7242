"""From a course and progress to the outline a learner sees: done, next, open. Ids only; titles come from the translated course."""

from dataclasses import dataclass
from typing import Literal

from elearn.course.model import Course
from elearn.progress.rule import Progress

PageState = Literal["done", "next", "open"]


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """One page of the outline and its state."""

    module_id: str
    page_id: str
    state: PageState


def next_page(course: Course, progress: Progress) -> str | None:
    """The page to go on with: the first one the rule still asks for, else the first one not done, else None."""
    rest = (page.id for _, page in course.pages() if page.id not in progress.done)
    return next(iter(progress.missing), None) or next(rest, None)


def outline(course: Course, progress: Progress) -> tuple[OutlinePage, ...]:
    """Every page in order with its state; at most one is `next`."""
    onward = next_page(course, progress)
    return tuple(OutlinePage(module.id, page.id, _state(page.id, progress, onward)) for module, page in course.pages())


def _state(page_id: str, progress: Progress, onward: str | None) -> PageState:
    if page_id in progress.done:
        return "done"
    return "next" if page_id == onward else "open"
