import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.richtext.markdown import no_link, same
from elearn.richtext.render import Labels, render, render_inline, signature, units


def russian(msgid: str) -> tuple[str, str]:
    return f"Ы {msgid}", "ru"


def resolver(scheme: str, target: str, text: str) -> tuple[str, str, str] | None:
    if scheme == "media":
        return f"/media/{target.removeprefix('media/')}", "", ""
    if target == "unknown":
        return None
    return f"/x/{target}", "cite" if scheme == "fact" else "", text if scheme == "fact" else ""


def html(markdown: str) -> str:
    return str(render(markdown, unit=same, link=resolver, language="en")).strip()


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("A *b* `c`", "<p>A <em>b</em> <code>c</code></p>"),
        ("## Duties {#duties}", '<h2 id="c-duties">Duties</h2>'),
        ("## Duties", "<h2>Duties</h2>"),
        ("soft\nbreak  \nhard\\\nbreak", "<p>soft break<br>\nhard<br>\nbreak</p>"),
        ("<b>raw</b>", "<p>&lt;b&gt;raw&lt;/b&gt;</p>"),
        ("[w *x*](fact:standards/ICCPR-2)", '<p><a href="/x/standards/ICCPR-2" class="cite" title="w x">w <em>x</em></a></p>'),
        ("[w\nx](page:p)", '<p><a href="/x/p">w x</a></p>'),
        ("[w](term:unknown) after", "<p>w after</p>"),
        ("[w](http://x.org) [v](/own) [u](javascript:1)", "<p>w v [u](javascript:1)</p>"),
        ("[w](mailto:a@b.org)", '<p><a href="mailto:a@b.org">w</a></p>'),
        ("![words](media/x.webp)", '<p><img src="/media/x.webp" alt="words"></p>'),
        ("[a]: https://x.org\n\n[a]", "<p>[a]: https://x.org</p>\n<p>[a]</p>"),
        ("Term\n: meaning", "<dl>\n<dt>Term</dt>\n<dd>meaning</dd>\n</dl>"),
        ("    code & <b>", "<pre><code>code &amp; &lt;b&gt;\n</code></pre>"),
    ],
)
def test_markdown_becomes_clean_html(markdown: str, expected: str) -> None:
    assert html(markdown) == expected


def test_a_link_that_leaves_the_site_is_marked() -> None:
    assert 'class="external" rel="noreferrer noopener"' in render("[w](https://x.org)", unit=same, link=no_link, language="en")


def test_a_link_that_leaves_the_site_can_be_led_through_a_page_of_ours() -> None:
    def through(scheme: str, target: str, _words: str) -> tuple[str, str, str] | None:
        return (f"/leave?to={target}", "", "") if scheme == "https" else None

    assert 'href="/leave?to=https://x.org"' in render("[w](https://x.org)", unit=same, link=through, language="en")


def test_a_picture_that_nobody_knows_leaves_its_words() -> None:
    assert render("![words](media/x.webp)", unit=same, link=no_link, language="en").strip() == "<p>words</p>"


TABLE = "| a | b | c |\n|:--|:-:|--:|\n| x | y | 5 |"


def test_a_table_scrolls_in_a_named_region_and_has_no_styles() -> None:
    shown = str(render(TABLE, unit=same, link=no_link, language="en", labels=Labels(table='The "table"')))
    assert shown.startswith('<div class="table-scroll" tabindex="0" role="region" aria-label="The &quot;table&quot;">\n<table>')
    assert '<th class="align-center" scope="col">b</th>' in shown
    assert '<td class="align-end">5</td>' in shown
    assert 'role="region"' not in html(TABLE)
    assert '<th scope="col">a</th>' in html("| a |\n|---|")


def test_footnotes_lead_there_and_back() -> None:
    text = "One[^a], two[^a], three[^b].\n\n[^a]: First\n[^b]: Second"
    shown = str(render(text, unit=same, link=no_link, language="en", scope="p1", labels=Labels(back="Back")))
    assert '<a href="#c-fn-p1-1" id="c-fnref-p1-1" role="doc-noteref">1</a>' in shown
    assert '<a href="#c-fn-p1-1" id="c-fnref-p1-1-2" role="doc-noteref">1</a>' in shown
    assert '<li id="c-fn-p1-2">' in shown
    assert shown.count('role="doc-backlink" aria-label="Back"') == 3
    assert 'id="c-fn-1"' in html(text)


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("Text", '<p lang="ru">Ы Text</p>'),
        ("## Title {#t}", '<h2 id="c-t" lang="ru">Ы Title</h2>'),
        ("- one\n  - two", '<ul>\n<li><span lang="ru">Ы one</span>\n<ul>\n<li><span lang="ru">Ы two</span></li>\n</ul>\n</li>\n</ul>'),
        ("2009-01-01", "<p>2009-01-01</p>"),
    ],
)
def test_a_unit_in_another_language_says_so(markdown: str, expected: str) -> None:
    assert render(markdown, unit=russian, link=no_link, language="en").strip() == expected


def test_a_unit_in_the_language_of_the_page_needs_no_mark() -> None:
    assert render("Text", unit=russian, link=no_link, language="ru").strip() == "<p>Ы Text</p>"


def test_a_translation_cannot_change_the_structure() -> None:
    shown = render("Text", unit=lambda _: ("# <script>x</script>\n\n- y", "en"), link=no_link, language="en")
    assert shown.strip() == "<p># &lt;script&gt;x&lt;/script&gt;<br>\n<br>\n- y</p>".replace("<br>", "")


def test_a_line_is_rendered_without_a_paragraph() -> None:
    assert render_inline("a *b* [c](page:d)", unit=same, link=resolver, language="en") == 'a <em>b</em> <a href="/x/d">c</a>'
    assert render_inline("a", unit=russian, link=resolver, language="en") == '<span lang="ru">Ы a</span>'
    assert render_inline("", unit=russian, link=resolver, language="en") == ""


PAGE = f"## Head {{#h}}\n\nPara\ntwo\n\n- one\n- two\n\n{TABLE}\n\nTerm\n: meaning[^a]\n\n[^a]: Note"


def test_units_come_in_order_with_their_lines() -> None:
    assert units(PAGE) == (
        ("Head", 1), ("Para two", 3), ("one", 6), ("two", 7), ("a", 9), ("b", 9), ("c", 9), ("x", 11), ("y", 11),
        ("Term", 13), ("meaning[^a]", 14), ("Note", 16),
    )  # fmt: skip


def test_rendering_asks_for_the_same_units_in_the_same_order() -> None:
    asked: list[str] = []

    def unit(msgid: str) -> tuple[str, str]:
        asked.append(msgid)
        return msgid, "en"

    render(PAGE, unit=unit, link=no_link, language="en")
    assert asked == [text for text, _ in units(PAGE)]


@given(st.lists(st.sampled_from(["# ", "- ", "\n", "\n\n", "a", "| b |", "|--|", "[x](", "page:y)", "`", "*", "[^n]", "[^n]: ", "{#i}", "  ", ": ", "> ", "<i>", "![", "]", "\\"]), max_size=30))  # fmt: skip  # noqa: E501
def test_a_translation_equal_to_the_source_changes_nothing(pieces: list[str]) -> None:
    text = "".join(pieces)
    asked: list[str] = []

    def unit(msgid: str) -> tuple[str, str]:
        asked.append(msgid)
        return msgid, "en"

    assert render(text, unit=unit, link=resolver, language="en") == render(text, unit=same, link=resolver, language="en")
    assert tuple(asked) == tuple(unit for unit, _ in units(text))


def test_the_signature_lists_what_a_translation_must_keep() -> None:
    text = "a [w](fact:standards/ICCPR-2) `code` [^a] {{gap}} <https://x.org> ![p](media/x.webp)"
    assert signature(text) == (
        ("code", "code"), ("footnote", "a"), ("gap", "gap"), ("image", "media/x.webp"), ("link", "fact:standards/ICCPR-2"), ("link", "https://x.org"),
    )  # fmt: skip
    assert signature("plain words") == signature("[not a link]") == ()


def test_the_signature_does_not_mind_the_order_of_words() -> None:
    assert signature("[a](page:x) `b`") == signature("`b` und [c](page:x)") != signature("`c` [a](page:x)")
