from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from elearn.lang import LANGUAGES
from elearn.store import analyser
from elearn.store.search import index_release, search
from tests.factories import make_page, make_release

TEXTS = {
    "en": ("Freedom of assembly", "Everyone has the right to meet peacefully. Restrictions must be necessary."),
    "ru": ("Свобода собраний", "Каждый человек имеет право на мирные собрания. Ограничения должны быть необходимы."),
    "kk": ("Бейбіт жиналыс", "Әркімнің бейбіт жиналыстарға қатысуға құқығы бар. Шектеулер қажет болуға тиіс."),
    "tg": ("Озодии маҷлисҳо", "Ҳар кас ҳуқуқи ширкат дар маҷлисҳои осоиштаро дорад. Маҳдудиятҳо бояд зарур бошанд."),
    "tk": ("Ýygnak azatlygy", "Her kimiň parahat ýygnaklara gatnaşmaga hukugy bar. Çäklendirmeler zerur bolmaly."),
}


@pytest.fixture
def filled(session: Session) -> Session:
    release = make_release(session)
    pages = [make_page(session, release, "assembly", language=tag, title=title, text=text) for tag, (title, text) in TEXTS.items()]
    pages += [
        make_page(session, release, "other", language=tag, title="0", text=f"{text[:20]} assembly") for tag, (_, text) in TEXTS.items()
    ]
    index_release(session, course_id=release.course_id, release_id=release.id, pages=pages)
    return session


@pytest.mark.parametrize(
    ("language", "question"),
    [
        ("en", "restriction"),
        ("en", "FREEDOM peaceful"),
        ("ru", "ограничение"),
        ("ru", "мирных собраниях"),
        ("kk", "шектеу"),
        ("kk", "бейбит жиналыс"),
        ("kk", "құқық шектеулерді"),
        ("tg", "маҳдудият"),
        ("tg", "мачлис хукук"),
        ("tk", "ýygnaklar çäklendirme"),
        ("tk", "yygnak hukuk cak"),
    ],
)
def test_a_page_is_found_by_other_forms_of_its_words_and_by_plain_letters(filled: Session, language: str, question: str) -> None:
    (found,) = search(filled, language, question)
    assert (found.page_id, found.language, found.title) == ("assembly", language, TEXTS[language][0])
    assert any(hit for _text, hit in found.excerpt)


def test_a_word_in_the_title_comes_first(filled: Session) -> None:
    assert [found.page_id for found in search(filled, "en", "assembly")] == ["assembly", "other"]


def test_only_pages_of_the_asked_language_are_found(filled: Session) -> None:
    assert search(filled, "en", "собрания") == []
    assert search(filled, "ru", "freedom") == []


def test_where_nothing_has_all_words_the_like_of_one_will_do(filled: Session) -> None:
    assert [found.page_id for found in search(filled, "en", "restricted unicorns")] == ["assembly"]
    assert search(filled, "en", "zzz qqq") == []


@pytest.mark.parametrize("question", ["", "  ", "!!!", '" OR *', "a' | b", "NEAR(x y)", "-", "\x00", "title:freedom *"])
def test_no_question_is_a_command_to_the_database(filled: Session, question: str) -> None:
    assert len(search(filled, "en", question)) <= 2


@given(question=st.text(max_size=60))
def test_any_text_can_be_asked(question: str) -> None:
    for language in LANGUAGES:
        for word, _start, _end in analyser.words(question, language):
            assert word
            assert '"' not in word
            assert "'" not in word


def test_a_new_release_takes_the_place_of_the_old_one(filled: Session) -> None:
    release = make_release(filled, number=2)
    page = make_page(
        filled, release, "assembly", language="en", title="Moved", text="Nothing but " + "words and " * 60 + "strikes, at last."
    )
    index_release(filled, course_id=release.course_id, release_id=release.id, pages=[page])
    assert search(filled, "en", "restrictions") == []
    (found,) = search(filled, "en", "strike")
    assert found.excerpt[0] == ("… ", False)
    assert ("strikes", True) in found.excerpt
    assert len("".join(text for text, _hit in found.excerpt)) < 220
    (title_only,) = search(filled, "en", "moved")
    assert title_only.excerpt[0][0].startswith("Nothing but words")
    assert title_only.excerpt[-1][0].endswith(" …")


def test_words_far_from_the_first_are_not_marked(filled: Session) -> None:
    release = make_release(filled, number=3)
    page = make_page(filled, release, "long", language="en", title="Long", text="strikes " + "and other words " * 30 + "strikes")
    index_release(filled, course_id=release.course_id, release_id=release.id, pages=[page])
    (found,) = search(filled, "en", "strikes")
    assert sum(hit for _text, hit in found.excerpt) == 1


def test_threads_do_not_mix_their_words() -> None:
    words = ["ограничениями", "собраниях", "достоинства", "свободный"] * 200
    alone = [analyser.stem.__wrapped__(word, "ru") for word in words]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda word: analyser.stem.__wrapped__(word, "ru"), words)) == alone
