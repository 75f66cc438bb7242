from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elearn.course import edit, edit_blocks, edit_choices
from elearn.course.model import Box, CountryBlock, Course, Lesson, Prose, QuizPage, page_questions
from elearn.course.read import read
from elearn.course.source import Source
from elearn.course.tidy import tidy, tidy_text
from elearn.course.write import write
from elearn.errors import ElearnError, Invalid, NotFound
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    GapSelect,
    Matching,
    Ordering,
    Pool,
    ShortText,
    SingleChoice,
    Stem,
    Step,
    TrueFalse,
)
from tests.courses import EVERY_KIND

SOURCE = Source.from_folder(EVERY_KIND)


@pytest.fixture
def course() -> Course:
    read_course, problems = read(SOURCE)
    assert read_course is not None, problems
    return read_course


def page_ids(course: Course) -> list[tuple[str, list[str]]]:
    return [(module.id, [page.id for page in module.pages]) for module in course.modules]


def question_of(course: Course, page_id: str, question_id: str) -> Any:  # noqa: ANN401 - each test knows the kind
    page = course.page(page_id)
    assert page is not None
    return next(question for question in page_questions(page) if question.id == question_id)


def lesson(id_: str = "new") -> Lesson:
    return Lesson(id=id_, title=" New\r\n", minutes=5, blocks=(Prose("\n\nText  \r\nmore\n"),))


def statement(id_: str = "new") -> TrueFalse:
    return TrueFalse(id=id_, prompt="True?\n", answer=True)


# -- modules and pages


def test_a_module_is_added_renamed_moved_and_removed(course: Course) -> None:
    course = edit.add_module(course, "extra", "  Extra ", at=1)
    assert page_ids(course) == [("lessons", ["blocks", "practice"]), ("extra", []), ("quizzes", ["before", "drill", "final"])]
    course = edit.rename_module(course, "extra", "More\nof it")
    assert course.modules[1].title == "More of it"
    course = edit.move_module(course, "extra", 0)
    assert [module.id for module in course.modules] == ["extra", "lessons", "quizzes"]
    course = edit.remove_module(course, "quizzes")
    assert [module.id for module in course.modules] == ["extra", "lessons"]
    assert course.completion.quizzes == ()


def test_a_page_is_added_renamed_moved_and_removed(course: Course) -> None:
    course = edit.add_page(course, "lessons", lesson(), at=0)
    page = course.page("new")
    assert page is not None
    assert (page.title, page.blocks) == ("New", (Prose("Text  \nmore"),))
    course = edit.rename_page(course, "new", "Newer")
    assert next(page.title for _, page in course.pages()) == "Newer"
    course = edit.move_page(course, "new", "quizzes", 1)
    assert page_ids(course) == [("lessons", ["blocks", "practice"]), ("quizzes", ["before", "new", "drill", "final"])]
    course = edit.replace_page(course, lesson())
    assert course.page("new") == tidy(lesson())
    course = edit.remove_page(course, "new")
    assert course.page("new") is None
    assert edit.remove_page(course, "final").completion.quizzes == ()
    assert course.completion.quizzes == ("final",)


def test_a_page_moves_within_its_module(course: Course) -> None:
    assert page_ids(edit.move_page(course, "drill", "quizzes", 99))[1] == ("quizzes", ["before", "final", "drill"])
    assert page_ids(edit.move_page(course, "final", "quizzes", -1))[1] == ("quizzes", ["final", "before", "drill"])


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        (lambda c: edit.add_module(c, "lessons", "T"), "duplicate-id"),
        (lambda c: edit.add_module(c, "media", "T"), "reserved-id"),
        (lambda c: edit.add_module(c, "Bad", "T"), "bad-id"),
        (lambda c: edit.add_module(c, "new", " "), "empty-text"),
        (lambda c: edit.add_page(c, "quizzes", lesson("blocks")), "duplicate-id"),
        (lambda c: edit.add_page(c, "quizzes", lesson("a b")), "bad-id"),
        (lambda c: edit.rename_page(c, "blocks", "\n"), "empty-text"),
        (lambda c: edit_blocks.add_question(c, "practice", statement("who-holds")), "duplicate-id"),
        (lambda c: edit_blocks.add_block(c, "blocks", (0,), Prose("## Again {#boxes}")), "duplicate-id"),
        (lambda c: edit_blocks.rename_question(c, "practice", "who-holds", " \n"), "missing-prompt"),
        (lambda c: edit_blocks.add_block(c, "final", (3, 0), Prose("text")), "only-questions-in-pool"),
        (lambda c: edit_choices.add_choice(c, "practice", "who-holds", Choice("nobody", "N")), "duplicate-id"),
        (lambda c: edit_choices.add_choice(c, "practice", "force", Choice("step", "N"), group="word"), "duplicate-id"),
        (lambda c: edit_choices.add_choice(c, "practice", "who-holds", Step("s", "S", 1)), "no-place-for-choice"),
        (lambda c: edit_choices.add_choice(c, "practice", "force", Choice("c", "C"), group="none"), "no-place-for-choice"),
        (lambda c: edit_choices.rename_choice(c, "practice", "who-holds", "nobody", " "), "empty-text"),
    ],
)
def test_what_would_break_the_course_is_refused(course: Course, deed: Callable[[Course], Course], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        deed(course)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "deed",
    [
        lambda c: edit.rename_module(c, "none", "T"),
        lambda c: edit.add_page(c, "none", lesson()),
        lambda c: edit.move_page(c, "none", "lessons", 0),
        lambda c: edit.move_page(c, "blocks", "none", 0),
        lambda c: edit.remove_page(c, "none"),
        lambda c: edit.replace_page(c, lesson("none")),
        lambda c: edit_blocks.add_question(c, "none", statement()),
        lambda c: edit_blocks.remove_question(c, "practice", "none"),
        lambda c: edit_blocks.rename_question(c, "final", "f-pool", "T"),
        lambda c: edit_blocks.remove_block(c, "practice", (99,)),
        lambda c: edit_blocks.remove_block(c, "practice", (-1,)),
        lambda c: edit_blocks.remove_block(c, "practice", ()),
        lambda c: edit_blocks.add_block(c, "practice", (0, 0), Prose("in a text")),
        lambda c: edit_choices.remove_choice(c, "practice", "who-holds", "none"),
    ],
)
def test_what_is_not_there_is_not_found(course: Course, deed: Callable[[Course], Course]) -> None:
    with pytest.raises(NotFound):
        deed(course)


# -- blocks and questions


def test_a_question_is_added_renamed_moved_and_removed(course: Course) -> None:
    course = edit_blocks.add_question(course, "practice", statement())
    page = course.page("practice")
    assert page is not None
    assert page.blocks[-1] == TrueFalse(id="new", prompt="True?", answer=True)
    course = edit_blocks.rename_question(course, "practice", "new", "\n  False?\n")
    assert question_of(course, "practice", "new").prompt == "  False?"
    course = edit_blocks.move_question(course, "practice", "new", 1)
    assert edit_blocks.place_of(course.page("practice") or lesson(), "new") == (1,)
    course = edit_blocks.replace_question(course, "practice", replace(statement(), answer=False))
    assert question_of(course, "practice", "new").answer is False
    course = edit_blocks.remove_question(course, "practice", "new")
    assert course == read(SOURCE)[0]


def test_a_question_in_a_box_is_found_and_replaced_where_it_stands(course: Course) -> None:
    changed = edit_blocks.replace_question(course, "blocks", statement("table-read"))
    page = changed.page("blocks")
    assert page is not None
    box = page.blocks[-1]
    assert isinstance(box, Box)
    assert box.blocks[-1] == tidy(statement("table-read"))


def test_questions_of_a_quiz_are_counted_after_its_blocks(course: Course) -> None:
    changed = edit_blocks.add_question(course, "final", statement(), place=(2,))
    page = changed.page("final")
    assert isinstance(page, QuizPage)
    assert [block.id for block in page.quiz.slots] == ["new", "f-holder", "f-pool", "f-case"]
    assert len(page.blocks) == 2
    changed = edit_blocks.add_block(changed, "final", (6,), Prose("Good luck."))
    page = changed.page("final")
    assert isinstance(page, QuizPage)
    assert page.blocks[2:] == (Prose("Good luck."),)
    assert read(write(changed, SOURCE))[0] == changed


def test_a_pool_never_draws_more_than_it_holds(course: Course) -> None:
    for question_id in ("f-one", "f-two"):
        course = edit_blocks.remove_question(course, "final", question_id)
    page = course.page("final")
    assert isinstance(page, QuizPage)
    pool = page.quiz.slots[1]
    assert isinstance(pool, Pool)
    assert (pool.draw, [question.id for question in pool.questions]) == (1, ["f-three"])


def test_text_around_a_removed_block_becomes_one(course: Course) -> None:
    page = course.page("blocks")
    assert page is not None
    place = next(at for at, block in enumerate(page.blocks) if isinstance(block, Box) and block.title == "An example")
    changed = edit_blocks.remove_block(course, "blocks", (place, 1)).page("blocks")
    assert changed is not None
    box = changed.blocks[place]
    assert isinstance(box, Box)
    assert box.blocks == (Prose("Before the case.\n\nAfter the case."),)


def test_a_block_is_added_moved_and_replaced_inside_another(course: Course) -> None:
    page = course.page("blocks")
    assert page is not None
    at = next(place for place, block in enumerate(page.blocks) if isinstance(block, CountryBlock) and block.only == "TM")
    changed = edit_blocks.move_block(course, "blocks", (at, 0), 1)
    changed = edit_blocks.replace_block(changed, "blocks", (at, 1), Box("note", (Prose("One\n"),), title=" T "))
    changed = edit_blocks.add_block(changed, "blocks", (at, 2), Prose("Last"))
    country = (changed.page("blocks") or page).blocks[at]
    assert isinstance(country, CountryBlock)
    assert country.blocks[1:] == (Box("note", (Prose("One"),), title="T"), Prose("Last"))
    assert read(write(changed, SOURCE))[0] == changed


# -- choices


def test_a_choice_is_added_renamed_moved_and_removed(course: Course) -> None:
    course = edit_choices.add_choice(course, "practice", "who-holds", Choice("all", " All \n"), at=1)
    question = question_of(course, "practice", "who-holds")
    assert isinstance(question, SingleChoice)
    assert [choice.id for choice in question.choices] == ["children", "all", "ministry", "nobody"]
    assert question.choices[1].text == "All"
    course = edit_choices.rename_choice(course, "practice", "who-holds", "all", "Everybody\n")
    course = edit_choices.replace_choice(course, "practice", "who-holds", Choice("nobody", "No one", feedback="Why?\n"))
    course = edit_choices.move_choice(course, "practice", "who-holds", "all", 3)
    course = edit_choices.remove_choice(course, "practice", "who-holds", "ministry")
    choices = question_of(course, "practice", "who-holds").choices
    assert [(choice.id, choice.text, choice.feedback) for choice in choices[1:]] == [("nobody", "No one", "Why?"), ("all", "Everybody", "")]
    assert read(write(course, SOURCE))[0] == course


def test_stems_steps_answers_and_choices_of_gaps_and_scenes_have_their_lists(course: Course) -> None:
    course = edit_choices.add_choice(course, "practice", "three-duties", Stem("teach", "Build schools", "m-fulfil"))
    course = edit_choices.add_choice(course, "practice", "treaty-steps", Step("deposit", "Deposit", 4))
    course = edit_choices.add_choice(course, "practice", "body", Accepted("cttee", "Committee", 0.2))
    course = edit_choices.add_choice(course, "practice", "force", Choice("speech", "speech"), group="word", at=0)
    course = edit_choices.add_choice(course, "practice", "factory", Choice("run", "Run", goto="end"), group="start")
    course = edit_choices.rename_choice(course, "practice", "force", "ratifies", "accedes")
    matching, ordering, text, gaps, branching = (
        question_of(course, "practice", name) for name in ("three-duties", "treaty-steps", "body", "force", "factory")
    )
    assert isinstance(matching, Matching)
    assert matching.stems[-1].id == "teach"
    assert isinstance(ordering, Ordering)
    assert ordering.steps[-1].id == "deposit"
    assert isinstance(text, ShortText)
    assert text.accepted[-1].id == "cttee"
    assert isinstance(gaps, GapSelect)
    assert [[choice.text for choice in gap.choices] for gap in gaps.gaps] == [["accedes", "speaks"], ["speech", "force", "view"]]
    assert isinstance(branching, Branching)
    assert branching.scenes[0].choices[-1].id == "run"
    assert read(write(course, SOURCE))[0] == course


# -- laws


def test_tidying_changes_no_word() -> None:
    assert tidy_text("\r\n \n  a\r\rb \n\n") == "a\n\nb"
    assert tidy_text("\n    code\n", keep_indent=True) == "    code"
    assert tidy_text("е\u0308") == "ё"
    assert tidy_text(" \n ") == ""


def test_tidying_twice_is_tidying_once(course: Course) -> None:
    for _, page in course.pages():
        assert tidy(page) == page


def all_ids(course: Course) -> set[tuple[str, str]]:
    return {(page.id, question.id) for _, page in course.pages() for question in page_questions(page)}


@settings(max_examples=100)
@given(st.data())
def test_moves_lose_nothing_and_can_always_be_written(data: st.DataObject) -> None:
    course, _ = read(SOURCE)
    assert course is not None
    before = all_ids(course)
    for _ in range(3):
        module = data.draw(st.sampled_from([module.id for module in course.modules]))
        page_id, question_id = data.draw(st.sampled_from(sorted(before)))
        at = data.draw(st.integers(-1, 9))
        course = edit.move_module(course, module, at)
        course = edit.move_page(course, page_id, module, at)
        course = edit_blocks.move_question(course, page_id, question_id, at)
    assert all_ids(course) == before
    assert read(write(course, SOURCE))[0] == course


@settings(max_examples=100)
@given(st.text(st.sampled_from("a \n\t:-{}#>=\r\u0301\0"), max_size=12), st.text(st.sampled_from("ab-A "), max_size=3))
def test_typed_texts_are_written_as_tidied_or_refused(text: str, new_id: str) -> None:
    course, _ = read(SOURCE)
    assert course is not None
    try:
        edited = edit_blocks.add_block(course, "blocks", (0,), Prose(text))
        edited = edit_choices.add_choice(edited, "practice", "who-holds", Choice(new_id, text))
        written = write(edited, SOURCE)
    except ElearnError:
        return
    assert read(written)[0] == edited
