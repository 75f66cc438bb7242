"""Gap select: every gap of the prompt is filled from its own list."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, pick_parts
from elearn.quiz.model import GapSelect

_FIELD: Final = "gap-"


def parse(question: GapSelect, fields: Fields) -> Parsed:
    """A choice id in each field `gap-<gap>`; problem: unknown-choice. Gaps may stay open."""
    allowed = {_FIELD + gap.id: [c.id for c in gap.choices] for gap in question.gaps}
    given, problems = pick_parts(question, fields, allowed)
    value = {name.removeprefix(_FIELD): choice for name, choice in given.items()}
    return (Response("gaps", value) if value else None), problems


def redisplay(_question: GapSelect, response: Response) -> dict[str, list[str]]:
    """The form fields that give this response."""
    return {_FIELD + gap: [choice] for gap, choice in response.parts().items()}


def grade(question: GapSelect, response: Response, _spoken: Spoken) -> float:
    """Gaps filled rightly / all gaps."""
    given = response.parts()
    right = sum(any(c.right and c.id == given.get(gap.id) for c in gap.choices) for gap in question.gaps)
    return right / max(len(question.gaps), 1)


def right_response(question: GapSelect) -> Response:
    """The first right choice of every gap."""
    return Response("gaps", {gap.id: c.id for gap in question.gaps for c in reversed(gap.choices) if c.right})


def is_complete(question: GapSelect, response: Response) -> bool:
    """Whether every gap is filled."""
    return response.parts().keys() >= {gap.id for gap in question.gaps}


def option_groups(question: GapSelect) -> dict[str, tuple[str, ...]]:
    """The choices of every gap, shuffled apart."""
    return {gap.id: tuple(c.id for c in gap.choices) for gap in question.gaps}


KIND: Final = Kind(
    name="gaps",
    parse=parse,
    fields=redisplay,
    grade=grade,
    right_response=right_response,
    is_complete=is_complete,
    option_groups=option_groups,
    shuffling="asked",
)
