"""Multiple choice: a set of ids, marked by one of three credit rules."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, problem
from elearn.quiz.model import MultipleChoice


def parse(question: MultipleChoice, fields: Fields) -> Parsed:
    """The ids in the repeated field `choice`, in the order of the file; problem: unknown-choice. Nothing ticked is no answer."""
    given = set(fields.get("choice", ())) - {""}
    known = [c.id for c in question.choices if c.id in given]
    problems = (problem("unknown-choice", question, "choice"),) if given.difference(known) else ()
    return (Response("multiple", known) if known else None), problems


def redisplay(_question: MultipleChoice, response: Response) -> dict[str, list[str]]:
    """The form fields that give this response."""
    return {"choice": list(response.ids())}


def grade(question: MultipleChoice, response: Response, _spoken: Spoken) -> float:
    """The fraction by the credit rule of the question.

    balanced: right ticked / right − wrong ticked / wrong, never below 0: ticking everything earns nothing.
    exact: all or nothing. each: decisions taken rightly / decisions.
    """
    ticked = set(response.ids())
    right = {c.id for c in question.choices if c.right}
    wrong = {c.id for c in question.choices if not c.right}
    if question.credit == "exact":
        return float(ticked & (right | wrong) == right)
    if question.credit == "each":
        return (len(ticked & right) + len(wrong - ticked)) / max(len(question.choices), 1)
    return max(0.0, len(ticked & right) / max(len(right), 1) - len(ticked & wrong) / max(len(wrong), 1))


def right_response(question: MultipleChoice) -> Response | None:
    """Every choice marked right."""
    return Response("multiple", [c.id for c in question.choices if c.right])


def option_groups(question: MultipleChoice) -> dict[str, tuple[str, ...]]:
    """The choices."""
    return {"choice": tuple(c.id for c in question.choices)}


KIND: Final = Kind(
    name="multiple",
    parse=parse,
    fields=redisplay,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=option_groups,
    shuffling="asked",
)
