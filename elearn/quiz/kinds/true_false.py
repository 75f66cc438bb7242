"""A statement that is true (`yes`) or not (`no`)."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, choice_fields, pick
from elearn.quiz.model import TrueFalse

ANSWERS: Final = ("yes", "no")


def parse(question: TrueFalse, fields: Fields) -> Parsed:
    """`yes` or `no` in the field `choice`; problem: unknown-choice."""
    choice, problems = pick(question, fields, "choice", ANSWERS)
    return (Response("true-false", choice) if choice else None), problems


def grade(question: TrueFalse, response: Response, _spoken: Spoken) -> float:
    """1 if the answer says what the key says, else 0."""
    return float(response == right_response(question))


def right_response(question: TrueFalse) -> Response:
    """The key."""
    return Response("true-false", "yes" if question.answer else "no")


def option_groups(_question: TrueFalse) -> dict[str, tuple[str, ...]]:
    """Yes and no, which are never shuffled."""
    return {"choice": ANSWERS}


KIND: Final = Kind(
    name="true-false",
    parse=parse,
    fields=choice_fields,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=option_groups,
)
