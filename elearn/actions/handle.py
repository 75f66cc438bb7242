"""Handles: the made-up names people sign in with. Owns their form and the folding that keeps look-alikes apart."""

import re
import unicodedata
from typing import Final

from elearn.errors import Invalid, Problem, Where

SHORTEST: Final = 3
LONGEST: Final = 32
#: Letters of the five alphabets (without the Latin ones a compose key could add beyond Turkmen), digits and the hyphen.
_LETTERS: Final = "a-zäžňöşüýç" + "а-яё" + "әғқңөұүһі" + "ӣӯҳҷ"
_FORM: Final = re.compile(f"[{_LETTERS}0-9](?:-?[{_LETTERS}0-9])*")
#: Letters that look alike, in small or in capitals, folded to one; Cyrillic ones stand for what a reader would take them for.
_LOOKS: Final = str.maketrans(
    {
        **dict(zip("авекмнорстухі", "abekmhopctyxi", strict=True)),
        **dict(zip("әғқңөұүһҳҷ", "aгkhoyyhxч", strict=True)),
        **dict(zip("013", "oiз", strict=True)),
        "l": "i",
        "ѕ": "s",
        "ј": "j",
    }
)
_RESERVED: Final = ("admin", "administrator", "operator", "moderator", "qadam", "root", "support", "system", "админ", "администратор")


def fold(text: str) -> str:
    """What two handles must not share: NFKD, case folded, look-alike letters made one, marks, hyphens and spaces dropped.

    >>> fold("Gül-ÝAGYŞ")
    'guiyagys'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_LOOKS)
    return "".join(sign for sign in plain if not (sign == "-" or sign.isspace() or unicodedata.category(sign).startswith("M")))


def check(text: str) -> str:
    """The handle as it will be shown (small letters); Invalid with one problem for the field `handle` when it cannot be one."""
    handle = unicodedata.normalize("NFKC", text.strip()).lower()
    if not SHORTEST <= len(handle) <= LONGEST:
        raise _invalid("handle-length", minimum=SHORTEST, maximum=LONGEST)
    if not _FORM.fullmatch(handle):
        raise _invalid("handle-form")
    if is_reserved(handle):
        raise _invalid("handle-reserved")
    return handle


_RESERVED_KEYS: Final = frozenset(fold(name) for name in _RESERVED)


def is_reserved(text: str) -> bool:
    """Whether a name, read loosely, is one of those who run the site."""
    return fold(text) in _RESERVED_KEYS


def _invalid(code: str, **params: int) -> Invalid:
    return Invalid(code, (Problem(code, Where("handle"), params),), **params)
