from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.course.model import Box, Case, Course, FactColumn, FactsTable, Figure, Lesson, Prose, QuizPage, page_questions, questions_of
from elearn.course.problems import CODES, EDIT_CODES, SOURCE_CODES
from elearn.course.read import media_of, read
from elearn.course.source import Source
from elearn.errors import Problem
from elearn.quiz.model import Accepted, Branching, Choice, GapSelect, OpenAnswer, Ordering, Pool, Proof, SingleChoice, Step
from tests.course.broken import BASE, CASES, LESSON, QUESTION_CASES, QUIZ, RIGHT, TOML
from tests.courses import EVERY_KIND, all_courses


def read_with(changes: dict[str, str]) -> tuple[Course | None, tuple[Problem, ...]]:
    return read(Source(BASE | {path: text.encode() for path, text in changes.items()}))


def found(changes: dict[str, str]) -> list[tuple[str, str, int]]:
    return [(problem.code, problem.where.file, problem.where.line) for problem in read_with(changes)[1]]


def lesson_of(body: str) -> Lesson:
    course, problems = read_with({"first/hello.md": LESSON + body})
    assert course is not None, problems
    page = course.page("hello")
    assert isinstance(page, Lesson)
    return page


def quiz_of(body: str, header: str = QUIZ) -> QuizPage:
    course, problems = read_with({"first/hello.md": header + body})
    assert course is not None, problems
    page = course.page("hello")
    assert isinstance(page, QuizPage)
    return page


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
def test_a_course_folder_reads_without_problems(folder: Path) -> None:
    course, problems = read(Source.from_folder(folder))
    assert problems == ()
    assert course is not None


def test_the_course_of_every_kind_is_read_as_written() -> None:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    assert course.title == 'Everything "once"'
    assert course.media == ("media/map.png", "media/river.webp")
    assert course.translation == {"ru": "en", "kk": "ru", "tg": "ru", "tk": "ru"}
    assert (course.completion.quizzes, course.completion.critical, course.certificate.valid_months) == (("final",), True, 24)
    assert course.facts["ratifications"].rows["TKM/CRC"]["source"] == 'a note with a comma, and "quotes"'
    assert [len(page_questions(page)) for _, page in course.pages()] == [1, 15, 2, 1, 5]


def test_blocks_are_read_with_their_keys_and_lines() -> None:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    page = course.page("blocks")
    assert page is not None
    box = next(block for block in page.blocks if isinstance(block, Box) and block.kind == "example")
    assert (box.title, box.line) == ("An example", 57)
    assert [type(block) for block in box.blocks] == [Prose, Case, Prose]
    table = next(block for block in page.blocks if isinstance(block, FactsTable))
    assert table.columns[1] == FactColumn("treaty_id", "Treaty", "treaties")
    assert table.where == (("treaty_id", ("ICCPR", "CRC")), ("action", ("accession",)))
    assert next(b for b in page.blocks if isinstance(b, Figure)).caption == "The river *before* the factory."
    assert next(b for b in page.blocks if isinstance(b, Box) and b.kind == "safety").title == 'Stay "safe" \\ calm'


def test_a_question_keeps_its_markdown_exactly() -> None:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    page = course.page("practice")
    assert page is not None
    by_id = {question.id: question for question in page_questions(page)}
    single = by_id["who-holds"]
    assert isinstance(single, SingleChoice)
    assert single.prompt.endswith("A second paragraph of the prompt, with a list:\n\n* one\n* two")
    assert single.choices[1].feedback == "The ministry acts for the State:\n\nit holds the duty."
    assert single.choices[2] == Choice("nobody", "Nobody {curly}")
    assert single.choices[0].line == 17
    assert single.feedback.endswith("the State is the duty-bearer.\n\nA second paragraph of feedback.")
    assert single.hints == ("Who loses something?", "Rights belong to people.")
    assert (single.weight, single.critical, single.shuffle, single.penalty) == (2.0, True, False, 0.25)
    assert single.proofs == (
        Proof("standards/ICCPR-2"),
        Proof("ratifications/KAZ/ICCPR", "action", "=", "ratification"),
        Proof("ratifications/KAZ/ICCPR", "individual_complaints", "^=", "yes"),
    )
    ordering, gaps, branching, text = by_id["treaty-steps"], by_id["force"], by_id["factory"], by_id["plan"]
    assert isinstance(ordering, Ordering)
    assert ordering.steps[2] == Step("debate", "A first debate", 2)
    assert isinstance(gaps, GapSelect)
    assert [gap.id for gap in gaps.gaps] == ["step", "word"]
    assert isinstance(branching, Branching)
    assert branching.scenes[0].text == "A factory poisons a river.\n\nIt smells."
    assert branching.scenes[0].choices[1] == Choice("post", "Write a post", fraction=0.5, goto="answer")
    assert isinstance(text, OpenAnswer)
    assert (text.rubric, text.words) == (("names the duty to protect", "names an article"), 150)


def test_a_quiz_page_has_blocks_first_and_then_questions_and_pools() -> None:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    page = course.page("final")
    assert isinstance(page, QuizPage)
    assert [type(block) for block in page.blocks] == [Prose, Box]
    quiz = page.quiz
    assert (quiz.form, quiz.pass_mark, quiz.tries, quiz.minutes_limit, quiz.paging, quiz.shuffle) == ("test", 70, 3, 30, "one", True)
    assert [type(slot) for slot in quiz.slots][1] is Pool
    assert [question.id for question in quiz.questions()] == ["f-holder", "f-one", "f-two", "f-three", "f-case"]


def test_what_is_not_said_has_a_default() -> None:
    quiz = quiz_of(RIGHT).quiz
    assert (quiz.pass_mark, quiz.tries, quiz.minutes_limit, quiz.paging, quiz.shuffle) == (0, 0, 0, "one", True)
    question = quiz.slots[0]
    assert not isinstance(question, Pool)
    assert (question.weight, question.penalty, question.critical, question.shuffle) == (1.0, 1 / 3, False, True)


def test_a_file_from_another_system_is_the_same_file() -> None:
    text = LESSON + "Қазақ ё\n\nnext\n\n" + RIGHT
    other = "\ufeff" + text.replace("ё", "е\u0308").replace("\n", "\r\n")
    assert read_with({"first/hello.md": text})[0] == read_with({"first/hello.md": other})[0]


def test_blank_lines_and_a_large_x_do_not_matter() -> None:
    page = lesson_of("::: single {#q}\nWhat?\n- [X] Yes {#yes}\n\n  > Well\n\n- [ ] No {#no}\n\n\nfeedback: One\n\n\nhint: Two\n\n:::")
    assert page.blocks == (
        SingleChoice(
            id="q",
            prompt="What?",
            choices=(Choice("yes", "Yes", right=True, feedback="Well"), Choice("no", "No")),
            feedback="One",
            hints=("Two",),
        ),
    )


def test_an_answer_may_hold_braces_before_its_own() -> None:
    page = lesson_of("::: short-text {#q}\nWhat?\n= {#a} {#b}\n:::")
    assert [question.accepted for question in page_questions(page)] == [(Accepted("b", "{#a}"),)]  # type: ignore[attr-defined] # the kind is known


def test_a_fact_table_skips_empty_lines_and_keeps_lines_inside_cells() -> None:
    course, problems = read_with({"course.toml": TOML + '[facts.t]\nkey = ["a"]\n', "facts/t.csv": 'a,b\n\n1,"x\ny"\n2,\n'})
    assert course is not None, problems
    assert course.facts["t"].rows == {"1": {"a": "1", "b": "x\ny"}, "2": {"a": "2", "b": ""}}


def test_questions_of_blocks_are_found_in_pools_and_cases_too() -> None:
    pool = quiz_of("::: pool {#p draw=1}\n" + RIGHT + ":::").quiz.slots[0]
    assert isinstance(pool, Pool)
    assert [question.id for question in questions_of((Case("C", made_up=True, blocks=(pool,)),))] == ["ok"]


def test_media_are_listed_by_path() -> None:
    assert media_of(Source({"media/b/c.png": b"", "media/a.png": b"", "x/media/d.png": b""})) == ("media/a.png", "media/b/c.png")


def test_a_course_with_a_warning_is_a_course() -> None:
    course, problems = read_with({"readme.txt": "x"})
    assert course is not None
    assert [(problem.code, problem.severity) for problem in problems] == [("unknown-file", "warning")]


def test_a_course_without_an_outline_is_none() -> None:
    course, problems = read(Source({"a/b.md": b""}))
    assert course is None
    assert [(problem.code, problem.where.file, dict(problem.params)) for problem in problems] == [
        ("file-missing", "course.toml", {"name": "course.toml"}),
    ]


@pytest.mark.parametrize(("code", "file", "line", "changes"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)])
def test_a_mistake_is_named_at_its_place(code: str, file: str, line: int, changes: dict[str, str]) -> None:
    course, problems = read_with(changes)
    mine = [problem for problem in problems if (problem.code, problem.where.file, problem.where.line) == (code, file, line)]
    assert mine, [(problem.code, problem.where, dict(problem.params)) for problem in problems]
    assert CODES[code] % {**mine[0].params}
    assert (course is None) == any(problem.severity == "error" for problem in problems)


@pytest.mark.parametrize(("code", "file", "line", "changes"), QUESTION_CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(QUESTION_CASES)])
def test_one_mistake_in_a_question_is_named_once(code: str, file: str, line: int, changes: dict[str, str]) -> None:
    assert found(changes).count((code, file, line)) == 1


def test_text_that_is_not_utf8_is_named_in_its_file() -> None:
    _, problems = read(Source(BASE | {"first/hello.md": b"---\ntitle: \xff"}))
    assert ("not-utf8", "first/hello.md", 2) in [(problem.code, problem.where.file, problem.where.line) for problem in problems]
    course, problems = read(Source(BASE | {"course.toml": b"\xff"}))
    assert course is None
    assert [problem.code for problem in problems] == ["not-utf8"]


def test_a_huge_file_is_named() -> None:
    _, problems = read(Source(BASE | {"first/hello.md": b"a" * 2_000_001}))
    assert "file-too-large" in [problem.code for problem in problems]


def test_every_code_has_a_case() -> None:
    shown = {case[0] for case in CASES} | {"not-utf8", "file-too-large"}
    assert shown | set(SOURCE_CODES) | set(EDIT_CODES) == set(CODES)


def test_a_missing_page_is_one_problem_only() -> None:
    assert found({"course.toml": TOML.replace('["hello"]', '["hello", "more"]')}) == [("file-missing", "course.toml", 17)]


ALPHABET = [
    "\n",
    " ",
    ":",
    ":::",
    "{",
    "}",
    "#",
    "-",
    "=",
    '"',
    "> ",
    "- [x] ",
    "@ ",
    "1. ",
    "+ ",
    "a",
    "single",
    "branching",
    "gaps",
    "{#a}",
    "->",
    "\0",
]


@settings(max_examples=300)
@given(st.sampled_from(["course.toml", "first/hello.md", "facts/t.csv"]), st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join))
def test_no_text_makes_the_reader_stumble(path: str, text: str) -> None:
    toml = TOML + '[facts.t]\nkey = ["a"]\n'
    for whole in (text, LESSON + text, f"{LESSON}::: branching {{#q}}\nx\n@ a\n{text}\n:::", toml + text):
        course, problems = read_with({"course.toml": toml, "facts/t.csv": "a\n", path: whole})
        assert (course is None) == any(problem.severity == "error" for problem in problems)
        assert all(problem.code in CODES and CODES[problem.code] % {**problem.params} for problem in problems)


@settings(max_examples=60)
@given(st.data())
def test_a_damaged_course_gives_problems_and_never_an_exception(data: st.DataObject) -> None:
    files = dict(Source.from_folder(EVERY_KIND).files)
    path = data.draw(st.sampled_from(sorted(files)))
    body = bytearray(files[path])
    start = data.draw(st.integers(0, len(body) - 1))
    body[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=4))
    course, problems = read(Source(files | {path: bytes(body)}))
    assert (course is None) == any(problem.severity == "error" for problem in problems)
