from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from elearn import paths
from elearn.cli import problems as spoken
from elearn.cli.problems import problem_line
from elearn.course import check_codes, problems
from elearn.errors import Problem, Where
from elearn.lang import LANGUAGES
from tests.course.broken import CASES
from tests.course.test_read import read_with

CODES = {**problems.CODES, **check_codes.CODES}


@pytest.fixture(autouse=True)
def _fresh_catalogues() -> Iterator[None]:
    """None of other tests, and none is left to other tests."""
    spoken._catalogue.cache_clear()
    yield
    spoken._catalogue.cache_clear()


def test_a_line_names_place_weight_and_code() -> None:
    problem = Problem("page-unknown", Where("a/b.md", 7), {"target": "x"})
    assert problem_line(problem, "en").startswith("a/b.md:7: error page-unknown: ")
    assert "x" in problem_line(problem, "en")


def test_a_problem_of_a_whole_file_has_no_line() -> None:
    assert problem_line(Problem("media-unused", Where("media/x.webp"), severity="warning"), "en").startswith("media/x.webp: warning media-")


def test_nothing_in_a_name_or_a_text_ends_the_line_or_speaks_to_the_terminal() -> None:
    problem = Problem("page-unknown", Where("a\nb\x1b[2J.md", 7), {"target": "x\u202e\x07\ud800"})
    assert problem_line(problem, "en").startswith("a\ufffdb\ufffd[2J.md:7: error page-unknown: ")
    assert problem_line(problem, "en").isprintable()


def test_an_unknown_code_is_said_as_it_is() -> None:
    assert problem_line(Problem("never-heard-of", Where("f")), "ru") == "f: error never-heard-of: never-heard-of"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_that_a_reader_gives_can_be_said(language: str) -> None:
    for _, _, _, changes in CASES:
        for problem in read_with(changes)[1]:
            said = problem_line(problem, language).partition(f"{problem.code}: ")[2]
            assert said
            assert "%(" not in said


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_every_sentence_is_translated(language: str) -> None:
    catalogue = spoken._catalogue(language)
    assert [code for code, text in CODES.items() if catalogue.gettext(text) == text] == []


def test_an_installed_catalogue_is_used_as_compiled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "translations" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr(paths, "data", lambda name: tmp_path / name)
    assert problem_line(Problem("x", Where("f")), "ru").endswith(": x")
    spoken._catalogue.cache_clear()
    (folder / "messages.mo").write_bytes(compiled("x", "икс"))
    assert problem_line(Problem("x", Where("f")), "ru").endswith(": икс")


def compiled(source: str, text: str) -> bytes:
    """A compiled catalogue of one sentence."""
    catalogue = Catalog(locale="ru", charset="utf-8")
    catalogue.add(source, text)
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()
