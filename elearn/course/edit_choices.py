"""Pure edits inside a question for the browser editor: choices, stems, steps and accepted answers by id. Each gives a new course."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

from elearn.course.edit import check_ids, index_of, moved, placed
from elearn.course.edit_blocks import change_question
from elearn.course.model import Course
from elearn.course.tidy import tidy, tidy_text
from elearn.errors import Invalid, NotFound
from elearn.quiz.model import Accepted, Choice, Gap, Question, Scene, Stem, Step

#: Whatever a learner chooses, matches, orders or types.
Part = Choice | Stem | Step | Accepted
Parts = tuple[Any, ...]

_LISTS: Final = ("choices", "stems", "steps", "accepted")
_GROUPS: Final = ("gaps", "scenes")
_LIST_OF: Final[dict[type[Part], str]] = {Choice: "choices", Stem: "stems", Step: "steps", Accepted: "accepted"}


def add_choice(course: Course, page_id: str, question_id: str, part: Part, *, at: int | None = None, group: str = "") -> Course:
    """One more choice, stem, step or accepted answer; `group` is the gap or scene it belongs to. Raises Invalid where none has a place."""

    def added(question: Question) -> Question:
        name = _LIST_OF[type(part)]
        for holder, path in _holders(question):
            if holder is not question and holder.id != group:
                continue
            if hasattr(holder, name):
                return _put(question, path, name, placed(getattr(holder, name), tidy(part), at))
        raise Invalid("no-place-for-choice", id=part.id)

    return _change(course, page_id, question_id, added)


def rename_choice(course: Course, page_id: str, question_id: str, part_id: str, text: str) -> Course:
    """Other words; the id stays."""
    words = tidy_text(text)
    if not words:
        raise Invalid("empty-text")
    return _change_part(
        course, page_id, question_id, part_id, lambda parts, at: (*parts[:at], replace(parts[at], text=words), *parts[at + 1 :])
    )


def replace_choice(course: Course, page_id: str, question_id: str, part: Part) -> Course:
    """The choice with this id as it is now."""
    return _change_part(course, page_id, question_id, part.id, lambda parts, at: (*parts[:at], tidy(part), *parts[at + 1 :]))


def move_choice(course: Course, page_id: str, question_id: str, part_id: str, at: int) -> Course:
    """The choice at another position in its list."""
    return _change_part(course, page_id, question_id, part_id, lambda parts, index: moved(parts, index, at))


def remove_choice(course: Course, page_id: str, question_id: str, part_id: str) -> Course:
    """The question without the choice; stems that pointed to it wait for another one, which the checks will ask for."""
    return _change_part(course, page_id, question_id, part_id, lambda parts, at: (*parts[:at], *parts[at + 1 :]))


def _change(course: Course, page_id: str, question_id: str, change: Callable[[Question], Question]) -> Course:
    def changed(question: Question) -> Question:
        new = change(question)
        check_ids(_ids(new))
        return new

    return change_question(course, page_id, question_id, changed)


def _change_part(course: Course, page_id: str, question_id: str, part_id: str, change: Callable[[Parts, int], Parts]) -> Course:
    def changed(question: Question) -> Question:
        for holder, path in _holders(question):
            for name in _LISTS:
                parts = getattr(holder, name, ())
                if any(part.id == part_id for part in parts):
                    return _put(question, path, name, change(parts, index_of(parts, part_id)))
        raise NotFound("no-such-id", id=part_id)

    return _change(course, page_id, question_id, changed)


def _holders(question: Question) -> "Iterator[tuple[Question | Gap | Scene, tuple[str, int] | None]]":
    """Everything that has lists of parts: the question, and its gaps or scenes with their place in it."""
    yield question, None
    for name in _GROUPS:
        for index, group in enumerate(getattr(question, name, ())):
            yield group, (name, index)


def _put(question: Question, path: tuple[str, int] | None, name: str, parts: Parts) -> Question:
    changes: dict[str, Any] = {name: parts}  # which kind has which list is known only when it runs
    if path is None:
        return replace(question, **changes)
    groups = getattr(question, path[0])
    group = replace(groups[path[1]], **changes)
    changes = {path[0]: (*groups[: path[1]], group, *groups[path[1] + 1 :])}
    return replace(question, **changes)


def _ids(question: Question) -> Iterator[str]:
    for holder, path in _holders(question):
        if path is not None:
            yield holder.id
        for name in _LISTS:
            yield from (part.id for part in getattr(holder, name, ()))
