"""Languages of the product: tags, own names, the fallback chain. No texts, no locale data."""

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
#: ISO 3166 alpha-3 codes as the fact tables write them.
ALPHA3: Final[dict[Country, str]] = {"KZ": "KAZ", "TJ": "TJK", "TM": "TKM"}


def is_language(tag: str) -> TypeGuard[Language]:
    """Whether `tag` is one of the five languages, written as in addresses."""
    return tag in LANGUAGES


def is_country(code: str) -> TypeGuard[Country]:
    """Whether `code` is one of the three countries, ISO 3166 alpha-2."""
    return code in COUNTRIES
