import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bleach
import html5lib
import nh3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.errors import Invalid
from elearn.richtext import links, sanitize
from elearn.richtext.sanitize import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, clean

XSS = Path(__file__).parents[3] / "shared" / "real" / "xss"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("plain words, “quoted”", "plain words, “quoted”"),
        ("a < b & c", "a &lt; b &amp; c"),
        ('<p id=x class="odd term">a</p>', '<p id="c-x" class="term">a</p>'),
        ('<p id="a b" class="odd">a</p>', "<p>a</p>"),
        ('<p id="c-x" lang="ru" dir="ltr" title="t" style="color:red">a</p>', '<p id="c-x" lang="ru" dir="ltr" title="t">a</p>'),
        ('<a href="#x">a</a><a href="#c-x">b</a>', '<a href="#c-x">a</a><a href="#c-x">b</a>'),
        ('<a href="/en/?a=1&amp;b=2">a</a>', '<a href="/en/?a=1&amp;b=2">a</a>'),
        ('<a href="mailto:a@b.org" rel="x" target="_blank">a</a>', '<a href="mailto:a@b.org">a</a>'),
        ('<a href="http://x.org">a</a>', "<a>a</a>"),
        ('<a name="x">a</a>', "<a>a</a>"),
        ('<img src="/media/a.webp" alt="A" width="3" onerror="x">', '<img src="/media/a.webp" alt="A" width="3">'),
        ('<img src="https://x.org/a.webp" alt="A">', '<img alt="A">'),
        (
            '<video controls poster="/media/p.webp" src="/media/v.webm"></video>',
            '<video controls poster="/media/p.webp" src="/media/v.webm"></video>',
        ),
        ('<video poster="//x.org/p.webp"><source src="data:x"></video>', "<video><source></video>"),
        ('<ol start="3x"><li>a</ol>', "<ol><li>a</li></ol>"),
        ("<script>x</script><style>y</style><a>z</a><iframe srcdoc=q></iframe>", "<a>z</a>"),
        ("<!-- c --><form action=/x><input name=a>b</form>", "b"),
    ],
)
def test_fragments_are_cleaned(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


def test_a_link_that_leaves_is_marked() -> None:
    assert clean('<a href="https://x.org/?a=1&b=2">x</a>') == (
        '<a href="https://x.org/?a=1&amp;b=2" class="external" rel="noreferrer noopener">x</a>'
    )


@pytest.mark.parametrize("html", ["x" * (MAX_BYTES + 1), "я" * (MAX_BYTES // 2 + 1)])
def test_a_text_may_be_too_long(html: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean(html)
    assert caught.value.code == "html-too-long"


def test_a_text_may_be_too_long_only_once_it_is_escaped() -> None:
    with pytest.raises(Invalid) as caught:
        clean("&" * (MAX_BYTES - 10))
    assert caught.value.code == "html-too-long"


def test_a_text_may_hold_too_many_elements() -> None:
    assert clean("<br>" * MAX_ELEMENTS)
    with pytest.raises(Invalid) as caught:
        clean("<br>" * (MAX_ELEMENTS + 1))
    assert caught.value.code == "html-too-full"


def test_elements_that_the_parser_multiplies_are_counted_too() -> None:
    bold = "".join(f"<b title={number}>" for number in range(50))
    with pytest.raises(Invalid) as caught:
        clean(bold + "<p>x</p>" + "<p>x" * 1000)
    assert caught.value.code in ("html-too-full", "html-too-deep")


@pytest.mark.parametrize("piece", ["<b>", '<div title="</div>">', "<div></x>", "<div></p>"])
def test_elements_may_nest_too_deep(piece: str) -> None:
    with pytest.raises(Invalid) as caught:
        clean(piece * (MAX_DEPTH + 1))
    assert caught.value.code == "html-too-deep"


def test_many_elements_side_by_side_are_not_deep() -> None:
    assert clean("<p>a</p><br>" * 200).count("<p>") == 200


def test_a_text_without_markup_takes_the_short_way_with_the_same_result() -> None:
    text = "Ҳуқуқи инсон: «шаъну шараф» — ň, ә; 5 % 'a' \"b\""
    assert clean(text) == sanitize._bleach().clean(sanitize._NH3.clean(text)) == text


@given(st.text())
def test_the_short_way_never_differs_from_the_long_way(text: str) -> None:
    if sanitize._PLAIN.fullmatch(text):
        assert clean(text) == sanitize._bleach().clean(sanitize._NH3.clean(text))


def test_threads_clean_side_by_side() -> None:
    fragments = [f'<p id="p{number}">{number} <b>x</b></p>' for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(clean, fragments)) == [clean(fragment) for fragment in fragments]


_PIECES = st.sampled_from(
    [
        "<", ">", "</", "<a href=", "<img src=", "'", '"', "`", "&", ";", "&#x6a;", "&Tab;", "javascript:", "data:", "https://x.org/",
               "/media/x.webp", "//x", "<p id=", "<svg>", "<math>", "<style>", "</style>", "<table>", "<td>", "<noscript>",
        "<!--", "-->", "<template>",
        " onload=", "=", " ", "\n", "\0", "x", "alert(1)", "<b>", "</b>", "<p>", "</p>", "class=term", "#q", "<li>", "<details open>", "é",
    ]
)  # fmt: skip


def judge(html: str) -> None:
    """What must hold of any text that came through the door, said by html5lib, nh3 and bleach."""
    cleaned = clean(html)
    assert clean(str(cleaned)) == cleaned
    tree = html5lib.parseFragment(str(cleaned), namespaceHTMLElements=False)
    found: Counter[str] = Counter()
    for element in tree.iter():
        if element is tree:
            continue
        assert element.tag in sanitize.TAGS
        found[element.tag] += 1
        for name, value in element.attrib.items():
            assert name == "rel" or sanitize._allows(element.tag, name, value), (name, value)
            assert name != "href" or links.is_allowed(value)
            assert name not in ("src", "poster") or links.is_media(value)
    tags = set(sanitize.TAGS)
    attributes = {"*": set(sanitize._GLOBAL)} | {tag: set(names) for tag, names in sanitize._BY_TAG.items()}
    attributes["a"].add("rel")
    by_nh3 = nh3.clean(str(cleaned), tags=tags, attributes=attributes, link_rel=None, url_schemes={"https", "mailto"})
    by_bleach = bleach.clean(str(cleaned), tags=tags, attributes=lambda *_: True, protocols={"https", "mailto"}, strip=True)
    for other in (by_nh3, by_bleach):
        again = html5lib.parseFragment(other, namespaceHTMLElements=False)
        assert Counter(element.tag for element in again.iter() if element is not again) == found
        assert [sorted(e.attrib.items()) for e in again.iter() if e is not again] == [
            sorted(e.attrib.items()) for e in tree.iter() if e is not tree
        ]


@given(st.lists(_PIECES, max_size=25))
def test_no_mutant_gets_through(pieces: list[str]) -> None:
    judge("".join(pieces))


def _payloads() -> list[str]:
    found: list[str] = []
    for path in sorted(XSS.glob("*.jsonl")):
        found += [json.loads(line)["payload"] for line in path.read_text("utf-8").split("\n") if line]
    found += json.loads((XSS / "blns.json").read_text("utf-8"))
    found += [entry["input"] for entry in json.loads((XSS / "html5lib-sanitizer-tests1.dat.json").read_text("utf-8"))]
    found += [path.read_text("utf-8") for path in (XSS / "upload").glob("*.svg")]
    return found


@pytest.mark.skipif(not XSS.is_dir(), reason="the collection of attack strings is not beside this checkout")
def test_no_known_attack_gets_through() -> None:
    payloads = _payloads()
    assert len(payloads) > 1000
    for payload in payloads:
        judge(payload)
        assert clean(f"before {payload}").startswith("before")


def test_what_was_cleaned_at_publish_is_trusted_as_it_comes_back() -> None:
    assert sanitize.stored(str(clean("<p>a</p>"))) == clean("<p>a</p>")


def test_remembering_changes_no_result() -> None:
    html = "<p onclick=x>a <b>b</b></p>"
    with sanitize.remembering():
        assert [clean(html), clean(html)] == ["<p>a <b>b</b></p>"] * 2
        with pytest.raises(Invalid):
            clean("a" * (MAX_BYTES + 1))
    assert clean(html) == "<p>a <b>b</b></p>"
