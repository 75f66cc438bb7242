"""Every text of the interface is there in every language: complete, with its places, in its own letters."""

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from elearn import paths
from elearn.cli.translation import TRANSLATED, extract, is_draft, merged, missing, read
from elearn.lang import Language
from elearn.web.i18n import PLURAL_FORMS
from elearn.web.render import UNREVIEWED

FOLDER = paths.data("translations")
_PLACE = re.compile(r"%\((\w+)\)([sd])|%%|\{(\w+)\}")
_WORD = re.compile(r"[A-Za-z]{2,}")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
#: Letters that give another language away.
_FOREIGN: dict[str, str] = {
    "ru": "әғқңөұүһіӣӯҳҷ",
    "kk": "ӣӯҳҷ",
    "tg": "әңөұүһыщць",
    "tk": "".join(map(chr, range(0x400, 0x500))),
}
#: Texts that are names or codes and stand in Latin letters in every language.
_NAMES = frozenset({"Qadam", "PDF", "JSON", "QR", "CSV", "PO", "XLIFF", "Open Badges", "ICCPR", "TOML", "Ed25519", "English"})


@pytest.fixture(scope="module")
def source() -> Catalog:
    return extract()


def _forms(message: Message | None) -> list[str]:
    if message is None or not message.string:
        return []
    return [message.string] if isinstance(message.string, str) else list(message.string)


def _pairs(source: Catalog, language: Language) -> Iterator[tuple[str, str]]:
    """Yield the English text and each form of its translation."""
    catalogue = read(FOLDER, language)
    for message in source:
        if message.id:
            english = message.id if isinstance(message.id, str) else message.id[-1]
            yield from ((english, form) for form in _forms(catalogue.get(message.id, message.context)) if form)


def _places(text: str) -> set[str]:
    return {found.group(0) for found in _PLACE.finditer(text) if found.group(0) != "%%"}


def test_texts_are_found_in_views_templates_and_tables(source: Catalog) -> None:
    files = {file for message in source for file, _ in message.locations}
    assert any(file.endswith(".html") for file in files)
    assert any(file.startswith("elearn/web/") and file.endswith(".py") for file in files)
    assert {"elearn/course/problems.py", "elearn/course/check_codes.py", "elearn/credential/texts.py"} <= files


def test_no_text_writes_the_sign_of_percent_itself(source: Catalog) -> None:
    """Where it stands differs from language to language: `format_percent` writes number and sign."""
    assert [message.id for message in source if "%%" in str(message.id)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_missing(source: Catalog, language: Language) -> None:
    assert sorted(missing(read(FOLDER, language), source)) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_as_the_tool_writes_it(source: Catalog, language: Language) -> None:
    file = FOLDER / language / "LC_MESSAGES" / "messages.po"
    assert file.read_text(encoding="utf-8") == merged(FOLDER, language, source)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_source(source: Catalog, language: Language) -> None:
    wrong = [(english, form) for english, form in _pairs(source, language) if not _same_places(english, form)]
    assert wrong == []


def _same_places(english: str, form: str) -> bool:
    """Compare the places; a form for one thing may leave the number out."""
    return _places(form) == _places(english) or _places(form) | {"%(num)s", "%(num)d"} & _places(english) == _places(english)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_is_written_in_its_own_letters(source: Catalog, language: Language) -> None:
    assert [(english, form) for english, form in _pairs(source, language) if not _own_letters(language, english, form)] == []


def _own_letters(language: Language, english: str, form: str) -> bool:
    if set(form.lower()) & set(_FOREIGN[language]):
        return False
    words = _WORD.findall(_PLACE.sub("", english))
    return language == "tk" or english in _NAMES or not words or bool(_CYRILLIC.search(form))


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_plural_rule_is_the_one_of_the_code(language: Language) -> None:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as texts:
        headers = dict(read_po(texts).mime_headers)
    assert headers["Plural-Forms"] == PLURAL_FORMS[language]
    assert headers["Language"] == language


@pytest.mark.parametrize("language", TRANSLATED)
def test_what_no_person_has_reviewed_says_so(language: Language) -> None:
    assert is_draft(FOLDER, language) == (language in UNREVIEWED)


def test_the_tool_keeps_translations_and_drops_what_is_gone(source: Catalog) -> None:
    once = merged(FOLDER, "ru", source)
    assert "#~" not in once
    assert "fuzzy" not in once
