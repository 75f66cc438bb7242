"""What changed between two editions of a course, and what that means for people in the middle of it. Values only, nothing is decided."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from elearn.course.model import Course
from elearn.course.outline_items import Item, What, items

Level = Literal["cosmetic", "wording", "structure", "key"]
ChangeKind = Literal["added", "lost", "moved", "wording", "kind", "rule", "key"]

#: from the least to the most serious
LEVELS: Final[tuple[Level, ...]] = ("cosmetic", "wording", "structure", "key")
_LEVEL_OF: Final[dict[ChangeKind, Level]] = {
    "wording": "wording",
    "added": "structure",
    "lost": "structure",
    "moved": "structure",
    "kind": "structure",
    "rule": "structure",
    "key": "key",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one thing; `id` is its path (`page/question/choice`); `old` and `new` for keys, kinds and places."""

    kind: ChangeKind
    what: What
    id: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Diff:
    """All changes, lost and added things first.

    `safe`: running attempts are not touched; `kept`: pages on which everybody's progress stays.
    """

    changes: tuple[Change, ...]
    level: Level
    safe: bool
    kept: tuple[str, ...]

    def of(self, kind: ChangeKind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)


def diff(old: Course, new: Course) -> Diff:
    """Compare two editions; white space and line numbers do not count."""
    before, after = _by_path(old), _by_path(new)
    changes = (*_come_and_gone(before, after), *_changed(before, after), *_reordered(before, after))
    lowest: Level = "cosmetic"
    level = max((_LEVEL_OF[change.kind] for change in changes), key=LEVELS.index, default=lowest)
    quizzes = {item.id for item in before.values() if item.what == "page" and item.sort == "quiz"}
    safe = not any(_page_of(change) in quizzes and _disturbs(change) for change in changes)
    return Diff(changes, level, safe, tuple(_kept(before, after, changes)))


Path = tuple[What, str]


def _by_path(course: Course) -> dict[Path, Item]:
    return {(item.what, item.id): item for item in items(course)}


def _page_of(change: Change) -> str:
    return change.id.partition("/")[0]


def _disturbs(change: Change) -> bool:
    """Whether a change of a quiz touches attempts on it: words do not, nor does another place for the page or a choice."""
    if change.what not in ("page", "question", "choice") or change.kind == "wording":
        return False
    return change.kind != "moved" or change.what == "question"


def _come_and_gone(before: dict[Path, Item], after: dict[Path, Item]) -> Iterator[Change]:
    lost = [item for path, item in before.items() if path not in after]
    added = [item for path, item in after.items() if path not in before]
    moves = {_name(item): item for item in lost if item.what == "question"}
    moved = {item.id: moves[_name(item)] for item in added if item.what == "question" and _name(item) in moves}
    for item in lost:
        if item.what != "question" or item not in moved.values():
            yield Change("lost", item.what, item.id)
    for item in added:
        if item.what == "question" and item.id in moved:
            yield Change("moved", "question", item.id, moved[item.id].id, item.id)
        else:
            yield Change("added", item.what, item.id)


def _name(item: Item) -> str:
    return item.id.rpartition("/")[2]


def _changed(before: dict[Path, Item], after: dict[Path, Item]) -> Iterator[Change]:
    for path, new in after.items():
        old = before.get(path)
        if old is None:
            continue
        if old.sort != new.sort:
            yield Change("kind", new.what, new.id, old.sort, new.sort)
        elif old.key != new.key:
            yield Change("key", new.what, new.id, old.key, new.key)
        if old.parent != new.parent:
            yield Change("moved", new.what, new.id, old.parent, new.parent)
        if old.rule != new.rule:
            yield Change("rule", new.what, new.id)
        if _words(old) != _words(new):
            yield Change("wording", new.what, new.id)


def _words(item: Item) -> tuple[str, ...]:
    """The texts without what only looks different; where a paragraph is cut into blocks does not matter."""
    return tuple(" ".join(item.says).split())


def _reordered(before: dict[Path, Item], after: dict[Path, Item]) -> Iterator[Change]:
    """Things that stand in another order at the same place, which `old` and `new` name."""
    was, now = _by_place(before), _by_place(after)
    for (what, parent), ids in now.items():
        order = was.get((what, parent), [])
        kept = (id_ for id_ in ids if id_ in order)
        for old, new in zip((id_ for id_ in order if id_ in ids), kept, strict=True):
            if old != new:
                yield Change("moved", what, new, parent, parent)


def _by_place(some: dict[Path, Item]) -> dict[Path, list[str]]:
    places: dict[Path, list[str]] = {}
    for item in some.values():
        places.setdefault((item.what, item.parent), []).append(item.id)
    return places


def _kept(before: dict[Path, Item], after: dict[Path, Item], changes: tuple[Change, ...]) -> Iterator[str]:
    """Pages of both editions, of the same kind, whose right answers are the same."""
    rekeyed = {_page_of(change) for change in changes if change.kind == "key"}
    for (what, id_), item in after.items():
        old = before.get((what, id_))
        if what == "page" and old is not None and old.sort == item.sort and id_ not in rekeyed:
            yield id_
