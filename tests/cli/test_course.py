import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli import main
from elearn.course.source import Source
from elearn.lang import LANGUAGES
from tests.courses import EVERY_KIND, HERE, MINIMAL, SHIPPED

HELLO = "first/hello.md"


@pytest.fixture
def installed(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that is ready, and a folder of a course of one's own."""
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("ELEARN_DATABASE_URL", empty_url)
    assert run("init").exit_code == 0
    return Path(shutil.copytree(EVERY_KIND, tmp_path / "own"))


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["course", *map(str, words)] if words != ("init",) else ["init"])


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize("folder", [MINIMAL, SHIPPED / "rights-and-obligations"], ids=lambda folder: folder.name)
def test_a_good_course_has_no_errors(folder: Path) -> None:
    result = run("check", folder)
    assert (result.exit_code, result.output) == (0, "No errors.\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_has_its_file_and_line_in_every_language(language: str) -> None:
    result = run("check", HERE / "broken" / "page-unknown", "--language", language)
    assert result.exit_code == 1
    assert result.output.startswith("first/page.md:")
    assert ": error page-unknown: " in result.output
    assert "No errors" not in result.output


def test_the_five_languages_say_it_differently() -> None:
    said = {run("check", HERE / "broken" / "page-unknown", "--language", language).output for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)


def test_a_warning_is_told_and_is_no_failure() -> None:
    result = run("check", HERE / "broken" / "media-unused")
    assert (result.exit_code, "warning media-unused" in result.output, result.output.endswith("No errors.\n")) == (0, True, True)


def test_every_error_of_a_course_is_listed(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "own"))
    (folder / HELLO).write_text("---\ntitle: T\nminutes: 5\n---\n\n[a](page:x) ![b](c)\n\n# Top\n", "utf-8")
    lines = run("check", folder).output.splitlines()
    assert sorted(line.split()[2] for line in lines) == ["heading-too-high:", "page-unknown:", "picture-in-text:"]


def test_a_course_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text("format = ", "utf-8")
    assert "course.toml:1: error" in run("check", tmp_path).output
    (tmp_path / "no.zip").write_bytes(b"no zip at all")
    result = run("check", tmp_path / "no.zip")
    assert (result.exit_code, "error source-" in result.output) == (1, True)
    assert run("check", tmp_path / "nowhere").exit_code == 2


def test_a_source_refused_as_a_whole_is_told_like_any_problem(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "own"))
    (folder / "media").mkdir()
    (folder / "media" / "p.png").symlink_to("/etc/hostname")
    (tmp_path / "no.zip").write_bytes(b"no zip at all")
    said = {run("check", folder, "--language", language).output for language in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert all(text.startswith("media/p.png: error source-symlink: ") for text in said)
    assert run("check", tmp_path / "no.zip").output.startswith(".: error source-damaged: ")
    assert run("publish", tmp_path / "no.zip").exit_code == 1


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(shutil.copytree(MINIMAL, tmp_path / "own"))

    def locked(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", locked)
    result = run("check", folder)
    assert (result.exit_code, "course.toml': Permission denied" in result.output) == (1, True)


def test_a_file_without_end_is_no_zip(tmp_path: Path) -> None:
    with (tmp_path / "endless.zip").open("wb") as file:
        file.truncate(10**12)
    assert run("check", tmp_path / "endless.zip").output.startswith(".: error source-too-large: ")


def test_one_damaged_file_hides_no_problem_of_another(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EVERY_KIND, tmp_path / "every-kind"))
    change(folder, "quizzes/before.md", "---\n\n", "---\n\n::: box {kind=note}\n")
    change(folder, "course.toml", "minutes = ", "minutes = -")
    (folder / "media" / "map.png").unlink()
    codes = {line.split()[2] for line in run("check", folder).output.splitlines()}
    assert {"out-of-range:", "unclosed-block:", "figure-missing:"} <= codes


def test_a_zip_is_checked_like_a_folder(tmp_path: Path) -> None:
    (tmp_path / "minimal.zip").write_bytes(Source.from_folder(MINIMAL).to_zip())
    assert run("check", tmp_path / "minimal.zip").output == "No errors.\n"


@pytest.mark.parametrize("language", ["en", "tg"])
def test_checking_starts_neither_database_nor_web(language: str) -> None:
    code = (
        "import sys, json\nfrom elearn.cli import main\n"
        f"sys.argv = ['elearn', 'course', 'check', {str(HERE / 'broken' / 'page-unknown')!r}, '--language', {language!r}]\n"
        "try:\n    main()\nexcept SystemExit as end:\n    status = end.code\n"
        "print(json.dumps([status, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 1
    assert {"sqlalchemy", "flask", "werkzeug", "jinja2", "granian", "elearn.store", "elearn.web", "elearn.config"}.isdisjoint(modules)


def test_publishing_says_which_release_it_made(installed: Path) -> None:
    first = run("publish", installed)
    assert (first.exit_code, first.output) == (0, "This would be the first release.\nPublished as release 1.\n")
    assert run("publish", installed).output.endswith("This content is already release 1.\n")
    change(installed, "quizzes/final.md", "You have thirty minutes.", "You have half an hour.")
    assert run("publish", installed).output == "wording: page final\nPublished as release 2.\n"


def test_each_course_counts_its_own_releases(installed: Path) -> None:
    run("publish", installed)
    assert run("publish", MINIMAL).output.endswith("Published as release 1.\n")
    assert run("publish", MINIMAL).output.endswith("This content is already release 1.\n")


def test_a_dry_run_publishes_nothing(installed: Path) -> None:
    run("publish", installed)
    change(installed, "quizzes/final.md", "[x] The State {#state}\n- [ ]", "[ ] The State {#state}\n- [x]")
    result = run("publish", installed, "--dry-run")
    assert (result.exit_code, result.output) == (0, "key: question final/f-holder state -> child\n")
    assert run("publish", installed, "--dry-run").output == result.output


def test_a_changed_key_is_named_and_must_be_accepted(installed: Path) -> None:
    run("publish", installed)
    change(installed, "quizzes/final.md", "[x] The State {#state}\n- [ ]", "[ ] The State {#state}\n- [x]")
    refused = run("publish", installed)
    assert refused.exit_code == 1
    assert "The right answer changed: final/f-holder: state → child." in refused.output
    assert "Published as release 2." in run("publish", installed, "--accept-changed-keys").output


def test_what_nobody_notices_is_a_release_too(installed: Path) -> None:
    run("publish", installed)
    change(installed, "course.toml", "# A course for tests", "# One course for tests")
    assert run("publish", installed).output == "Nothing that a reader would notice changed.\nPublished as release 2.\n"


def test_a_broken_course_is_not_published(installed: Path) -> None:
    result = run("publish", HERE / "broken" / "page-unknown")
    assert result.exit_code == 1
    assert "first/page.md:" in result.output
    assert "The course was not published." in result.output


def test_without_keys_nothing_is_published(installed: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "elsewhere"))
    result = run("publish", installed)
    assert (result.exit_code, "Run `elearn init`" in result.output) == (1, True)


def test_what_is_exported_is_what_was_published(installed: Path, tmp_path: Path) -> None:
    run("publish", installed)
    assert run("export", "every-kind", tmp_path / "out").exit_code == 0
    assert run("export", "every-kind", tmp_path / "out.zip").output == f"Written to {tmp_path / 'out.zip'}.\n"
    source = Source.from_folder(EVERY_KIND)
    assert Source.from_folder(tmp_path / "out") == source == Source.from_zip((tmp_path / "out.zip").read_bytes())
    assert run("publish", tmp_path / "out").output.endswith("This content is already release 1.\n")


def test_an_export_overwrites_nothing(installed: Path, tmp_path: Path) -> None:
    run("publish", installed)
    (tmp_path / "mine.zip").write_bytes(b"mine")
    for target in (installed, tmp_path / "mine.zip"):
        result = run("export", "every-kind", target)
        assert (result.exit_code, "Nothing was written." in result.output) == (1, True)
    assert (tmp_path / "mine.zip").read_bytes() == b"mine"


def test_a_course_that_is_not_published_cannot_be_exported(installed: Path, tmp_path: Path) -> None:
    assert installed.exists()
    result = run("export", "other", tmp_path / "out")
    assert (result.exit_code, "No course with this id is published." in result.output) == (1, True)
    assert not (tmp_path / "out").exists()
