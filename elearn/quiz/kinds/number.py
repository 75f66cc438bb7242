"""A typed number, compared exactly (as a ratio of whole numbers) within a tolerance."""

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction
from typing import Final

from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, no_options, problem, text_fields, typed
from elearn.quiz.model import Number

#: A hundred digits are more than any honest answer and keep the arithmetic cheap.
LIMIT: Final = 100
_NUMBER: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)")


def read_number(text: str) -> Fraction | None:
    """The number a person meant: comma or point, spaces between digits, + or − in front; None for anything else (nan, inf, 1e9)."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).replace("\N{MINUS SIGN}", "-").replace(",", ".")
    return Fraction(plain) if len(plain) <= LIMIT and _NUMBER.fullmatch(plain) else None


def parse(question: Number, fields: Fields) -> Parsed:
    """The text of the field `text` as typed, so that a slip can be shown again; problems: not-a-number, too-long."""
    response, problems = typed(question, fields, kind="number", limit=LIMIT)
    if response and not problems and read_number(response.text()) is None:
        problems = (problem("not-a-number", question, "text"),)
    return response, problems


def grade(question: Number, response: Response, _spoken: Spoken) -> float:
    """1 within the tolerance, else 0: nominal a ± t, relative a ± |a|t, geometric a/(1+t) .. a(1+t)."""
    given = read_number(response.text())
    if given is None:
        return 0.0
    answer, tolerance = Fraction(str(question.answer)), Fraction(str(question.tolerance))
    if question.mode == "geometric":
        low, high = sorted((answer / (1 + tolerance), answer * (1 + tolerance)))
        return float(low <= given <= high)
    width = tolerance if question.mode == "nominal" else abs(answer) * tolerance
    return float(abs(given - answer) <= width)


def right_response(question: Number) -> Response:
    """The answer in plain digits with a point."""
    digits = format(Decimal(str(question.answer)), "f")
    return Response("number", digits.rstrip("0").rstrip(".") if "." in digits else digits)


def is_complete(_question: Number, response: Response) -> bool:
    """Whether the text is a number."""
    return read_number(response.text()) is not None


KIND: Final = Kind(
    name="number",
    parse=parse,
    fields=text_fields,
    grade=grade,
    right_response=right_response,
    is_complete=is_complete,
    option_groups=no_options,
)
