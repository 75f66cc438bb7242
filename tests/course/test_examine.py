from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.course.check_codes import CODES
from elearn.course.examine import examine
from elearn.course.source import Source
from tests.course.broken import BASE, LESSON, QUIZ, RIGHT, TOML
from tests.courses import EVERY_KIND, HERE, all_courses

TWO_PAGES = TOML.replace('["hello"]', '["hello", "more"]')
OPEN_BOX = LESSON + "::: box {kind=note}\n"
EVERY_FILE = Source.from_folder(EVERY_KIND).files


def found(files: dict[str, str]) -> list[tuple[str, str, int]]:
    course, problems = examine(Source(BASE | {path: text.encode() for path, text in files.items()}))
    assert course is None
    return [(problem.code, problem.where.file, problem.where.line) for problem in problems]


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
def test_a_good_course_is_given_without_errors(folder: Path) -> None:
    course, problems = examine(Source.from_folder(folder))
    assert course is not None
    assert [problem for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize("code", CODES)
def test_what_the_check_finds_is_found(code: str) -> None:
    course, problems = examine(Source.from_folder(HERE / "broken" / code))
    assert course is not None
    assert {problem.code for problem in problems} == {code}


def test_a_damaged_page_hides_nothing_in_the_others() -> None:
    other = LESSON + '<b>x</b> [a](page:x) [b](page:hello) [c](fact:t/x)\n\n::: figure {src=media/a.png alt="a"}\n:::\n'
    assert sorted(found({"course.toml": TWO_PAGES, "first/hello.md": OPEN_BOX, "first/more.md": other})) == [
        ("fact-unknown", "first/more.md", 5),
        ("figure-missing", "first/more.md", 7),
        ("page-unknown", "first/more.md", 5),
        ("raw-html", "first/more.md", 5),
        ("raw-html", "first/more.md", 5),
        ("unclosed-block", "first/hello.md", 5),
    ]


def test_what_would_only_follow_from_a_damaged_page_is_left_out() -> None:
    toml = TWO_PAGES + '[completion]\nquizzes = ["more"]\n[[objective]]\nid = "o"\ntext = "t"\n'
    files = {"course.toml": toml, "first/more.md": QUIZ + "::: single {#q}\n", "media/a.png": "x"}
    assert {file for _, file, _ in found(files)} == {"first/more.md"}


def test_a_missing_page_is_told_once() -> None:
    toml = TWO_PAGES + '[completion]\nquizzes = ["more"]\n'
    assert found({"course.toml": toml}) == [("file-missing", "course.toml", 17)]


def test_a_damaged_table_is_told_without_the_rows_that_are_missed() -> None:
    toml = TOML + '[facts.t]\nkey = ["a"]\n'
    page = LESSON + "[a](fact:t/2) [b](page:x)\n"
    files = {"course.toml": toml, "facts/t.csv": "a,b\n1,2\n2\n", "first/hello.md": page}
    assert found(files) == [("csv-row-length", "facts/t.csv", 3), ("page-unknown", "first/hello.md", 5)]


def test_a_wrong_value_in_the_outline_hides_nothing_in_the_pages() -> None:
    toml = TOML.replace("minutes = 5", "minutes = -5") + '[facts.t]\nkey = ["a"]\n'
    page = LESSON + "[a](fact:t/2) [b](page:x) <b>\n"
    codes = {code for code, *_ in found({"course.toml": toml, "facts/t.csv": "a\n1\n", "first/hello.md": page})}
    assert codes == {"out-of-range", "fact-unknown", "page-unknown", "raw-html"}


def test_what_a_lost_part_of_the_outline_would_say_is_left_out() -> None:
    toml = TOML.replace('["hello"]', '["hello", "No"]')
    page = LESSON.replace("minutes: 1", "minutes: 1\nobjectives: o") + "[a](fact:t/2) [b](page:no) <b>\n"
    files = {"course.toml": toml, "facts/t.csv": "a\n1\n", "first/hello.md": page, "first/no.md": LESSON}
    assert [code for code, *_ in found(files)] == ["bad-id", "file-missing", "facts-not-declared", "page-not-in-outline", "raw-html"]


def test_pages_are_read_for_their_own_sake_where_the_outline_cannot_be_read() -> None:
    files = {"course.toml": "format = ", "first/hello.md": OPEN_BOX, "first/more.md": LESSON + RIGHT}
    assert [(code, file) for code, file, _ in found(files)] == [("toml-syntax", "course.toml"), ("unclosed-block", "first/hello.md")]


@given(st.data())
def test_whatever_is_cut_out_of_a_course_it_is_looked_through(data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(EVERY_FILE)))
    text = EVERY_FILE[path]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 200)))
    course, problems = examine(Source({**EVERY_FILE, path: text[:start] + text[end:]}))
    assert (course is None) <= any(problem.severity == "error" for problem in problems)


SUMMARY = 'summary = "One lesson and nothing else."'
PO = 'msgid "A single paragraph."\nmsgstr "{}"\n'
HEAP = "a" + "\u0300\u0316" * 300_000
HARD_TO_READ = {
    "a name with many dots": {"course.toml": TOML + "a." * 900_000 + "a = 1"},
    "many spaces in brackets": {"course.toml": TOML.replace(SUMMARY, f'summary = """\n[{" " * 1_900_000}\n"""')},
    "many objectives": {"course.toml": TOML + "".join(f'[[objective]]\nid = "o{n}"\ntext = "t"\n' for n in range(20_000))},
    "many pages": {"course.toml": TOML.replace('"hello"', ", ".join(f'"p{n}"' for n in range(50_000)))},
    "many columns": {"course.toml": TOML + '[facts.t]\nkey = ["k"]\n', "facts/t.csv": ",".join(["k", *(f"c{n}" for n in range(200_000))])},
    "footnotes that do not end": {"first/hello.md": LESSON + "[^" * 29_000},
    "links that do not end": {"first/hello.md": LESSON + "![" * 29_000},
    "a page without end": {"first/hello.md": LESSON + "[" * 1_900_000},
    "a heap of accents": {"first/hello.md": LESSON + HEAP},
    "a heap of accents in an escaped title": {"course.toml": TOML.replace("The smallest", "\\u0300\\u0316" * 150_000)},
    "a translation without end": {"po/ru.po": PO.format("[" * 1_000_000)},
    "footnotes of a translation": {"po/ru.po": PO.format("[^" * 4_000)},
    "a translation of many lines": {"po/ru.po": PO.format('"\n"'.join("я" * 600_000))},
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", HARD_TO_READ)
def test_the_check_ends_soon_whatever_the_files_hold(name: str) -> None:
    examine(Source(BASE | {path: text.encode() for path, text in HARD_TO_READ[name].items()}))
