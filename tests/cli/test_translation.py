"""The catalogues of the interface: collected from the code, merged without loss."""

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from click.testing import CliRunner

from elearn.cli.translation import DRAFT, TRANSLATED, extract, is_draft, merged, missing, read, translation
from elearn.web.render import UNREVIEWED


@pytest.fixture(scope="module")
def source() -> Catalog:
    return extract()


def _file(folder: Path, language: str) -> Path:
    file = folder / language / "LC_MESSAGES" / "messages.po"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _small() -> Catalog:
    source = Catalog()
    source.add("Courses", locations=[("elearn/web/render.py", 0)])
    source.add(("%(num)s page", "%(num)s pages"), locations=[("elearn/web/render.py", 0)])
    return source


def test_every_language_but_the_source_gets_a_file(tmp_path: Path, source: Catalog) -> None:
    done = CliRunner().invoke(translation, ["messages", "--folder", str(tmp_path)])
    assert done.output == "".join(f"{language}: written\n" for language in TRANSLATED)
    assert {language for language in TRANSLATED if is_draft(tmp_path, language)} == UNREVIEWED
    assert len(read(tmp_path, "ru")) == len(source)


def test_a_second_run_finds_nothing_new(tmp_path: Path) -> None:
    runner = CliRunner()
    runner.invoke(translation, ["messages", "--folder", str(tmp_path)])
    assert runner.invoke(translation, ["messages", "--folder", str(tmp_path)]).output == "".join(
        f"{tag}: nothing new\n" for tag in TRANSLATED
    )


def test_a_translation_stays_and_a_text_that_is_gone_goes(tmp_path: Path) -> None:
    file = _file(tmp_path, "kk")
    file.write_text(
        '# read by Dana\nmsgid ""\nmsgstr ""\n\nmsgid "Courses"\nmsgstr "Курстар"\n\nmsgid "Old"\nmsgstr "Ескі"\n', encoding="utf-8"
    )
    text = merged(tmp_path, "kk", _small())
    assert text.startswith("# read by Dana\nmsgid")
    assert 'msgid "Courses"\nmsgstr "Курстар"' in text
    assert "Ескі" not in text
    assert "POT-Creation-Date" not in text


def test_a_text_without_all_its_plural_forms_is_missing(tmp_path: Path) -> None:
    file = _file(tmp_path, "ru")
    file.write_text(merged(tmp_path, "ru", _small()).replace('msgstr[0] ""', 'msgstr[0] "%(num)s страница"'), encoding="utf-8")
    assert len(list(missing(read(tmp_path, "ru"), _small()))) == 2


def test_a_fuzzy_text_is_missing(tmp_path: Path) -> None:
    _file(tmp_path, "tg").write_text('msgid ""\nmsgstr ""\n\n#, fuzzy\nmsgid "Courses"\nmsgstr "Курсҳо"\n', encoding="utf-8")
    assert "Courses" in list(missing(read(tmp_path, "tg"), _small()))


def test_the_draft_line_counts_on_top_only(tmp_path: Path) -> None:
    _file(tmp_path, "tk").write_text(f'msgid ""\nmsgstr ""\n\n{DRAFT}\nmsgid "Courses"\nmsgstr "Kurslar"\n', encoding="utf-8")
    assert not is_draft(tmp_path, "tk")


def test_status_names_what_is_missing(tmp_path: Path, source: Catalog) -> None:
    told = CliRunner().invoke(translation, ["status", "--list", "--folder", str(tmp_path)]).output.splitlines()
    assert told[0] == f"ru: 0 of {len(source)} texts"
    assert f"kk: 0 of {len(source)} texts, machine draft" in told
    assert len([line for line in told if line.startswith("  ")]) >= len(source)
