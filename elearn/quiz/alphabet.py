"""Tolerant comparison of typed words: letters a keyboard may lack count as their nearest neighbour. No grading."""

import unicodedata
from typing import Final

from elearn.lang import Language

#: Letters as people write them on a keyboard without their alphabet. Kazakh Cyrillic: і is also typed as Latin i.
#: Tajik ҷ becomes ч as in "Точикистон". Written in lower case: folding follows case folding.
_NEAREST: Final[dict[Language, dict[int, int]]] = {
    "en": {},
    "ru": str.maketrans("ё", "е"),
    "kk": str.maketrans("әғқңөұүһіiё", "агкноуухиие"),
    "tg": str.maketrans("ғӣқӯҳҷ", "гикухч"),
    "tk": str.maketrans("äçžňöşüý", "acznosuy"),
}


def fold(text: str, language: Language) -> str:
    """The text without case, needless spaces and letters that keyboards of this language may lack.

    >>> fold("  Жаңа   ҚАЛА ", "kk") == fold("жана кала", "kk")
    True
    """
    lower = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(lower.split()).translate(_NEAREST[language])


def strict(text: str) -> str:
    """The text in one Unicode form without spaces around it; case, inner spaces and every letter count."""
    return unicodedata.normalize("NFKC", text).strip()


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text fits the pattern, where `*` stands for anything, also nothing. One pass, no backtracking."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    last = rest.pop()
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    start, end = len(first), len(text) - len(last)
    for part in rest:
        found = text.find(part, start, end)
        if found < 0:
            return False
        start = found + len(part)
    return True
