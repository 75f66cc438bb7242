"""A course's PO file goes to a translator and comes back without losing a review."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli import main

MINIMAL = Path(__file__).parents[1] / "courses" / "minimal"


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["translation", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MINIMAL, tmp_path / "minimal"))


def test_an_exported_file_comes_back_with_what_was_filled_in(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "tg.po"
    assert run("export", folder, "tg", out).exit_code == 0
    assert 'msgstr ""' in out.read_text()
    out.write_text(out.read_text().replace('msgid "Minimal"\nmsgstr ""', 'msgid "Minimal"\nmsgstr "Хурдтарин"'))
    filled = [line for line in out.read_text().splitlines() if line.startswith("msgid ")][1]
    out.write_text(out.read_text().replace(f'{filled}\nmsgstr ""', f'{filled}\nmsgstr "Матн"', 1))
    result = run("import", folder, "tg", out)
    assert result.exit_code == 0
    assert " texts taken" in result.output
    assert "Матн" in (folder / "po" / "tg.po").read_text()
    assert "tg: " in run("coverage", folder).output


def test_a_review_is_not_downgraded(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "kk.po"
    run("export", folder, "kk", out)
    first = [line for line in out.read_text().splitlines() if line.startswith("msgid ")][1]
    good = out.read_text().replace(f'{first}\nmsgstr ""', f'# state: approved\n{first}\nmsgstr "Жақсы"', 1)
    (tmp_path / "good.po").write_text(good)
    (tmp_path / "worse.po").write_text(good.replace("approved", "machine").replace("Жақсы", "Жаман"))
    run("import", folder, "kk", tmp_path / "good.po")
    assert "0 texts taken" in run("import", folder, "kk", tmp_path / "worse.po").output
    assert "Жақсы" in (folder / "po" / "kk.po").read_text()


def test_what_is_no_po_file_or_no_course_is_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.po").write_bytes(b"\xff\xfe nonsense")
    assert run("import", folder, "ru", tmp_path / "bad.po").exit_code == 1
    (folder / "course.toml").write_text("nonsense")
    assert run("coverage", folder).exit_code == 1
