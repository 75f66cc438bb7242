"""Passphrases that are guessed first, made by rules of our own: no list of anybody's is shipped."""

import re
from functools import cache
from itertools import product
from typing import Final

SHORTEST: Final = 12
_YEARS: Final = tuple(str(year) for year in range(1985, 2031))
_TAILS: Final = ("1", "12", "123", "1234", "12345", "123456", "1991", "2000", "007", "777")

#: What people of our courses think of first: the subject, the places, the word for a passphrase, in the five languages.
_WORDS: Final = (
    *("human", "rights", "humanrights", "freedom", "justice", "dignity", "equality", "defender", "activist", "democracy"),
    *("password", "passphrase", "welcome", "letmein", "secret", "qadam", "elearn", "course", "learning", "teacher"),
    *("kazakhstan", "tajikistan", "turkmenistan", "almaty", "astana", "dushanbe", "ashgabat", "asia", "centralasia", "iloveyou"),
    *("права", "человека", "правачеловека", "свобода", "справедливость", "достоинство", "равенство", "правозащитник", "активист"),
    *("пароль", "секрет", "привет", "обучение", "курс", "учитель", "казахстан", "таджикистан", "туркменистан", "алматы", "душанбе"),
    *("адам", "құқықтары", "адамқұқықтары", "бостандық", "әділдік", "теңдік", "құпиясөз", "қазақстан", "қадам", "сәлем"),
    *("инсон", "ҳуқуқи", "ҳуқуқиинсон", "озодӣ", "адолат", "баробарӣ", "рамз", "тоҷикистон", "қадам", "салом"),
    *("hukuk", "adamhukuklary", "azatlyk", "adalat", "deňlik", "açarsöz", "türkmenistan", "aşgabat", "ädim", "salam"),
)
_ROWS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_COLUMNS: Final = ("1qaz2wsx3edc4rfv5tgb6yhn7ujm", "1йфя2цыч3увс4кам5епи6нрт7гоь", "qazwsxedcrfvtgbyhnujm", "йфяцычувскамепинртгоь")
#: The same keys on the Latin and on the Russian layout.
_LATIN: Final = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_RUSSIAN: Final = "йцукенгшщзхъфывапролджэячсмитьбю"
_TO_RUSSIAN: Final = str.maketrans(_LATIN, _RUSSIAN)
_TO_LATIN: Final = str.maketrans(_RUSSIAN, _LATIN)
#: Fewer different characters than this, or a unit this short repeated, is weak at any length.
_VARIETY: Final = 5
_REPEATED: Final = re.compile(r"(.{1,16}?)\1+.{0,3}")
#: This much of the whole along one row or column of keys is weak.
_RUN: Final = 0.75


def is_weak(passphrase: str) -> bool:
    """Whether a passphrase is in the list, with or without its marks and digits around, or made by repeating or running along keys."""
    folded = passphrase.casefold()
    letters = re.sub(r"[\W_]", "", folded)
    if len(set(letters)) < _VARIETY or _REPEATED.fullmatch(letters):
        return True
    if letters.strip("0123456789") in _joined() or not {folded, letters}.isdisjoint(weak_list()):
        return True
    return _along_keys(letters) >= _RUN * len(letters)


@cache
def weak_list() -> frozenset[str]:
    """All entries, each of 12 characters or more, in small letters; more than 3,000 of them."""
    made = {*_joined(), *_dated(), *_doubled(), *_keyboard()}
    typed = {word.translate(table) for word in made for table in (_TO_RUSSIAN, _TO_LATIN)}
    return frozenset(word for word in made | typed if len(word) >= SHORTEST)


@cache
def _joined() -> frozenset[str]:
    return frozenset({first + second for first, second in product(_WORDS, repeat=2)} | set(_WORDS))


def _dated() -> set[str]:
    return {word + tail for word in _WORDS for tail in (*_YEARS, *_TAILS)} | {tail + word for word in _WORDS for tail in (*_YEARS, *_TAILS)}


def _doubled() -> set[str]:
    return {unit * times for unit in (*_WORDS, *_YEARS, *_TAILS) for times in (2, 3, 4)}


def _keyboard() -> set[str]:
    """Runs of 12 to 16 keys along rows joined to rows, and along slanting columns, in both directions."""
    lines = [first + second for first, second in product(_ROWS, repeat=2)] + list(_COLUMNS)
    both = [way for line in lines for way in (line, line[::-1])]
    return {line[start : start + length] for line in both for length in range(SHORTEST, 17) for start in range(len(line) - length + 1)}


@cache
def _neighbours() -> frozenset[str]:
    lines = [*_ROWS, *_COLUMNS]
    return frozenset(way[at : at + 3] for line in lines for way in (line, line[::-1]) for at in range(len(way) - 2))


def _along_keys(letters: str) -> int:
    """How many characters lie in three-key runs."""
    covered: set[int] = set()
    for at in range(len(letters) - 2):
        if letters[at : at + 3] in _neighbours():
            covered.update((at, at + 1, at + 2))
    return len(covered)
