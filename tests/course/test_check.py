from dataclasses import replace
from pathlib import Path

import pytest

from elearn.course import problems
from elearn.course.check import check
from elearn.course.check_codes import CODES
from elearn.course.check_texts import passages
from elearn.course.check_translations import in_script
from elearn.course.model import Course, Lesson, Module, Prose
from elearn.course.read import read
from elearn.course.source import Source
from tests.course.sample import COURSE, LESSON, QUIZ, SINGLE, TABLE
from tests.courses import HERE, all_courses

NOTHING = Source({})


def codes(course: Course, source: Source = NOTHING) -> list[tuple[str, str, int]]:
    return [(problem.code, problem.where.file, problem.where.line) for problem in check(course, source)]


def with_blocks(*texts: str) -> Course:
    """The sample course with a lesson of these texts, each starting at line 10, 20, 30…"""
    blocks = tuple(Prose(text, 10 * place) for place, text in enumerate(texts, start=1))
    return replace(COURSE, modules=(Module("m", "M", (Lesson(id="p", title="P", minutes=1, blocks=blocks), QUIZ)),), media=())


@pytest.mark.parametrize("code", CODES)
def test_a_broken_course_shows_its_problem_and_no_other(code: str) -> None:
    source = Source.from_folder(HERE / "broken" / code)
    course, found = read(source)
    assert found == ()
    assert course is not None
    assert {problem.code for problem in check(course, source)} == {code}


def test_every_sentence_has_the_values_it_asks_for() -> None:
    for code, sentence in CODES.items():
        source = Source.from_folder(HERE / "broken" / code)
        course, _ = read(source)
        assert course is not None
        for problem in check(course, source):
            assert sentence % problem.params


@pytest.mark.parametrize("folder", all_courses(), ids=lambda path: path.name)
def test_a_good_course_has_no_errors(folder: Path) -> None:
    source = Source.from_folder(folder)
    course, _ = read(source)
    assert course is not None
    assert [problem for problem in check(course, source) if problem.severity == "error"] == []


def test_the_sample_course_has_nothing_to_mend() -> None:
    assert codes(COURSE) == []


def test_a_problem_names_the_line_inside_its_text() -> None:
    course = with_blocks("Words.", "Words.\n\n- one [x](page:nowhere)\n- <i>two</i>")
    assert codes(course) == [("page-unknown", "m/p.md", 22), ("raw-html", "m/p.md", 23), ("raw-html", "m/p.md", 23)]


def test_headings_go_down_one_by_one_over_the_whole_page() -> None:
    assert codes(with_blocks("## A\n\n### B", "#### C\n\n## D")) == []
    assert codes(with_blocks("## A", "Words.\n\n#### B", "# C")) == [("heading-skipped", "m/p.md", 22), ("heading-too-high", "m/p.md", 30)]
    assert codes(with_blocks("### A")) == [("heading-skipped", "m/p.md", 10)]


def test_a_footnote_belongs_to_its_own_piece_of_text() -> None:
    assert codes(with_blocks("A[^a]\n\n[^a]: note")) == []
    assert codes(with_blocks("A[^a]", "[^a]: note")) == [("footnote-unknown", "m/p.md", 10)]


@pytest.mark.parametrize("link", ["http://x.org", "//x.org", "/own", "mailto:a@b.org", "#here", "https:///x", "ftp:x"])
def test_other_links_than_https_are_a_problem(link: str) -> None:
    assert codes(with_blocks(f"[x]({link})")) == [("link-not-https", "m/p.md", 10)]


def test_links_that_lead_somewhere_are_none() -> None:
    assert codes(with_blocks("[a](https://x.org/) [b](fact:ratifications/KAZ/ICCPR) [c](term:G006) [d](page:final) `code`")) == []


def test_a_link_in_a_footnote_label_is_found() -> None:
    assert codes(with_blocks("A[^a]\n\n[^a]: see [x](fact:nowhere/1)")) == [("fact-unknown", "m/p.md", 12)]


def test_a_text_that_opens_too_much_is_not_looked_through() -> None:
    assert codes(with_blocks("[^" * 201)) == [("text-too-full", "m/p.md", 10)]
    assert codes(with_blocks("[" * 2001)) == [("text-too-full", "m/p.md", 10)]
    assert codes(with_blocks("[" * 2000)) == []


def test_a_page_that_is_far_too_heavy_is_not_looked_through() -> None:
    course = with_blocks("[x](page:nowhere)")
    assert codes(course, Source({"m/p.md": b"x" * 240_000})) == [("page-too-heavy", "m/p.md", 0), ("page-unknown", "m/p.md", 10)]
    assert codes(course, Source({"m/p.md": b"x" * 240_001})) == [("page-too-heavy", "m/p.md", 0)]


def test_a_long_text_of_short_paragraphs_is_fine() -> None:
    assert codes(with_blocks("\n\n".join(["Words and words."] * 300))) == []
    assert codes(with_blocks("\n\n".join(["Words and words."] * 300) + "\n\n" + "x" * 4001)) == [("text-too-long", "m/p.md", 610)]


def test_a_text_that_nests_too_deep_is_a_problem() -> None:
    assert codes(with_blocks("> " * 19 + "- - - - - - - - a")) == [("text-too-full", "m/p.md", 10)]


def test_a_line_has_a_shorter_limit() -> None:
    course = replace(COURSE, modules=(Module("m", "M", (Lesson(id="p", title="x" * 1001, minutes=1), QUIZ)),), media=())
    assert codes(course) == [("text-too-long", "m/p.md", 1)]


def test_every_text_of_a_page_is_looked_at() -> None:
    seen = {passage.text for page in (LESSON, QUIZ) for passage in passages(page)}
    for text in (
        "Note well", "Inside a box", "In Kazakhstan", "A case", "The caption", "Steps", "The State", "Yes.\nIt signed.",
        "Who signs treaties?",
        "Stem", "Partner", "Step two", "word", "Very", "It goes on.", "Done", "names a duty", "Good luck",
    ):  # fmt: skip
        assert text in seen


def test_a_table_may_look_up_only_what_there_is() -> None:
    lookup = replace(TABLE, columns=(replace(TABLE.columns[1], lookup="nowhere"),))
    course = replace(COURSE, modules=(Module("m", "M", (Lesson(id="p", title="P", minutes=1, blocks=(lookup,)), QUIZ)),), media=())
    assert codes(course) == [("table-unknown", "m/p.md", 0)]


PO = 'msgid "Gone"\nmsgstr ""\n\nmsgid "Duties"\nmsgstr "Обязанности"\n\n#~ msgid "Old"\n#~ msgstr "Старое"\n'


def test_a_good_translation_is_no_problem() -> None:
    assert codes(COURSE, Source({"po/ru.po": PO.encode(), "po/fr.po": b"x", "po/notes.txt": b"x"})) == []


def test_a_translation_that_is_too_large_is_refused() -> None:
    assert codes(COURSE, Source({"po/ru.po": b"#" * 5_000_001})) == [("file-too-large", "po/ru.po", 0)]
    assert "file-too-large" in problems.CODES


def po(text: str) -> Source:
    return Source({"po/ru.po": f'msgid ""\nmsgstr ""\n\nmsgid "Duties"\nmsgstr "{text}"\n'.encode()})


@pytest.mark.parametrize("sign", ["\0", "\u202e", "\u2066", "\U000e0041"])
def test_a_translation_holds_no_sign_that_cannot_be_seen(sign: str) -> None:
    assert codes(COURSE, po(f"Обяз{sign}анности")) == [("control-character", "po/ru.po", 4)]


def test_a_translation_has_an_end() -> None:
    assert codes(COURSE, po("Да. " * 2001)) == [("text-too-long", "po/ru.po", 4)]
    assert codes(COURSE, po("[^" * 201)) == [("text-too-full", "po/ru.po", 4)]


def test_a_fuzzy_text_is_not_looked_at() -> None:
    fuzzy = '#, fuzzy\nmsgid "Duties"\nmsgstr "<b>"\n'
    assert codes(COURSE, Source({"po/ru.po": fuzzy.encode()})) == []


def test_a_sign_that_is_no_tag_is_fine_in_a_translation() -> None:
    assert codes(COURSE, Source({"po/ru.po": b'msgid "Duties"\nmsgstr "1 < 2"\n'})) == []


def test_a_link_beside_a_sign_is_no_tag() -> None:
    po = 'msgid "[Duties](page:final) < 2"\nmsgstr "2 < [Обязанности](page:final)"\n'
    assert codes(COURSE, Source({"po/ru.po": po.encode()})) == [("po-unknown-texts", "po/ru.po", 0)]


def test_a_question_names_an_objective_of_the_course() -> None:
    lesson = replace(LESSON, blocks=(replace(SINGLE, objective="o9", line=7),))
    course = replace(COURSE, modules=(Module("m", "M", (lesson, QUIZ)),), media=())
    assert codes(course) == [("objective-unknown", "m/duties.md", 7)]


def test_what_is_wrong_with_a_header_or_an_outline_is_told_at_its_line() -> None:
    found = {}
    for code in ("objective-untested", "prerequisite-itself", "quiz-cannot-be-passed", "quiz-unknown"):
        source = Source.from_folder(HERE / "broken" / code)
        course, _ = read(source)
        assert course is not None
        found[code] = [(path, source.files[path].decode().split("\n")[line - 1]) for _, path, line in codes(course, source)]
    assert found == {
        "objective-untested": [("course.toml", 'id = "o1"')],
        "prerequisite-itself": [("course.toml", 'prerequisites = ["prerequisite-itself"]')],
        "quiz-cannot-be-passed": [("course.toml", 'quizzes = ["page"]')],
        "quiz-unknown": [("course.toml", 'quizzes = ["page"]')],
    }
    lesson = replace(LESSON, objectives=("o1", "o9"), blocks=())
    course = replace(COURSE, modules=(Module("m", "M", (lesson, QUIZ)),), media=())
    page = b"---\r\ntitle: Duties\r\nobjectives: o1 o9\r\n---\r\n"
    assert ("objective-unknown", "m/duties.md", 3) in codes(course, Source({"m/duties.md": page}))


RUSSIAN = "Права человека принадлежат каждому человеку от рождения"
TURKMEN = "Adam hukuklary her bir adama doglandan bäri degişlidir"


@pytest.mark.parametrize(
    ("text", "language", "fits"),
    [
        (RUSSIAN, "ru", True),
        (RUSSIAN, "tk", False),
        (TURKMEN, "tk", True),
        (TURKMEN, "kk", False),
        ("ICCPR, OPCAT", "tg", True),
        (f"{RUSSIAN} [x](https://a-very-long-address-in-latin-letters.org/and-more-of-it-to-come)", "ru", True),
    ],
)
def test_a_translation_is_written_in_the_letters_of_its_language(text: str, language: str, fits: bool) -> None:
    assert in_script(text, language) is fits
