import random
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.actions import passphrase as passphrases
from elearn.actions import suggest, weak
from elearn.errors import Invalid, Refused
from elearn.lang import LANGUAGES, Language


@pytest.mark.parametrize(
    ("passphrase", "code"),
    [
        ("tulip kettle", "passphrase-short"),
        ("x" * 129, "passphrase-long"),
        ("passwordpassword", "passphrase-weak"),
        ("правачеловека2024", "passphrase-weak"),
        ("ghfdfxtkjdtrf2024", "passphrase-weak"),
        ("qwertyuiopasdfgh", "passphrase-weak"),
        ("йцукенгшщзхъфыва", "passphrase-weak"),
        ("aaaaaaaaaaaaaaaa", "passphrase-weak"),
        ("Human Rights 1948!", "passphrase-weak"),
        ("mirava-lodet-1991", "passphrase-like-handle"),
    ],
)
def test_a_passphrase_that_is_guessed_first_is_refused(passphrase: str, code: str) -> None:
    with pytest.raises(Invalid, match=code):
        passphrases.check(passphrase, handle="mirava-lodet")


@pytest.mark.parametrize("passphrase", ["tulip kettle morning", "жаңбыр терезе алма", "соат қалам дафтар", "ýagyş penjire alma"])
def test_ordinary_words_in_any_language_are_accepted(passphrase: str) -> None:
    passphrases.check(passphrase, handle="mirava-lodet")


def test_twelve_characters_are_enough_beside_a_second_factor() -> None:
    passphrases.check("tulip kettle", handle="mirava-lodet", second_factor=True)


def test_the_list_is_our_own_and_long_enough() -> None:
    entries = weak.weak_list()
    assert len(entries) >= 3_000
    assert min(map(len, entries)) >= 12


@given(st.text(min_size=15, max_size=40))
def test_any_text_can_be_judged(text: str) -> None:
    assert weak.is_weak(text) in {True, False}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suggested_passphrase_is_accepted_and_has_seventy_bits(language: Language) -> None:
    sounds = suggest.SOUNDS[language]
    assert (len(sounds.consonants) * len(sounds.vowels)) ** (suggest.WORDS * suggest.SYLLABLES) > 2**70
    for seed in range(50):
        passphrases.check(suggest.passphrase(language, random.Random(seed)), handle="mirava-lodet")


def test_suggestions_hold_no_unwanted_word() -> None:
    offered = " ".join(suggest.passphrase("ru", random.Random(seed)) for seed in range(2_000))
    assert not any(unwanted in offered for unwanted in suggest.UNWANTED)


def test_a_passphrase_typed_on_another_system_is_the_same() -> None:
    assert passphrases.verify(passphrases.make_hash("\u0410\u0438\u0306 nin passphrase"), "\u0410\u0439 nin passphrase")


def test_a_broken_hash_and_no_hash_verify_nothing() -> None:
    assert not passphrases.verify("broken", "anything")
    assert not passphrases.verify(None, "anything")


def test_no_more_than_two_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrases, "_PATIENCE", 0.01)
    slots = BoundedSemaphore(passphrases.AT_ONCE)
    monkeypatch.setattr(passphrases, "_SLOTS", slots)
    with slots, ThreadPoolExecutor(1) as pool:
        assert pool.submit(passphrases.make_hash, "anything").result()
        with slots, pytest.raises(Refused, match="busy"):
            pool.submit(passphrases.make_hash, "anything").result()
