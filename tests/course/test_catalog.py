from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elearn.course.catalog import STATES, Catalog, Coverage, Entry, State, adopt, merge, template
from elearn.course.segments import Segment, digest_of, segments
from elearn.errors import Invalid
from tests.course.sample import COURSE

PO = Path(__file__).parents[3] / "shared" / "real" / "po"


def segment(text: str, context: str = "", *pages: str) -> Segment:
    return Segment(digest_of(context + text), context, text, "text", digest_of(text), pages)


def catalog(*entries: Entry) -> Catalog:
    return Catalog("ru", entries)


WRITTEN = """#
msgid ""
msgstr ""
"Language: ru\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

# state: machine
# a remark
#. text
#: duties final
msgid "Duty"
msgstr "Обязанность"

#, fuzzy
#| msgid "Old"
msgctxt "p/q"
msgid "New"
msgstr "Старое"

msgid "Empty"
msgstr ""

# state: approved
#~ msgid "Gone"
#~ msgstr "Ушло"
"""


def test_a_po_file_is_read_with_its_states() -> None:
    read = Catalog.from_po(WRITTEN.encode(), "ru")
    assert read.entries == (
        Entry(source="Duty", text="Обязанность", state="machine", note="text", comment="a remark", references=("duties", "final")),
        Entry(source="New", text="Старое", context="p/q", fuzzy=True, previous=(None, "Old", None)),
        Entry(source="Empty"),
        Entry(source="Gone", text="Ушло", state="approved", obsolete=True),
    )
    assert read.entries[1].line == 16


def test_a_po_file_is_written_as_it_was_read() -> None:
    assert Catalog.from_po(WRITTEN.encode(), "ru").to_po().decode() == WRITTEN


def test_only_what_is_finished_is_shown() -> None:
    read = Catalog.from_po(WRITTEN.encode(), "ru")
    found = read.lookup("Duty")
    assert found is not None
    assert found.text == "Обязанность"
    assert [read.lookup(*key) for key in (("New", "p/q"), ("Empty",), ("Gone",), ("Unknown",), ("Duty", "p/q"))] == [None] * 5
    assert read.find("Gone") is not None


def test_a_living_entry_wins_over_an_obsolete_one_and_the_first_over_a_second() -> None:
    read = catalog(Entry(source="a", text="old", obsolete=True), Entry(source="a", text="new"), Entry(source="a", text="newer"))
    found = read.lookup("a")
    assert found is not None
    assert found.text == "new"


@pytest.mark.parametrize("content", [b"\xff\xfe", b"nonsense", b'msgid "a\nmsgid_plural'])
def test_a_file_that_cannot_be_read_is_refused_with_its_place(content: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        Catalog.from_po(content, "ru")
    assert caught.value.code == "po-syntax"
    assert caught.value.problems[0].where.file == "po/ru.po"


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(Invalid, match="file-too-large"):
        Catalog.from_po(b"#" * 5_000_001, "ru")


def test_a_name_of_a_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_text(WRITTEN, "utf-8")
    with pytest.raises(Invalid):
        Catalog.from_po(str(path).encode(), "ru")


def test_an_empty_file_is_an_empty_catalogue() -> None:
    assert Catalog.from_po(b"", "ru").entries == ()


@given(st.binary(max_size=60) | st.text(alphabet='msgidtrcx "\n\\#~|,:[]0n', max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(Invalid):
        Catalog.from_po(content, "ru").to_po()


words = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="\u2028"), min_size=1, max_size=12)
texts = st.lists(words, min_size=1, max_size=4).map(" ".join) | st.sampled_from(['a "b"', "a\\b", "two\nlines", "tab\there", "end\n"])
entries = st.builds(
    Entry,
    source=texts,
    text=st.just("") | texts,
    context=st.just("") | words,
    state=st.sampled_from(STATES),
    fuzzy=st.booleans(),
)


@given(st.lists(entries, max_size=8))
def test_what_was_written_is_read_again_and_written_the_same(some: list[Entry]) -> None:
    first = catalog(*some)
    again = Catalog.from_po(first.to_po(), "ru")
    assert again.entries == first.entries
    assert again.to_po() == first.to_po()


def test_a_template_lists_every_segment_untranslated() -> None:
    every = segments(COURSE)
    made = template(every, "tk")
    assert [entry.key for entry in made.entries] == [(one.context, one.text) for one in every]
    assert made.coverage(every) == Coverage(len(every), 0, {"machine": 0, "draft": 0, "submitted": 0, "approved": 0})
    assert b"Language: tk" in made.to_po()
    assert b"#: duties" in made.to_po()


def test_coverage_counts_by_state() -> None:
    made = catalog(Entry(source="a", text="б", state="approved"), Entry(source="b", text="в"), Entry(source="c", text="г", fuzzy=True))
    assert made.coverage([segment("a"), segment("b"), segment("c"), segment("d")]) == Coverage(
        4, 2, {"machine": 0, "draft": 1, "submitted": 0, "approved": 1}
    )


def test_an_update_keeps_texts_and_states_and_follows_the_order_of_the_source() -> None:
    made = merge(catalog(Entry(source="a", text="б", state="approved", comment="mine")), [segment("z", "", "p"), segment("a", "", "p")])
    assert made.entries == (
        Entry(source="z", note="text", references=("p",)),
        Entry(source="a", text="б", state="approved", comment="mine", note="text", references=("p",)),
    )


def test_an_update_keeps_what_is_gone_as_obsolete_and_brings_it_back() -> None:
    old = catalog(Entry(source="a", text="б", state="approved", references=("p",)), Entry(source="never translated"))
    gone = merge(old, [])
    assert gone.entries == (Entry(source="a", text="б", state="approved", obsolete=True),)
    assert merge(gone, [segment("a")]).entries == (Entry(source="a", text="б", state="approved", note="text"),)


@pytest.mark.parametrize(("context", "pages"), [("", ("p",)), ("p/q", ("p",))])
def test_a_text_that_changed_a_little_takes_its_translation_as_fuzzy(context: str, pages: tuple[str, ...]) -> None:
    old = catalog(
        Entry(source="Something else", text="Другое", context=context, references=pages),
        Entry(source="The State must act", text="Государство обязано", context=context, references=pages, state="approved"),
    )
    made = merge(old, [segment("The State must act now", context, *pages)])
    assert made.entries[0] == Entry(
        source="The State must act now",
        text="Государство обязано",
        context=context,
        fuzzy=True,
        previous=(context or None, "The State must act", None),
        note="text",
        references=pages,
    )
    assert made.lookup("The State must act now", context) is None


def test_a_text_of_another_place_is_no_guess() -> None:
    old = catalog(
        Entry(source="The State must act", text="x", context="p/q"), Entry(source="The State must act", text="x", references=("p",))
    )
    assert merge(old, [segment("The State must act!", "p/r", "p"), segment("The State must act!", "", "z")]).entries[:2] == (
        Entry(source="The State must act!", context="p/r", note="text", references=("p",)),
        Entry(source="The State must act!", note="text", references=("z",)),
    )


def test_of_two_alike_the_closer_one_is_the_guess() -> None:
    old = catalog(
        Entry(source="The State must act!!", text="far", references=("p",)),
        Entry(source="The State must act!", text="near", references=("p",)),
        Entry(source="The State must act!!!", text="farther", references=("p",)),
    )
    assert merge(old, [segment("The State must act", "", "p")]).entries[0].text == "near"


@pytest.mark.parametrize(
    ("mine", "theirs", "text", "state"),
    [
        (("", "draft"), ("new", "machine"), "new", "machine"),
        (("old", "machine"), ("new", "draft"), "new", "draft"),
        (("old", "approved"), ("new", "draft"), "old", "approved"),
        (("old", "approved"), ("new", "approved"), "new", "approved"),
        (("same", "draft"), ("same", "submitted"), "same", "submitted"),
        (("same", "submitted"), ("same", "draft"), "same", "submitted"),
        (("same", "draft"), ("same", "draft"), "same", "draft"),
        (("old", "approved"), ("", "approved"), "old", "approved"),
    ],
)
def test_an_import_never_downgrades(mine: tuple[str, State], theirs: tuple[str, State], text: str, state: State) -> None:
    ours = catalog(Entry(source="a", text=mine[0], state=mine[1], comment="mine"))
    made = adopt(ours, catalog(Entry(source="a", text=theirs[0], state=theirs[1])))
    assert made.entries == (Entry(source="a", text=text, state=state, comment="mine"),)


def test_an_import_brings_nothing_fuzzy_unknown_or_obsolete() -> None:
    ours = catalog(Entry(source="a", text="б", obsolete=True), Entry(source="b"))
    made = adopt(ours, catalog(Entry(source="a", text="x"), Entry(source="b", text="x", fuzzy=True), Entry(source="c", text="x")))
    assert made == ours


def test_an_import_may_finish_a_fuzzy_text() -> None:
    ours = catalog(Entry(source="a", text="old", fuzzy=True, state="approved", previous=(None, "b", None)))
    made = adopt(ours, catalog(Entry(source="a", text="new", comment="theirs")))
    assert made.entries == (Entry(source="a", text="new", comment="theirs"),)


EXPECTED = {
    "gedit/kk": (623, 0, 258), "gedit/ru": (656, 0, 163), "gedit/tg": (150, 1, 1), "gedit/tk": (526, 179, 0),
    "globaleaks/kk": (562, 0, 0), "globaleaks/ru": (583, 0, 0), "globaleaks/tg": (561, 0, 0), "globaleaks/tk": (564, 0, 0),
    "mintinstall/kk": (51, 0, 116), "securedrop/ru": (352, 0, 143),
}  # fmt: skip


@pytest.mark.skipif(not PO.is_dir(), reason="the collection of real catalogues is not beside this checkout")
@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_catalogue_loses_nothing(name: str) -> None:
    content = (PO / f"{name}.po").read_bytes()
    read = Catalog.from_po(content, name[-2:])
    living = [entry for entry in read.entries if not entry.obsolete]
    translated = [e for e in living if not e.fuzzy and (e.text or (e.plural_texts and all(text for _, text in e.plural_texts)))]
    assert (len(translated), sum(e.fuzzy for e in living), len(read.entries) - len(living)) == EXPECTED[name]
    written = read.to_po()
    assert Catalog.from_po(written, name[-2:]).entries == read.entries
    assert Catalog.from_po(written, name[-2:]).to_po() == written
    ours, theirs = polib.pofile(written.decode()), polib.pofile(content.decode())
    assert ours.metadata == theirs.metadata
    assert sorted(_all(entry) for entry in ours) == sorted(_all(entry) for entry in theirs)


def _all(entry: polib.POEntry) -> str:
    names = "msgid msgstr msgctxt msgid_plural msgstr_plural comment tcomment flags previous_msgid previous_msgctxt occurrences obsolete"
    return repr([getattr(entry, name) or None for name in names.split()])


def test_a_catalogue_is_a_value() -> None:
    assert catalog(Entry(source="a")) == replace(catalog(Entry(source="a")))
