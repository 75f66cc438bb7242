from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from elearn.course.model import Block, Course, Lesson, Module, Prose
from elearn.course.read import read
from elearn.course.source import Source
from elearn.course.write import write, write_one
from elearn.course.write_question import KINDS
from elearn.errors import Invalid, Problem
from elearn.quiz.model import Accepted, Choice, Pool, Question, ShortText, SingleChoice
from tests.course.strategies import courses, questions
from tests.courses import EVERY_KIND, MINIMAL, all_courses

LAW = settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def course_of(folder: Path) -> tuple[Course, Source]:
    source = Source.from_folder(folder)
    course, problems = read(source)
    assert course is not None, problems
    return course, source


def with_page(*blocks: Block) -> Course:
    course, _ = course_of(MINIMAL)
    page = Lesson(id="hello", title="Hello", minutes=5, blocks=blocks)
    return replace(course, modules=(Module("first", "First", (page,)),))


@pytest.mark.parametrize("folder", all_courses(), ids=lambda folder: folder.name)
def test_a_course_folder_survives_writing(folder: Path) -> None:
    course, source = course_of(folder)
    written = write(course, source)
    again, problems = read(written)
    assert again == course
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert write(course, written) == written


@LAW
@given(courses())
def test_reading_what_was_written_gives_the_same_course(course: Course) -> None:
    written = write(course)
    again, _ = read(written)
    assert again == course
    assert write(again) == written


@LAW
@given(questions())
def test_a_question_survives_writing(question: Question) -> None:
    course = with_page(question)
    assert read(write(course))[0] == course


ANY_TEXT = st.text(st.sampled_from(" \t\n\r\0`~:#-+=@>*{}[]()|\"\\'x0.1Ñ\u0301\u0338\u2028\u00a0\ud800"), max_size=20)


class Spoiler:
    """Replaces the text number `where` in a course by another one."""

    def __init__(self, text: str, where: int) -> None:
        self._text = text
        self._left = where

    def spoil(self, value: object) -> object:
        if isinstance(value, str):
            self._left -= 1
            return self._text if self._left == -1 else value
        if isinstance(value, tuple):
            return tuple(self.spoil(part) for part in value)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: self.spoil(getattr(value, field.name)) for field in fields(value)})
        return value


def written_or_refused(course: Course, keep: Source) -> tuple[Source | None, tuple[Problem, ...]]:
    try:
        return write(course, keep), ()
    except Invalid as error:
        return None, error.problems


@settings(max_examples=250)
@given(st.integers(0, 600), ANY_TEXT)
def test_any_text_anywhere_is_kept_or_refused_but_never_changed(where: int, text: str) -> None:
    course, source = course_of(EVERY_KIND)
    spoilt = Spoiler(text, where).spoil(course)
    assert isinstance(spoilt, Course)
    written, problems = written_or_refused(spoilt, source)
    assert problems if written is None else read(written)[0] == spoilt


@pytest.mark.parametrize("text", ["a\n:::\nb", "a\r\nb", "a\0b", "\na", "e\u0301", "\udc80", "## A {#two}\n\n## B {#two}"])
def test_a_text_that_would_be_read_otherwise_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        write(with_page(Prose(text)))
    assert caught.value.code == "course-not-writable"
    assert caught.value.problems


def test_two_texts_in_a_row_are_refused_at_their_page() -> None:
    with pytest.raises(Invalid) as caught:
        write(with_page(Prose("one"), Prose("two")))
    assert [problem.where.file for problem in caught.value.problems] == ["first/hello.md"]


def test_a_title_that_would_be_cut_is_refused_at_course_toml() -> None:
    course = replace(course_of(MINIMAL)[0], translation={}, facts={}, title="e\u0301")
    with pytest.raises(Invalid) as caught:
        write(course)
    assert [problem.where.file for problem in caught.value.problems] == ["course.toml"]


def test_media_and_translations_are_taken_over_and_nothing_else() -> None:
    course, source = course_of(EVERY_KIND)
    keep = Source({**source.files, "readme.txt": b"x", "media/unused.png": b"x"})
    assert write(course, keep).files.keys() == source.files.keys()


def test_media_that_are_not_kept_are_missed() -> None:
    course, _ = course_of(EVERY_KIND)
    with pytest.raises(Invalid) as caught:
        write(course)
    assert [problem.params["name"] for problem in caught.value.problems] == ["media/map.png", "media/river.webp"]


def test_every_kind_of_question_can_be_written_and_stands_in_the_course_of_every_kind() -> None:
    course, _ = course_of(EVERY_KIND)
    page = course.page("practice")
    assert page is not None
    assert {type(block) for block in page.blocks} - {Prose} == set(KINDS)
    assert {kind.__name__ for kind in KINDS} == {kind.__name__ for kind in Question.__subclasses__()}


def test_a_question_is_written_as_the_format_shows_it() -> None:
    choices = (Choice("a", "Yes", right=True, feedback="Well\n\ndone"), Choice("b", "No"))
    question = SingleChoice(id="q", prompt="Right?", choices=choices, hints=("Think",), feedback="One.\n\nTwo.", weight=0.5)
    assert write_one(Pool("p", 1, (question,))).split("\n") == [
        "::: pool {#p draw=1}",
        "::: single {#q weight=0.5}",
        "Right?",
        "",
        "- [x] Yes {#a}",
        "  > Well",
        "  >",
        "  > done",
        "- [ ] No {#b}",
        "",
        "hint: Think",
        "feedback: One.",
        "",
        "  Two.",
        ":::",
        ":::",
    ]


def test_words_that_look_like_braces_stay_words() -> None:
    course = with_page(ShortText(id="q", prompt="What?", accepted=(Accepted("a", "{#b} {c=d}"), Accepted("e", "* {*}"))))
    assert read(write(course))[0] == course
