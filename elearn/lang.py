"""Languages of the product: tags, own names, the fallback chain; which signs none of them writes. No texts, no locale data."""

import unicodedata
from typing import Final, Literal, TypeGuard

Language = Literal["en", "ru", "kk", "tg", "tk"]
Country = Literal["KZ", "TJ", "TM"]

LANGUAGES: Final[tuple[Language, ...]] = ("en", "ru", "kk", "tg", "tk")
COUNTRIES: Final[tuple[Country, ...]] = ("KZ", "TJ", "TM")
OWN_NAMES: Final[dict[Language, str]] = {
    "en": "English",
    "ru": "Русский",
    "kk": "Қазақша",
    "tg": "Тоҷикӣ",
    "tk": "Türkmençe",
}
#: Controls, halves of signs, and what only steers writing: marks of direction, joiners. Our five languages need none of them.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs"})
_LAYOUT: Final = "\n\t"
#: ISO 3166 alpha-3 codes as the fact tables write them.
ALPHA3: Final[dict[Country, str]] = {"KZ": "KAZ", "TJ": "TJK", "TM": "TKM"}


def is_language(tag: str) -> TypeGuard[Language]:
    """Whether `tag` is one of the five languages, written as in addresses."""
    return tag in LANGUAGES


def is_country(code: str) -> TypeGuard[Country]:
    """Whether `code` is one of the three countries, ISO 3166 alpha-2."""
    return code in COUNTRIES


def unseen(text: str) -> str:
    """The first sign of a text that cannot be seen, line ends and tabs aside; empty if there is none."""
    return next((sign for sign in text if unicodedata.category(sign) in _UNSEEN and sign not in _LAYOUT), "")


def visible(text: str) -> str:
    """The text without signs that cannot be seen: no reader misses them, and some make a text read as another one.

    >>> visible("of\u202efice")
    'office'
    """
    return "".join(sign for sign in text if unicodedata.category(sign) not in _UNSEEN or sign in _LAYOUT)
