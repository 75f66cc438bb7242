from dataclasses import replace

import pytest

from elearn.course.catalog import Catalog, Entry
from elearn.course.translate import Translator, Unit, chain
from elearn.lang import Language
from elearn.quiz.model import Accepted
from tests.course.sample import COURSE, KINDS, LESSON, QUIZ

RU = Catalog(
    "ru",
    (
        Entry(source="Sample", text="Пример", state="approved"),
        Entry(source="Duties", text="Обязанности", state="machine"),
        Entry(source="Final", text="Итог", fuzzy=True),
        Entry(source="Human Rights Committee", text="Комитет по правам человека", context="final/short/full"),
        Entry(source="n/a", text="не применимо", context="fact/ratifications"),
    ),
)
TK = Catalog("tk", (Entry(source="Sample", text="Nusga"), Entry(source="HRC", text="HRC", context="final/short/part")))
CATALOGS: dict[Language, Catalog] = {"ru": RU, "tk": TK}


def test_the_chain_follows_the_languages_from_which_translators_work() -> None:
    assert chain(COURSE, "tk") == ("tk", "ru", "en")
    assert chain(COURSE, "ru") == ("ru", "en")
    assert chain(COURSE, "kk") == ("kk", "en")
    assert chain(COURSE, "en") == ("en",)


def test_a_chain_in_a_circle_ends_at_the_source() -> None:
    assert chain(replace(COURSE, translation={"ru": "tk", "tk": "ru"}), "ru") == ("ru", "tk", "en")


@pytest.mark.parametrize(
    ("language", "text", "context", "unit"),
    [
        ("tk", "Sample", "", Unit("Nusga", "tk", "draft")),
        ("tk", "Duties", "", Unit("Obligations", "ru", "machine")),
        ("tk", "Final", "", Unit("Final", "en", "source")),
        ("kk", "Sample", "", Unit("Sample", "en", "source")),
        ("en", "Sample", "", Unit("Sample", "en", "source")),
        ("ru", "Sample", "", Unit("Пример", "ru", "approved")),
        ("ru", "2009-01-01", "", Unit("2009-01-01", "ru", "source")),
        ("ru", "A/HRC/14/10", "fact/reviews", Unit("A/HRC/14/10", "ru", "source")),
        ("ru", "n/a", "fact/ratifications", Unit("не применимо", "ru", "draft")),
        ("tk", "ratification", "fact/ratifications", Unit("ratification", "en", "source")),
    ],
)
def test_a_text_comes_in_the_best_language_there_is(language: Language, text: str, context: str, unit: Unit) -> None:
    expected = replace(unit, text="Обязанности") if unit.text == "Obligations" else unit
    assert Translator(COURSE, language, CATALOGS).unit(text, context) == expected


def test_the_text_alone_can_be_asked_for() -> None:
    assert Translator(COURSE, "ru", CATALOGS).text("Sample") == "Пример"


def test_an_answer_is_accepted_in_every_language() -> None:
    question = next(question for question in KINDS if question.id == "short")
    assert Translator(COURSE, "en", CATALOGS).accepted(question) == (  # type: ignore[arg-type]
        Accepted("full", "Human Rights Committee"),
        Accepted("part", "HRC", 0.5),
        Accepted("full", "Комитет по правам человека"),
    )


def test_coverage_is_that_of_the_language_itself() -> None:
    russian = Translator(COURSE, "ru", CATALOGS).coverage
    assert russian.translated == 3
    assert Translator(COURSE, "kk", CATALOGS).coverage.translated == 0
    source = Translator(COURSE, "en", CATALOGS).coverage
    assert source.translated == source.total == russian.total


def test_a_page_says_whether_it_shows_machine_drafts() -> None:
    translator = Translator(COURSE, "tk", CATALOGS)
    assert translator.has_machine(LESSON)
    assert not translator.has_machine(QUIZ)
    assert not Translator(COURSE, "en", CATALOGS).has_machine(LESSON)
