"""Pure edits of the outline for the browser editor: modules and pages. Each gives a new course; ids never change by themselves."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Protocol, TypeVar

from elearn.course.model import Course, Module, Page, QuizPage
from elearn.course.read_outline import RESERVED
from elearn.course.syntax import is_id
from elearn.course.tidy import tidy, tidy_text
from elearn.errors import Invalid, NotFound


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T")
Named = TypeVar("Named", bound=_HasId)


def placed(items: tuple[T, ...], item: T, at: int | None = None) -> tuple[T, ...]:
    """The items with one more at a position from 0; None or too far: at the end."""
    at = len(items) if at is None else max(at, 0)
    return (*items[:at], item, *items[at:])


def moved(items: tuple[T, ...], index: int, at: int) -> tuple[T, ...]:
    """The items with one of them at another position."""
    return placed((*items[:index], *items[index + 1 :]), items[index], at)


def index_of(items: tuple[Named, ...], id_: str) -> int:
    """Where the item with this id is. Raises NotFound."""
    found = next((index for index, item in enumerate(items) if item.id == id_), None)
    if found is None:
        raise NotFound("no-such-id", id=id_)
    return found


def get_page(course: Course, page_id: str) -> Page:
    """The page with this id. Raises NotFound."""
    page = course.page(page_id)
    if page is None:
        raise NotFound("no-such-id", id=page_id)
    return page


def check_ids(ids: Iterable[str]) -> None:
    """Raises Invalid for a text that is no id and for an id that comes twice."""
    seen: set[str] = set()
    for id_ in ids:
        if not is_id(id_):
            raise Invalid("bad-id", id=id_)
        if id_ in seen:
            raise Invalid("duplicate-id", id=id_)
        seen.add(id_)


def add_module(course: Course, module_id: str, title: str, *, at: int | None = None) -> Course:
    """A new empty module. Raises Invalid for an id that is taken, reserved or none."""
    if module_id in RESERVED:
        raise Invalid("reserved-id", id=module_id)
    return _with_modules(course, placed(course.modules, Module(module_id, _title(title), ()), at))


def rename_module(course: Course, module_id: str, title: str) -> Course:
    """Another title; the id stays."""
    return _change_module(course, module_id, lambda module: replace(module, title=_title(title)))


def move_module(course: Course, module_id: str, at: int) -> Course:
    """The module at another position from 0."""
    return _with_modules(course, moved(course.modules, index_of(course.modules, module_id), at))


def remove_module(course: Course, module_id: str) -> Course:
    """The course without the module and its pages."""
    index = index_of(course.modules, module_id)
    return _with_modules(course, (*course.modules[:index], *course.modules[index + 1 :]))


def add_page(course: Course, module_id: str, page: Page, *, at: int | None = None) -> Course:
    """A new page in a module. Raises Invalid for an id that is taken or none."""
    return _change_module(course, module_id, lambda module: replace(module, pages=placed(module.pages, tidy(page), at)))


def rename_page(course: Course, page_id: str, title: str) -> Course:
    """Another title; the id stays."""
    return change_page(course, page_id, lambda page: replace(page, title=_title(title)))


def replace_page(course: Course, page: Page) -> Course:
    """The page with this id as it is now."""
    return change_page(course, page.id, lambda _: tidy(page))


def move_page(course: Course, page_id: str, module_id: str, at: int) -> Course:
    """The page at another position of this or another module."""
    page = get_page(course, page_id)
    index_of(course.modules, module_id)
    without = tuple(_without_page(module, page_id) for module in course.modules)
    return _with_modules(course, tuple(replace(m, pages=placed(m.pages, page, at)) if m.id == module_id else m for m in without))


def remove_page(course: Course, page_id: str) -> Course:
    """The course without the page; a quiz is no longer asked for by the completion rule."""
    get_page(course, page_id)
    return _with_modules(course, tuple(_without_page(module, page_id) for module in course.modules))


def change_page(course: Course, page_id: str, change: Callable[[Page], Page]) -> Course:
    """The course with one page changed. Raises NotFound."""
    get_page(course, page_id)
    return _with_modules(
        course,
        tuple(replace(module, pages=tuple(change(p) if p.id == page_id else p for p in module.pages)) for module in course.modules),
    )


def _title(text: str) -> str:
    title = " ".join(tidy_text(text).split())
    if not title:
        raise Invalid("empty-text")
    return title


def _without_page(module: Module, page_id: str) -> Module:
    return replace(module, pages=tuple(page for page in module.pages if page.id != page_id))


def _change_module(course: Course, module_id: str, change: Callable[[Module], Module]) -> Course:
    index = index_of(course.modules, module_id)
    return _with_modules(course, (*course.modules[:index], change(course.modules[index]), *course.modules[index + 1 :]))


def _with_modules(course: Course, modules: tuple[Module, ...]) -> Course:
    check_ids(module.id for module in modules)
    check_ids(page.id for module in modules for page in module.pages)
    left = {page.id for module in modules for page in module.pages if isinstance(page, QuizPage)}
    quizzes = tuple(quiz for quiz in course.completion.quizzes if quiz in left)
    return replace(course, modules=modules, completion=replace(course.completion, quizzes=quizzes))
