from elearn.richtext.survey import Found, signature, survey

TEXT = """## One

A [*b* c](fact:standards/X) and ![pic](media/x.webp) `code <b>` <i>raw</i> <!-- x -->[^n]

- item <https://x.org>
  - [](page:p)

#### Deep

[^n]: note [d](term:G001)
"""


def test_a_survey_finds_everything_with_its_line() -> None:
    found = survey(TEXT)
    assert found.things == (
        Found("link", "fact:standards/X", 3, "b c"),
        Found("image", "media/x.webp", 3, "pic"),
        Found("code", "code <b>", 3),
        Found("tag", "<i>", 3),
        Found("tag", "</i>", 3),
        Found("tag", "<!--", 3),
        Found("footnote", "n", 3),
        Found("link", "https://x.org", 5, "https://x.org"),
        Found("link", "page:p", 6),
        Found("link", "term:G001", 10, "d"),
    )
    assert found.headings == ((2, 1), (4, 8))
    assert found.footnotes == {"n"}


def test_a_survey_counts_elements_and_their_depth() -> None:
    assert survey("plain").elements == 1
    assert survey("*a* **b**").elements == 3
    assert survey("> > > a").depth > survey("> a").depth
    assert survey("").depth == 0


def test_an_open_link_has_the_words_that_are_there() -> None:
    assert survey("[a `b` c](page:x)").things[0].words == "a b c"


def test_the_signature_of_a_unit_leaves_tags_and_lines_out() -> None:
    assert signature("<b> [x](page:y)[^a]") == (("footnote", "a"), ("link", "page:y"))
