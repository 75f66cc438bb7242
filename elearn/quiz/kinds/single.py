"""Single choice: one id, right or wrong."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, choice_fields, pick
from elearn.quiz.model import SingleChoice


def parse(question: SingleChoice, fields: Fields) -> Parsed:
    """The id in the field `choice`; problem: unknown-choice."""
    choice, problems = pick(question, fields, "choice", [c.id for c in question.choices])
    return (Response("single", choice) if choice else None), problems


def grade(question: SingleChoice, response: Response, _spoken: Spoken) -> float:
    """1 for the right choice, else 0."""
    return float(any(c.right and c.id == response.text() for c in question.choices))


def right_response(question: SingleChoice) -> Response | None:
    """The choice marked right."""
    return next((Response("single", c.id) for c in question.choices if c.right), None)


def option_groups(question: SingleChoice) -> dict[str, tuple[str, ...]]:
    """The choices."""
    return {"choice": tuple(c.id for c in question.choices)}


KIND: Final = Kind(
    name="single",
    parse=parse,
    fields=choice_fields,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=option_groups,
    shuffling="asked",
)
