"""Words as the search compares them: letters folded, endings taken off, the same for pages and for questions. No SQL."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import Any, Final

import snowballstemmer

#: A word: letters and digits, with the hyphen and the apostrophe as borders.
_WORD: Final = re.compile(r"[^\W_]+")
#: Letters people without the right keyboard leave out, and those Russian writers skip.
_PLAIN: Final = str.maketrans("әғқңөұүһіӣӯҳҷёй", "агкноуухииухчеи")
_MARKS: Final = dict.fromkeys(range(0x300, 0x370))

#: Endings in folded letters; taken off the longest first, one after another, while a stem of three letters stays.
_KAZAKH: Final = """
лар лер дар дер тар тер ым им ын ин сы си ы и мыз миз ныз низ ымыз имиз
нын нин дын дин тын тин га ге ка ке на не ны ни ды ди ты ти да де та те нда нде дан ден тан тен нан нен мен бен пен
лык лик дык дик тык тик шы ши сыз сиз лы ли
у ган ген кан кен ып ип п ады еди иды атын етин
"""
_TAJIK: Final = """
хо хои он они гон гони ро и е ам ат аш амон атон ашон ем ед анд аст
ии ги гии она манд нок тар тарин дан тан да та анда
"""
_TURKMEN: Final = """
lar ler ym im um yn in un y i u sy si ymyz imiz ynyz iniz
nyn nin ny ni na ne a e da de nda nde dan den ndan nden
lyk lik luk cy ci cylyk cilik ly li syz siz kary daky daki
mak mek yar yer dy di an en jak jek yp ip
"""
_ENDINGS: Final = {
    language: sorted(endings.split(), key=len, reverse=True) for language, endings in (("kk", _KAZAKH), ("tg", _TAJIK), ("tk", _TURKMEN))
}
#: Last letters that turn soft before an ending: құқық, құқығы; hukuk, hukugy.
_HARD: Final = {"kk": str.maketrans("гб", "кп"), "tg": {}, "tk": str.maketrans("gb", "kp")}
_SHORTEST_STEM: Final = 3
_MOST_ENDINGS: Final = 3
_SNOWBALL: Final[dict[str, Any]] = {"en": snowballstemmer.stemmer("english"), "ru": snowballstemmer.stemmer("russian")}
#: A stemmer keeps the word it works on in itself: threads must not mix theirs.
_ONE_AT_A_TIME: Final = Lock()


def words(text: str, language: str) -> Iterator[tuple[str, int, int]]:
    """Each word of a text as compared, with where it stands (start and end) in the text."""
    for found in _WORD.finditer(text):
        yield stem(found.group(), language), found.start(), found.end()


def analyse(text: str, language: str) -> str:
    """A text as a line of compared words, ready for an index."""
    return " ".join(word for word, _start, _end in words(text, language))


def fold(word: str) -> str:
    """A word in small plain letters: marks off, letters of the four larger alphabets by their nearest common one."""
    plain = unicodedata.normalize("NFKC", word).casefold().translate(_PLAIN)
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", plain).translate(_MARKS)).translate(_PLAIN)


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """What stays of a word without its endings, folded; never empty."""
    folded = fold(word)
    if language in _SNOWBALL:
        with _ONE_AT_A_TIME:
            shortened: str = _SNOWBALL[language].stemWord(unicodedata.normalize("NFKC", word).casefold().replace("ё", "е"))
        return fold(shortened) or folded
    for _ in range(_MOST_ENDINGS):
        ending = next((end for end in _ENDINGS[language] if folded.endswith(end) and len(folded) - len(end) >= _SHORTEST_STEM), "")
        if not ending:
            break
        folded = folded.removesuffix(ending)
    return folded[:-1] + folded[-1:].translate(_HARD[language])
