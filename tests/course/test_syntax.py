import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.course.problems import Report
from elearn.course.syntax import (
    LONGEST_FILE,
    Attributes,
    Node,
    Text,
    decode,
    heading_ids,
    is_id,
    parse_attributes,
    parse_page,
    split_braces,
    trimmed,
    write_attributes,
    write_block,
    write_header,
)


def codes(report: Report) -> list[tuple[str, int]]:
    return [(problem.code, problem.where.line) for problem in report.problems()]


def parsed(body: str) -> tuple[tuple[Text | Node, ...], list[tuple[str, int]]]:
    report = Report("a.md")
    page = parse_page(f"---\nt: x\n---\n{body}", report)
    return page.parts, codes(report)


def test_a_page_is_cut_into_header_texts_and_blocks_with_line_numbers() -> None:
    report = Report("a.md")
    page = parse_page('---\ntitle: A: b \n\nmade-up:c\n---\n\none\n\n::: box {#b kind=note title="T t"}\ntwo\n\n:::\n\nthree\n', report)
    assert page.header == {"title": ("A: b", 2), "made-up": ("c", 4)}
    box = Node("box", Attributes("b", "", {"kind": "note", "title": "T t"}), (Text(("two",), 10),), 9)
    assert page.parts == (Text(("one",), 7), box, Text(("three",), 14))
    assert codes(report) == []


def test_blocks_stand_in_one_another() -> None:
    parts, problems = parsed("::: a\n::: b\nx\n:::\ny\n:::\n")
    assert parts == (Node("a", Attributes(), (Node("b", Attributes(), (Text(("x",), 6),), 5), Text(("y",), 8)), 4),)
    assert problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("header-missing", 1)]),
        ("title: x", [("header-missing", 1)]),
        ("---\ntitle: x\n", [("header-unclosed", 1)]),
        ("---\nno pair\na: b\n---\n", [("header-line", 2)]),
        ("---\na: 1\na: 2\n---\n", [("key-twice", 3)]),
    ],
)
def test_a_broken_header_is_noted(text: str, expected: list[tuple[str, int]]) -> None:
    report = Report("a.md")
    parse_page(text, report)
    assert codes(report) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (":::\n", [("nothing-to-close", 4)]),
        ("::: a\n", [("unclosed-block", 4)]),
        ("::: a\n::: b\n:::\n", [("unclosed-block", 4)]),
        ("::: a b\n:::\n", [("bad-attributes", 4)]),
        ("::: a {b=c\n:::\n", [("bad-attributes", 4)]),
        ("::: a {b=}\n:::\n", [("bad-attributes", 4)]),
        ('::: a {b="c}\n:::\n', [("bad-attributes", 4)]),
        ('::: a {b="c"d=e}\n:::\n', [("bad-attributes", 4)]),
        ("::: a {b=c b=d}\n:::\n", [("key-twice", 4)]),
        ("::: a {#b #c}\n:::\n", [("key-twice", 4)]),
        ("::: a {-> b -> c}\n:::\n", [("key-twice", 4)]),
        ("::: a {#Bad}\n:::\n", [("bad-id", 4)]),
        (":::a\n", [("bad-block-line", 4)]),
        ("::: {#a}\n", [("bad-block-line", 4)]),
        (":::: a\n", [("bad-block-line", 4)]),
        ("  ::: a\n", [("bad-block-line", 4)]),
        ("::: a\n" * 5 + ":::\n" * 5, [("too-deep", 8)]),
    ],
)
def test_a_broken_block_is_noted(body: str, expected: list[tuple[str, int]]) -> None:
    assert parsed(body)[1] == expected


def test_very_deep_and_very_many_blocks_cost_neither_stack_nor_a_million_problems() -> None:
    assert len(parsed("::: a\n" * 5000)[1]) == 200


def test_a_file_may_have_a_mark_and_any_line_ends() -> None:
    report = Report("a.md")
    assert decode(b"\xef\xbb\xbfa\r\nb\rc\n", report) == "a\nb\nc\n"
    assert decode("е\u0308".encode(), report) == "ё"
    assert codes(report) == []


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a\nb\xff", [("not-utf8", 2)]),
        (b"a\n\nb\0", [("control-character", 3)]),
        ("a\u2028".encode(), [("control-character", 1)]),
        ("a\nb\u202ec\u202c".encode(), [("control-character", 2)]),
        (b"a\n" + ("e" + "\u0301" * 31).encode(), [("control-character", 2)]),
        (("e" + "\u0301" * 30 + "\u2014" * 99).encode(), []),
        (b"a" * (LONGEST_FILE + 1), [("file-too-large", 0)]),
    ],
)
def test_what_is_no_text_is_noted(data: bytes, expected: list[tuple[str, int]]) -> None:
    report = Report("a.md")
    decode(data, report)
    assert codes(report) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("words {#a}", ("words", "#a")),
        ("{#a}", ("", "#a")),
        ("words{#a}", ("words{#a}", None)),
        ("a {{gap}}", ("a {{gap}}", None)),
        ("words }", ("words }", None)),
        ("  words  ", ("words", None)),
        ("a {b} {#c} ", ("a {b}", "#c")),
    ],
)
def test_only_braces_at_the_end_of_a_line_are_cut_off(line: str, expected: tuple[str, str | None]) -> None:
    assert split_braces(line) == expected


def test_headings_carry_ids_outside_code() -> None:
    lines = ("## A {#a}", "```", "## B {#b}", "~~~", "````", "## C {#c}", "# D", "#E {#e}", "### F {f}", "~~~", "## G {#g}")
    assert heading_ids(Text(lines, 10)) == (("a", 10), ("c", 15))


def test_an_id_is_short_and_plain() -> None:
    assert [is_id(text) for text in ("a", "0-a", "a" * 60, "a" * 61, "-a", "", "A", "ä", "a\n")] == [True] * 3 + [False] * 6


def test_blank_lines_around_are_trimmed() -> None:
    assert trimmed([(1, ""), (2, " \t"), (3, "a"), (4, ""), (5, "b"), (6, "")]) == [(3, "a"), (4, ""), (5, "b")]
    assert trimmed([(1, " ")]) == []


def test_a_header_and_a_block_are_written() -> None:
    assert write_header([("a", "b"), ("c", "d: e")]) == "---\na: b\nc: d: e\n---"
    assert write_block("box", write_attributes("a", [("kind", "note"), ("title", "T")]), "x") == '::: box {#a kind=note title="T"}\nx\n:::'
    assert write_block("box", write_attributes()) == "::: box\n:::"
    assert write_attributes("a", [("b", "c d")], goto="e") == ' {#a -> e b="c d"}'


@given(
    st.from_regex(r"([a-z0-9][a-z0-9-]{0,5})?", fullmatch=True),
    st.from_regex(r"([a-z0-9][a-z0-9-]{0,5})?", fullmatch=True),
    st.dictionaries(
        st.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True), st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]))
    ),
)
def test_braces_survive_writing(id_: str, goto: str, values: dict[str, str]) -> None:
    report = Report("a.md")
    written = write_attributes(id_, values.items(), goto=goto)
    assert parse_attributes(written[2:-1], report, 1) == Attributes(id_, goto, values)
    assert codes(report) == []


@given(st.text(st.sampled_from(':-{}#="\\ a\n>`~\t\r\0é')))
def test_no_text_makes_the_parser_stumble(text: str) -> None:
    report = Report("a.md")
    parse_page(decode(text.encode(), report) or "", report)
    parse_page(f"---\n---\n{text}", report)
    assert all(problem.where.line >= 0 for problem in report.problems())
