"""Ordering: every step is given a place from 1; credit for the longest ordered subset."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from elearn.errors import Problem
from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, pick_parts, problem
from elearn.quiz.model import Ordering

_FIELD: Final = "place-"


def parse(question: Ordering, fields: Fields) -> Parsed:
    """A place 1..k in each field `place-<step>`; problems: unknown-choice (no such place), repeated-place. Steps may stay open."""
    numbers = [str(place) for place in range(1, len(question.steps) + 1)]
    given, problems = pick_parts(question, fields, {_FIELD + step.id: numbers for step in question.steps})
    value = {name.removeprefix(_FIELD): int(place) for name, place in given.items()}
    return (Response("ordering", value) if value else None), problems + _repeated(question, value)


def _repeated(question: Ordering, places: dict[str, int]) -> tuple[Problem, ...]:
    """One problem for each step whose place an earlier step has taken."""
    seen: set[int] = set()
    problems: list[Problem] = []
    for step, place in places.items():
        if place in seen:
            problems.append(problem("repeated-place", question, _FIELD + step, place=place))
        seen.add(place)
    return tuple(problems)


def redisplay(_question: Ordering, response: Response) -> dict[str, list[str]]:
    """The form fields that give this response."""
    return {_FIELD + step: [str(place)] for step, place in response.places().items()}


def longest_ordered(ranks: Sequence[int]) -> int:
    """Length of the longest subset that stands in order, equal ranks in either order (patience sorting).

    >>> longest_ordered([1, 3, 2, 2, 4])
    4
    """
    ends: list[int] = []
    for rank in ranks:
        at = bisect_right(ends, rank)
        ends[at : at + 1] = [rank]
    return len(ends)


def grade(question: Ordering, response: Response, _spoken: Spoken) -> float:
    """Longest ordered subset / steps, a length of 1 counting 0.

    Steps on the same place are read from the last to the first, so that a repeated place earns nothing by itself.
    """
    places = response.places()
    placed = sorted((places[step.id], -step.rank) for step in question.steps if step.id in places)
    length = longest_ordered([-negative for _, negative in placed])
    return length / len(question.steps) if length > 1 else 0.0


def in_right_order(question: Ordering, step_ids: Sequence[str]) -> bool:
    """Whether these steps stand in a right order, ties in either order."""
    rank = {step.id: step.rank for step in question.steps}
    ranks = [rank[step] for step in step_ids]
    return ranks == sorted(ranks)


def right_response(question: Ordering) -> Response:
    """The order of the file's numbers; tied steps as written."""
    ordered = sorted(question.steps, key=lambda step: step.rank)
    return Response("ordering", {step.id: place for place, step in enumerate(ordered, 1)})


def is_complete(question: Ordering, response: Response) -> bool:
    """Whether every step has a place of its own."""
    places = response.places()
    return places.keys() >= {step.id for step in question.steps} and len(set(places.values())) == len(places)


def option_groups(question: Ordering) -> dict[str, tuple[str, ...]]:
    """The steps."""
    return {"step": tuple(step.id for step in question.steps)}


KIND: Final = Kind(
    name="ordering",
    parse=parse,
    fields=redisplay,
    grade=grade,
    right_response=right_response,
    is_complete=is_complete,
    option_groups=option_groups,
    shuffling="always",
)
