"""Short text: a typed word or phrase against accepted answers, tolerant of case and missing letters."""

from typing import Final

from elearn.lang import Language
from elearn.quiz.alphabet import fold, matches, strict
from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, always, no_options, text_fields, typed
from elearn.quiz.model import Accepted, ShortText

#: A word or a phrase, in characters; to compare a heap of accents takes time with the square of their number.
LIMIT: Final = 1_000


def parse(question: ShortText, fields: Fields) -> Parsed:
    """The text of the field `text` as typed; problem: too-long."""
    return typed(question, fields, kind="short-text", limit=LIMIT)


def grade(question: ShortText, response: Response, spoken: Spoken) -> float:
    """The best fraction of the accepted answers that fit, 0 if none does.

    Each language's accepted answers are compared in that language's alphabet; an answer in any of them counts.
    """
    wordings = {**spoken.accepted, spoken.language: question.accepted + tuple(spoken.accepted.get(spoken.language, ()))}
    earned = [_best(answers, response.text(), language=language, exact=question.exact) for language, answers in wordings.items()]
    return max(earned)


def _best(answers: tuple[Accepted, ...], text: str, *, language: Language, exact: bool) -> float:
    """The best fraction among the accepted answers of one language."""
    given = strict(text) if exact else fold(text, language)
    fitting = (a.fraction for a in answers if matches(strict(a.text) if exact else fold(a.text, language), given))
    return max(fitting, default=0.0)


def right_response(question: ShortText) -> Response | None:
    """The accepted answer that earns most, if possible one without wildcards, which become …; None if all are nothing but wildcards."""
    shown = [a for a in question.accepted if a.text.replace("*", "").strip()]
    best = max(shown, key=lambda a: (a.fraction, "*" not in a.text), default=None)
    return Response("short-text", best.text.replace("*", "…")) if best else None


KIND: Final = Kind(
    name="short-text",
    parse=parse,
    fields=text_fields,
    grade=grade,
    right_response=right_response,
    is_complete=always,
    option_groups=no_options,
)
