"""Pseudonyms: the names that others see. Owns their form; whether they are free is asked nowhere, for two people may share one."""

from typing import Final

from elearn.actions import handle as handles
from elearn.errors import Invalid, Problem, Where
from elearn.lang import unseen

LONGEST: Final = 40


def check(text: str) -> str:
    """The pseudonym with single spaces; Invalid with one problem for the field `pseudonym` when it cannot be one."""
    pseudonym = " ".join(text.split())
    if not pseudonym or len(pseudonym) > LONGEST:
        raise _invalid("pseudonym-form", maximum=LONGEST)
    if sign := unseen(pseudonym):
        raise _invalid("pseudonym-unseen", sign=f"U+{ord(sign):04X}")
    if not pseudonym.isprintable():
        raise _invalid("pseudonym-form", maximum=LONGEST)
    if handles.is_reserved(pseudonym):
        raise _invalid("pseudonym-reserved")
    return pseudonym


def _invalid(code: str, **params: str | int) -> Invalid:
    return Invalid(code, (Problem(code, Where("pseudonym"), params),), **params)
