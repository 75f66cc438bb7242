"""An open answer to a case: kept as written and marked by a person."""

from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, no_options, text_fields, typed
from elearn.quiz.model import OpenAnswer


def parse(question: OpenAnswer, fields: Fields) -> Parsed:
    """The text of the field `text` as typed; problem: too-long."""
    return typed(question, fields, kind="open")


def grade(_question: OpenAnswer, _response: Response, _spoken: Spoken) -> None:
    """Nothing: only a person can say."""


def right_response(_question: OpenAnswer) -> None:
    """Nothing: the rubric says what earns the mark."""


KIND: Final = Kind(
    name="open",
    parse=parse,
    fields=text_fields,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=no_options,
    marking="hand",
)
