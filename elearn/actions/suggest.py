"""Suggested passphrases, handles and pseudonyms: made-up words of easy syllables, typed on the keyboard of the language."""

import random
from dataclasses import dataclass
from typing import Final

from elearn.lang import Language

#: Words of a passphrase and syllables of a word.
WORDS: Final = 5
SYLLABLES: Final = 3


@dataclass(frozen=True, slots=True)
class Sounds:
    """Consonants and vowels that any reader of the language can say and type without a second key."""

    consonants: str
    vowels: str


SOUNDS: Final[dict[Language, Sounds]] = {
    "en": Sounds("bdfgklmnprstvz", "aeiou"),
    "ru": Sounds("бвгдзклмнпрст", "аеиоу"),
    "kk": Sounds("бгджзклмнпрст", "аеиоұ"),
    "tg": Sounds("бвгдзклмнпрст", "аеиоу"),
    "tk": Sounds("bdgjklmnprstwz", "aeiou"),
}
#: Not even by chance.
UNWANTED: Final = ("sex", "fuk", "kak", "nazi", "sik", "bok", "kut", "наци", "кака", "пизд", "сик", "сег", "бок", "кут", "кот")


def passphrase(language: Language, rng: random.Random) -> str:
    """Five made-up words of three syllables, with hyphens: at least 15 × log2(13 × 5) = 90 bits; `rng` must be a secret one."""
    return "-".join(_word(language, rng, SYLLABLES) for _ in range(WORDS))


def handle(language: Language, rng: random.Random) -> str:
    """Two made-up words and two digits, such as `mirava-lodet-47`: about 40 bits, enough not to meet another."""
    return f"{_word(language, rng, SYLLABLES)}-{_word(language, rng, 2)}-{rng.randrange(20, 100)}"


def pseudonym(language: Language, rng: random.Random) -> str:
    """Two made-up words with capitals, such as `Mirava Lodet`: what others see first must not tell the handle, which lets somebody in."""
    return f"{_word(language, rng, SYLLABLES)} {_word(language, rng, 2)}".title()


def _word(language: Language, rng: random.Random, syllables: int) -> str:
    sounds = SOUNDS[language]
    while True:
        word = "".join(rng.choice(sounds.consonants) + rng.choice(sounds.vowels) for _ in range(syllables))
        if not any(unwanted in word for unwanted in UNWANTED):
            return word
