"""From form fields to a typed response and back. Parsing is not grading: nothing here knows what is right."""

from elearn.quiz.kind import TEXT_LIMIT, Fields, Parsed, Response
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import Question

__all__ = ["TEXT_LIMIT", "Fields", "Parsed", "Response", "is_complete", "parse", "redisplay", "right_response"]


def parse(question: Question, raw: Fields) -> Parsed:
    """The response in these form fields (None: nothing answered) and its problems.

    Codes: unknown-choice, repeated-place, not-a-number, too-long; `params["field"]` names the field. A response with
    problems keeps what was typed so that it can be shown again; it is not to be stored.
    """
    parsed: Parsed = kind_of(question).parse(question, raw)
    return parsed


def redisplay(question: Question, response: Response | None) -> dict[str, list[str]]:
    """The form fields that `parse` reads as this response again; none for None or an answer to another kind of question."""
    if response is None or response.kind != kind_of(question).name:
        return {}
    return kind_of(question).fields(question, response)


def right_response(question: Question) -> Response | None:
    """The key as a response; None for a scale, an open answer or a text that is all wildcard."""
    return kind_of(question).right_response(question)


def is_complete(question: Question, response: Response | None) -> bool:
    """Whether every part of the question is answered."""
    return response is not None and response.kind == kind_of(question).name and kind_of(question).is_complete(question, response)
