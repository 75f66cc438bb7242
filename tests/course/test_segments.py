from dataclasses import replace
from pathlib import Path

import pytest

from elearn.course import facts
from elearn.course.model import Lesson, Module, Prose
from elearn.course.read import read
from elearn.course.render import render_page
from elearn.course.segments import digest_of, page_segments, segments
from elearn.course.source import Source
from elearn.course.translate import Translator, Unit
from elearn.richtext.markdown import is_translatable
from tests.course.sample import COURSE, LESSON, QUIZ, TABLE
from tests.courses import all_courses


def test_every_text_of_a_lesson_is_a_segment_in_reading_order() -> None:
    assert [(one.context, one.note, one.text) for one in page_segments(COURSE, LESSON)] == [
        ("", "title", "Duties"),
        ("", "text", "Start"),
        ("", "text", "The [duty-bearer](term:G006) and the [holder](term:G007)."),
        ("", "title", "Note well"),
        ("", "text", "Inside a box"),
        ("duties/who", "question", "Who holds the duty?"),
        ("duties/who", "question", "Think of the [State](term:G006)."),
        ("duties/who/state", "choice", "The State"),
        ("duties/who/state", "feedback", "Yes. It signed."),
        ("duties/who/person", "choice", "The person"),
        ("duties/who", "hint", "Who signs treaties?"),
        ("duties/who", "feedback", "The State (ICCPR art. 2)."),
        ("", "text", "In Kazakhstan"),
        ("", "title", "A case"),
        ("", "text", "It happened"),
        ("", "alt", "A river"),
        ("", "caption", "The caption"),
        ("", "title", "Steps"),
        ("", "label", "State"),
        ("", "label", "Treaty"),
        ("", "label", "Step"),
        ("", "label", "Since"),
        ("fact/ratifications", "cell", "ratification"),
        ("term/G006", "definition", "Who must act."),
    ]


def test_every_kind_of_question_gives_its_parts() -> None:
    found = [(one.context, one.text) for one in page_segments(COURSE, QUIZ)]
    assert found[:2] == [("", "Final"), ("", "Good luck")]
    for part in (
        ("final/multiple/a", "First"),
        ("final/true", "True?"),
        ("final/match/s", "Stem"),
        ("final/match/d", "Stranger"),
        ("final/order/two", "Step two"),
        ("final/gaps", "Fill {{x}}"),
        ("final/gaps/y", "word"),
        ("final/short/part", "HRC"),
        ("final/scale/low", "Not"),
        ("final/story", "It goes on."),
        ("final/story/go", "Go"),
        ("final/open", "names a duty"),
    ):
        assert part in found


def test_the_course_itself_comes_first_and_belongs_to_no_page() -> None:
    own = [one for one in segments(COURSE) if not one.pages]
    assert [one.text for one in own] == ["Sample", "What it is.", "Name the duties", "First module", "Finish"]


def test_a_text_used_twice_is_one_segment_that_knows_both_pages() -> None:
    twin = Lesson(id="twin", title="Duties", minutes=1, blocks=(Prose("2009"),))
    course = replace(COURSE, modules=(*COURSE.modules, Module("more", "2nd", (twin,))))
    both = next(one for one in segments(course) if one.text == "Duties")
    assert both.pages == ("duties", "twin")
    assert both.digest == digest_of("Duties")


def test_a_text_without_letters_is_no_segment() -> None:
    course = replace(COURSE, title="2026")
    assert "2026" not in {one.text for one in segments(course)}


def test_the_same_text_in_two_contexts_is_two_segments_with_their_own_ids() -> None:
    every = segments(COURSE)
    assert len({one.id for one in every}) == len(every)


def test_a_table_that_is_missing_gives_its_labels_alone() -> None:
    lesson = replace(LESSON, blocks=(replace(TABLE, table="nowhere"), Prose("[x](term:G999)")))
    assert [one.note for one in page_segments(replace(COURSE, facts={}), lesson)] == [
        "title",
        "title",
        "label",
        "label",
        "label",
        "label",
        "text",
    ]


class Listener(Translator):
    """A translator that remembers what a page asked of it."""

    asked: set[tuple[str, str]]

    def unit(self, text: str, context: str = "") -> Unit:
        self.asked.add((context, text))
        return super().unit(text, context)


@pytest.mark.parametrize("folder", all_courses(), ids=lambda path: path.name)
def test_a_page_shows_no_text_that_translators_do_not_get(folder: Path) -> None:
    course, _ = read(Source.from_folder(folder))
    assert course is not None
    for module, page in course.pages():
        listener = Listener(course, "ru", {})
        listener.asked = set()
        render_page(course, listener, module, page, media=lambda name: f"/media/{name}")
        offered = {(one.context, one.text) for one in page_segments(course, page)}
        words = {(context, text) for context, text in listener.asked if is_translatable(text)}
        assert {one for one in words - offered if not one[0].startswith("fact/") or facts.is_words(one[1])} == set()
