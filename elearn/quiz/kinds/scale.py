"""A scale: one point from low to high; no key and no mark."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, choice_fields, pick
from elearn.quiz.model import Scale


def parse(question: Scale, fields: Fields) -> Parsed:
    """The id in the field `choice`; problem: unknown-choice."""
    choice, problems = pick(question, fields, "choice", [c.id for c in question.choices])
    return (Response("scale", choice) if choice else None), problems


def grade(_question: Scale, _response: Response, _spoken: Spoken) -> None:
    """Nothing: a scale has no mark."""


def right_response(_question: Scale) -> None:
    """Nothing: a scale has no key."""


def option_groups(question: Scale) -> dict[str, tuple[str, ...]]:
    """The points, which keep their order."""
    return {"choice": tuple(c.id for c in question.choices)}


KIND: Final = Kind(
    name="scale",
    parse=parse,
    fields=choice_fields,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=option_groups,
    marking="none",
)
