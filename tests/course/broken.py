"""One broken course for every code a reader may give: (code, file, line, files that differ from the minimal course)."""

from elearn.course.source import Source
from tests.courses import MINIMAL

BASE = dict(Source.from_folder(MINIMAL).files)
TOML = BASE["course.toml"].decode()
LESSON = "---\ntitle: T\nminutes: 1\n---\n"
QUIZ = "---\ntitle: T\nkind: quiz\nminutes: 1\nform: test\n---\n"
CHOICES = "- [x] Yes {#yes}\n- [ ] No {#no}\n"
RIGHT = "::: true-false {#ok answer=yes}\nTrue?\n:::\n"

Case = tuple[str, str, int, dict[str, str]]


def page_case(code: str, line: int, body: str, header: str = LESSON) -> Case:
    return code, "first/hello.md", line, {"first/hello.md": header + body}


def question_case(code: str, line: int, question: str) -> Case:
    return page_case(code, line, question + "\n:::")


def toml_case(code: str, line: int, old: str, new: str) -> Case:
    assert old in TOML
    return code, "course.toml", line, {"course.toml": TOML.replace(old, new)}


def facts_case(code: str, line: int, csv: str, key: str = '["a"]') -> Case:
    return code, "facts/t.csv", line, {"course.toml": f"{TOML}[facts.t]\nkey = {key}\n", "facts/t.csv": csv}


OUTLINE_CASES = [
    toml_case("toml-syntax", 2, 'id = "minimal"', "id = minimal"),
    toml_case("toml-syntax", 15, '"first"\ntitle = "The only module"\npages = ["hello"]\n', '"""'),
    toml_case("toml-syntax", 0, "format = 1", "format = " + "[" * 9999),
    toml_case("toml-syntax", 8, "minutes = 5", "minutes = " + "9" * 5000),
    toml_case("toml-syntax", 13, "public = true", "public = true\n" + "a." * 201 + "a = 1"),
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
    toml_case("out-of-range", 1, "format = 1", "format = 0x" + "f" * 9999),
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
    facts_case("wrong-value", 3, "a,fact_status\n1,verified\n2,Verified\n"),
    facts_case("wrong-value", 2, "a,confidence\n1,very\n"),
    facts_case("wrong-value", 2, "a,country\n1,KZ\n"),
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
    question_case("out-of-range", 5, "::: single {#q weight=1001}\nWhat?\n" + CHOICES),
    question_case("out-of-range", 5, "::: number {#q answer=1e16}\nHow many?"),
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
