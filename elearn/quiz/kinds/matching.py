"""Matching and sorting: every stem is given a choice."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, pick_parts
from elearn.quiz.model import Matching

_FIELD: Final = "stem-"


def parse(question: Matching, fields: Fields) -> Parsed:
    """A choice id in each field `stem-<stem>`; problem: unknown-choice. Stems may stay open."""
    choices = [c.id for c in question.choices]
    given, problems = pick_parts(question, fields, {_FIELD + stem.id: choices for stem in question.stems})
    value = {name.removeprefix(_FIELD): choice for name, choice in given.items()}
    return (Response("matching", value) if value else None), problems


def redisplay(_question: Matching, response: Response) -> dict[str, list[str]]:
    """The form fields that give this response."""
    return {_FIELD + stem: [choice] for stem, choice in response.parts().items()}


def grade(question: Matching, response: Response, _spoken: Spoken) -> float:
    """Stems given their right choice / all stems."""
    given = response.parts()
    return sum(given.get(stem.id) == stem.choice for stem in question.stems) / max(len(question.stems), 1)


def right_response(question: Matching) -> Response:
    """The right choice for every stem."""
    return Response("matching", {stem.id: stem.choice for stem in question.stems})


def is_complete(question: Matching, response: Response) -> bool:
    """Whether every stem has a choice."""
    return response.parts().keys() >= {stem.id for stem in question.stems}


def option_groups(question: Matching) -> dict[str, tuple[str, ...]]:
    """The stems and the choices, shuffled apart."""
    return {"stem": tuple(s.id for s in question.stems), "choice": tuple(c.id for c in question.choices)}


KIND: Final = Kind(
    name="matching",
    parse=parse,
    fields=redisplay,
    grade=grade,
    right_response=right_response,
    is_complete=is_complete,
    option_groups=option_groups,
    shuffling="asked",
)
