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
from tests.courses import EVERY_KIND, MINIMAL, all_courses

BASE = dict(Source.from_folder(MINIMAL).files)
TOML = BASE["course.toml"].decode()
LESSON = "---\ntitle: T\nminutes: 1\n---\n"
QUIZ = "---\ntitle: T\nkind: quiz\nminutes: 1\nform: test\n---\n"
CHOICES = "- [x] Yes {#yes}\n- [ ] No {#no}\n"
RIGHT = "::: true-false {#ok answer=yes}\nTrue?\n:::\n"


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


def page_case(code: str, line: int, body: str, header: str = LESSON) -> tuple[str, str, int, dict[str, str]]:
    return code, "first/hello.md", line, {"first/hello.md": header + body}


def question_case(code: str, line: int, question: str) -> tuple[str, str, int, dict[str, str]]:
    return page_case(code, line, question + "\n:::")


def toml_case(code: str, line: int, old: str, new: str) -> tuple[str, str, int, dict[str, str]]:
    assert old in TOML
    return code, "course.toml", line, {"course.toml": TOML.replace(old, new)}


def facts_case(code: str, line: int, csv: str, key: str = '["a"]') -> tuple[str, str, int, dict[str, str]]:
    return code, "facts/t.csv", line, {"course.toml": f"{TOML}[facts.t]\nkey = {key}\n", "facts/t.csv": csv}


OUTLINE_CASES = [
    toml_case("toml-syntax", 2, 'id = "minimal"', "id = minimal"),
    toml_case("toml-syntax", 15, '"first"\ntitle = "The only module"\npages = ["hello"]\n', '"""'),
    toml_case("toml-syntax", 0, "format = 1", "format = " + "[" * 9999),
    toml_case("missing-key", 0, TOML, ""),
    toml_case("missing-key", 0, "format = 1\n", ""),
    toml_case("missing-key", 0, 'language = "en"\n', ""),
    toml_case("missing-key", 0, "minutes = 5\n", ""),
    toml_case("missing-key", 0, "public = true\n", ""),
    toml_case("missing-key", 0, 'topics = ["foundations"]\n', ""),
    toml_case("missing-key", 0, 'title = "The smallest course"\n', ""),
    toml_case("missing-key", 14, 'title = "The only module"\n', ""),
    toml_case("unknown-format", 1, "format = 1", "format = 2"),
    toml_case("unknown-key", 13, "public = true", "public = true\nprize = 3"),
    toml_case("wrong-type", 4, '"The smallest course"', "4"),
    toml_case("wrong-type", 8, "minutes = 5", "minutes = true"),
    toml_case("wrong-type", 12, "public = true", 'public = "yes"'),
    toml_case("wrong-type", 10, '["foundations"]', "[1]"),
    toml_case("wrong-type", 13, "public = true", "public = true\ncertificate = 4"),
    toml_case("wrong-type", 13, "public = true", "public = true\nobjective = 4"),
    toml_case("out-of-range", 8, "minutes = 5", "minutes = -5"),
    toml_case("empty-text", 4, '"The smallest course"', '" "'),
    toml_case("control-character", 4, '"The smallest course"', '"a\\u0000"'),
    toml_case("bad-id", 2, '"minimal"', '"Minimal"'),
    toml_case("bad-id", 17, '["hello"]', '["Hello"]'),
    toml_case("duplicate-id", 17, '["hello"]', '["hello", "hello"]'),
    toml_case("duplicate-id", 22, '["hello"]\n', '["hello"]\n\n[[module]]\nid = "second"\ntitle = "S"\npages = ["hello"]\n'),
    toml_case("duplicate-id", 20, '["hello"]\n', '["hello"]\n\n[[module]]\nid = "first"\ntitle = "S"\npages = []\n'),
    toml_case("duplicate-id", 22, '["hello"]\n', '["hello"]\n[[objective]]\nid = "o"\ntext = "t"\n[[objective]]\nid = "o"\ntext = "t"\n'),
    toml_case("reserved-id", 15, '"first"', '"media"'),
    toml_case("wrong-value", 6, '"en"', '"xx"'),
    toml_case("wrong-value", 9, '"foundation"', '"hard"'),
    toml_case("wrong-value", 11, '["KZ", "TJ", "TM"]', '["KZ", "KZ"]'),
    toml_case("wrong-value", 19, '["hello"]\n', '["hello"]\n[completion]\nlessons = "all"\n'),
    toml_case("wrong-type", 18, '["hello"]\n', '["hello"]\n[completion.quizzes]\n'),
    toml_case("bad-translation-chain", 19, '["hello"]\n', '["hello"]\n[translation]\nru = "kk"\n'),
    toml_case("bad-translation-chain", 19, '["hello"]\n', '["hello"]\n[translation]\nen = "en"\n'),
    toml_case("bad-translation-chain", 19, '["hello"]\n', '["hello"]\n[translation]\nru = "kk"\nkk = "ru"\n'),
    toml_case("bad-id", 18, '["hello"]\n', '["hello"]\n[facts."T t"]\nkey = ["a"]\n'),
    toml_case("missing-key", 18, '["hello"]\n', '["hello"]\n[facts.t]\n'),
    toml_case("file-missing", 17, '["hello"]', '["hello", "more"]'),
    toml_case("file-missing", 0, '["hello"]\n', '["hello"]\n[facts.t]\nkey = ["a"]\n'),
    ("page-not-in-outline", "first/draft.md", 0, {"first/draft.md": LESSON}),
    ("unknown-file", "notes.txt", 0, {"notes.txt": "x"}),
    ("facts-not-declared", "facts/t.csv", 0, {"facts/t.csv": "a\n"}),
    facts_case("csv-header", 1, "a,\n1,2\n"),
    facts_case("csv-header", 1, "a,a\n1,2\n"),
    facts_case("csv-key-column", 1, "b\n1\n"),
    facts_case("csv-key-column", 1, ""),
    facts_case("csv-row-length", 3, "a,b\n1,2\n1\n"),
    facts_case("csv-empty-key", 2, "a,b\n,2\n"),
    facts_case("csv-duplicate-row", 4, 'a,b\n1,"\n"\n1,2\n'),
    facts_case("csv-syntax", 2, 'a,b\n1,"x\n'),
]

PAGE_CASES = [
    page_case("header-missing", 1, "Hello", ""),
    page_case("header-unclosed", 1, "", "---\ntitle: T\nminutes: 1\n"),
    page_case("header-line", 2, "", "---\n- x\ntitle: T\nminutes: 1\n---\n"),
    page_case("key-twice", 4, "", "---\ntitle: T\nminutes: 1\nminutes: 1\n---\n"),
    page_case("missing-key", 1, "", "---\ntitle: T\n---\n"),
    page_case("missing-key", 1, RIGHT, "---\ntitle: T\nkind: quiz\nminutes: 1\n---\n"),
    page_case("empty-text", 2, "", "---\ntitle:\nminutes: 1\n---\n"),
    page_case("unknown-key", 4, "", "---\ntitle: T\nminutes: 1\ncolour: red\n---\n"),
    page_case("not-a-whole-number", 3, "", "---\ntitle: T\nminutes: 1.5\n---\n"),
    page_case("wrong-value", 3, "", "---\ntitle: T\nkind: game\nminutes: 1\n---\n"),
    page_case("not-yes-or-no", 6, RIGHT, QUIZ.replace("form: test", "form: test\nshuffle: true")),
    page_case("out-of-range", 6, RIGHT, QUIZ.replace("form: test", "form: test\npass: 101")),
    page_case("header-key-of-quiz", 4, "", "---\ntitle: T\nminutes: 1\ntries: 2\n---\n"),
    page_case("baseline-pass", 6, RIGHT, QUIZ.replace("form: test", "form: baseline\npass: 10")),
    page_case("control-character", 5, "a\0"),
    page_case("unknown-block", 5, "::: boxx\n:::"),
    page_case("unclosed-block", 5, "::: box {kind=note}\n"),
    page_case("nothing-to-close", 5, ":::"),
    page_case("too-deep", 9, "::: box {kind=note}\n" * 5 + ":::\n" * 5),
    page_case("bad-block-line", 5, ":::box"),
    page_case("bad-attributes", 5, "::: box {kind}\n:::"),
    page_case("unexpected-arrow", 5, "::: box {-> a kind=note}\n:::"),
    page_case("bad-id", 5, "::: box {#A kind=note}\n:::"),
    page_case("bad-id", 5, "## A {#A b}"),
    page_case("duplicate-id", 7, "## A {#a}\n\n## B {#a}"),
    page_case("duplicate-id", 7, "## A {#a}\n\n::: box {#a kind=note}\n:::"),
    page_case("duplicate-id", 8, RIGHT + RIGHT),
    page_case("missing-key", 5, "::: case {title=a}\n:::"),
    page_case("wrong-value", 5, "::: country {only=XX}\n:::"),
    page_case("missing-key", 5, '::: figure {src="media/a.png"}\n:::'),
    page_case("bad-media-path", 5, "::: figure {src=a.png alt=a}\n:::"),
    page_case("bad-media-path", 5, "::: figure {src=media/../a.png alt=a}\n:::"),
    page_case("no-block-inside", 6, "::: figure {src=media/a.png alt=a}\n::: box {kind=note}\n:::\n:::"),
    page_case("no-body", 6, '::: facts {table=t columns="a A"}\ntext\n:::'),
    page_case("bad-columns", 5, '::: facts {table=t columns="a"}\n:::'),
    page_case("missing-key", 5, "::: facts {table=t}\n:::"),
    page_case("bad-where", 5, '::: facts {table=t columns="a A" where="b"}\n:::'),
    page_case("country-in-country", 6, "::: country {only=KZ}\n::: country {only=KZ}\n:::\n:::"),
    page_case("question-in-block", 6, "::: country {only=KZ}\n" + RIGHT + ":::"),
    page_case("question-in-block", 8, "::: box {kind=note}\n" + RIGHT + ":::\n" + RIGHT.replace("ok", "b"), QUIZ),
    page_case("no-questions", 0, "", QUIZ),
    page_case("prose-after-questions", 11, RIGHT + "\nText", QUIZ),
    page_case("block-after-questions", 11, RIGHT + "\n::: box {kind=note}\n:::", QUIZ),
    page_case("pool-in-lesson", 5, "::: pool {#p draw=1}\n" + RIGHT + ":::"),
    page_case("pool-in-block", 6, "::: box {kind=note}\n::: pool {#p draw=1}\n" + RIGHT + ":::\n:::"),
    page_case("only-questions-in-pool", 8, "::: pool {#p draw=1}\ntext\n\n" + RIGHT + ":::", QUIZ),
    page_case("draw-too-many", 7, "::: pool {#p draw=2}\n" + RIGHT + ":::", QUIZ),
    page_case("missing-id", 7, "::: pool {draw=1}\n" + RIGHT + ":::", QUIZ),
]

QUESTION_CASES = [
    question_case("missing-id", 5, "::: single\nWhat?\n" + CHOICES),
    question_case("missing-prompt", 5, "::: single {#q}\n" + CHOICES),
    question_case("no-block-inside", 7, "::: single {#q}\nWhat?\n::: box {kind=note}\n:::\n" + CHOICES),
    question_case("unknown-key", 5, "::: single {#q colour=red}\nWhat?\n" + CHOICES),
    question_case("not-a-number", 5, "::: single {#q weight=much}\nWhat?\n" + CHOICES),
    question_case("not-a-number", 5, "::: single {#q weight=1e999}\nWhat?\n" + CHOICES),
    question_case("out-of-range", 5, "::: single {#q penalty=1.5}\nWhat?\n" + CHOICES),
    question_case("out-of-range", 5, "::: single {#q weight=-1}\nWhat?\n" + CHOICES),
    question_case("bad-proof", 5, '::: single {#q proof="a"}\nWhat?\n' + CHOICES),
    question_case("bad-proof", 5, '::: single {#q proof="a/b:c^="}\nWhat?\n' + CHOICES),
    question_case("stray-line", 9, "::: single {#q}\nWhat?\n" + CHOICES + "text"),
    question_case("stray-line", 10, "::: single {#q}\nWhat?\n" + CHOICES + "feedback: one\ntwo"),
    question_case("empty-text", 9, "::: single {#q}\nWhat?\n" + CHOICES + "feedback:"),
    question_case("feedback-twice", 10, "::: single {#q}\nWhat?\n" + CHOICES + "feedback: a\nfeedback: b"),
    question_case("too-many-lines", 207, "::: multiple {#q}\nWhat?\n" + "".join(f"- [x] Y {{#y{n}}}\n" for n in range(201))),
    question_case("missing-id", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [ ] No"),
    question_case("empty-text", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [ ] {#no}"),
    question_case("bad-mark", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [y] No {#no}"),
    question_case("bad-mark", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [] No {#no}"),
    question_case("duplicate-id", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [ ] No {#yes}"),
    question_case("unexpected-arrow", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [ ] No {#no -> yes}"),
    question_case("unknown-key", 8, "::: single {#q}\nWhat?\n- [x] Yes {#yes}\n- [ ] No {#no fraction=1}"),
    question_case("too-few-choices", 5, "::: single {#q}\nWhat?\n- [x] Yes {#yes}"),
    question_case("missing-right-choice", 5, "::: single {#q}\nWhat?\n" + CHOICES.replace("x", " ")),
    question_case("too-many-right-choices", 5, "::: single {#q}\nWhat?\n" + CHOICES.replace("[ ]", "[x]")),
    question_case("missing-right-choice", 5, "::: multiple {#q}\nWhat?\n" + CHOICES.replace("x", " ")),
    question_case("wrong-value", 5, "::: multiple {#q credit=some}\nWhat?\n" + CHOICES),
    question_case("missing-key", 5, "::: true-false {#q}\nTrue?"),
    question_case("not-yes-or-no", 5, "::: true-false {#q answer=true}\nTrue?"),
    question_case("no-stems", 5, "::: matching {#q}\nWhich?\n+ A {#a}\n+ B {#b}"),
    question_case("missing-arrow", 9, "::: matching {#q}\nWhich?\n+ A {#a}\n+ B {#b}\n- C {#c}"),
    question_case("arrow-to-nowhere", 9, "::: matching {#q}\nWhich?\n+ A {#a}\n+ B {#b}\n- C {#c -> d}"),
    question_case("feedback-not-allowed", 10, "::: matching {#q}\nWhich?\n+ A {#a}\n+ B {#b}\n- C {#c -> a}\n  > no"),
    question_case("mark-not-allowed", 9, "::: matching {#q}\nWhich?\n+ A {#a}\n+ B {#b}\n- [x] C {#c -> a}"),
    question_case("too-few-steps", 5, "::: ordering {#q}\nWhich?\n1. A {#a}"),
    question_case("steps-out-of-order", 8, "::: ordering {#q}\nWhich?\n2. A {#a}\n1. B {#b}"),
    question_case("feedback-not-allowed", 8, "::: ordering {#q}\nWhich?\n1. A {#a}\n  > no\n2. B {#b}"),
    question_case("unexpected-arrow", 7, "::: ordering {#q}\nWhich?\n1. A {#a -> b}\n2. B {#b}"),
    question_case("gap-without-list", 5, "::: gaps {#q}\nA {{b}}."),
    question_case("list-without-gap", 7, "::: gaps {#q}\nA.\n@ b\n" + CHOICES),
    question_case("gap-twice", 5, "::: gaps {#q}\nA {{b}} {{b}}.\n@ b\n" + CHOICES),
    question_case("choice-before-list", 7, "::: gaps {#q}\nA.\n" + CHOICES[:17]),
    question_case("bad-id", 7, "::: gaps {#q}\nA {{B}}.\n@ B\n" + CHOICES),
    question_case("missing-right-choice", 7, "::: gaps {#q}\nA {{b}}.\n@ b\n" + CHOICES.replace("x", " ")),
    question_case("stray-line", 8, "::: gaps {#q}\nA {{b}}.\n@ b\ntext\n" + CHOICES),
    question_case("no-accepted-answer", 5, "::: short-text {#q}\nWhat?"),
    question_case("no-full-answer", 5, "::: short-text {#q}\nWhat?\n= A {#a fraction=0.5}"),
    question_case("out-of-range", 7, "::: short-text {#q}\nWhat?\n= A {#a fraction=2}\n= B {#b}"),
    question_case("missing-key", 5, "::: number {#q}\nHow many?"),
    question_case("wrong-value", 5, "::: number {#q answer=1 mode=about}\nHow many?"),
    question_case("too-few-choices", 5, "::: scale {#q}\nHow sure?\n- Very {#very}"),
    question_case("no-scenes", 5, "::: branching {#q}\nGo."),
    question_case("too-few-choices", 7, "::: branching {#q}\nGo.\n@ a\ntext"),
    question_case("empty-text", 7, "::: branching {#q}\nGo.\n@ a\n- Go {#go -> end}"),
    question_case("scene-named-end", 7, "::: branching {#q}\nGo.\n@ end\ntext\n- Go {#go -> end}"),
    question_case("missing-arrow", 9, "::: branching {#q}\nGo.\n@ a\ntext\n- Go {#go}"),
    question_case("arrow-to-nowhere", 9, "::: branching {#q}\nGo.\n@ a\ntext\n- Go {#go -> b}"),
    question_case("scene-loop", 7, "::: branching {#q}\nGo.\n@ a\ntext\n- Go {#go -> a}\n- Stop {#stop -> end}"),
    question_case("scene-unreachable", 10, "::: branching {#q}\nGo.\n@ a\nt\n- Go {#go -> end}\n@ b\nt\n- Go {#go-on -> end}"),
    question_case("not-a-whole-number", 5, "::: open {#q words=many}\nWhat?"),
]

CASES = [*OUTLINE_CASES, *PAGE_CASES, *QUESTION_CASES]


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


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["course.toml", "first/hello.md", "facts/t.csv"]), st.lists(st.sampled_from(ALPHABET), max_size=40).map("".join))
def test_no_text_makes_the_reader_stumble(path: str, text: str) -> None:
    toml = TOML + '[facts.t]\nkey = ["a"]\n'
    for whole in (text, LESSON + text, f"{LESSON}::: branching {{#q}}\nx\n@ a\n{text}\n:::", toml + text):
        course, problems = read_with({"course.toml": toml, "facts/t.csv": "a\n", path: whole})
        assert (course is None) == any(problem.severity == "error" for problem in problems)
        assert all(problem.code in CODES and CODES[problem.code] % {**problem.params} for problem in problems)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_course_gives_problems_and_never_an_exception(data: st.DataObject) -> None:
    files = dict(Source.from_folder(EVERY_KIND).files)
    path = data.draw(st.sampled_from(sorted(files)))
    body = bytearray(files[path])
    start = data.draw(st.integers(0, len(body) - 1))
    body[start : start + data.draw(st.integers(0, 5))] = data.draw(st.binary(max_size=4))
    course, problems = read(Source(files | {path: bytes(body)}))
    assert (course is None) == any(problem.severity == "error" for problem in problems)
