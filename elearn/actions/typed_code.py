"""Codes as people type them from paper or paste them: what does not matter is taken away, what looks alike is read as meant."""

import unicodedata
from typing import Final

#: Cyrillic letters that a keyboard of ours writes where a code has a Latin one, in small letters.
_LOOKS: Final = str.maketrans("авезкмнорстхуһіѕј", "abe3kmhopctxyhisj")


def plain(typed: str) -> str:
    """A code without spaces, dashes and signs that cannot be seen, in small Latin letters.

    >>> plain(" А0С6–Е96Е ")
    'a0c6e96e'
    """
    small = unicodedata.normalize("NFKC", typed).casefold().translate(_LOOKS)
    return "".join(sign for sign in small if unicodedata.category(sign)[0] in "LN")
