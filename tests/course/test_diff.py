from collections.abc import Callable
from dataclasses import replace

import pytest

from elearn.course.diff import Change, Diff, diff
from elearn.course.model import Box, Case, CompletionRule, CountryBlock, Course, Figure, Lesson, Module, Objective, Prose, QuizPage
from elearn.quiz.model import Number, Pool, Question, ShortText, SingleChoice, TrueFalse
from tests.course.sample import COURSE, KINDS, LESSON, QUIZ, SINGLE, TABLE


def with_page(page: Lesson | QuizPage, course: Course = COURSE) -> Course:
    """The course with one page replaced by its new edition."""
    modules = tuple(replace(module, pages=tuple(page if page.id == old.id else old for old in module.pages)) for module in course.modules)
    return replace(course, modules=modules)


def with_question(question: Question) -> Course:
    """The course with one question of the quiz replaced."""
    pool, last = QUIZ.quiz.slots
    assert isinstance(pool, Pool)
    slots = (replace(pool, questions=tuple(question if question.id == old.id else old for old in pool.questions)), last)
    return with_page(replace(QUIZ, quiz=replace(QUIZ.quiz, slots=slots)))


def kind(question_id: str) -> Question:
    return next(question for question in KINDS if question.id == question_id)


def of(new: Course) -> Diff:
    return diff(COURSE, new)


def test_the_same_course_has_no_changes() -> None:
    assert diff(COURSE, COURSE) == Diff((), "cosmetic", safe=True, kept=("duties", "final"))


def test_white_space_and_lines_are_cosmetic() -> None:
    blocks = (Prose("## Start {#start}\n\n\nThe  [duty-bearer](term:G006) and\nthe [holder](term:G007).", 99), *LESSON.blocks[1:])
    assert of(with_page(replace(LESSON, blocks=blocks))).level == "cosmetic"


@pytest.mark.parametrize(
    ("course", "change"),
    [
        (replace(COURSE, summary="New"), Change("wording", "course", "")),
        (replace(COURSE, objectives=(Objective("o1", "New"),)), Change("wording", "objective", "o1")),
        (with_page(replace(LESSON, title="New")), Change("wording", "page", "duties")),
        (with_question(replace(kind("open"), rubric=("new",))), Change("wording", "question", "final/open")),  # type: ignore[call-arg]
        (with_question(replace(kind("true"), hints=("new",))), Change("wording", "question", "final/true")),
    ],
)
def test_new_words_are_wording(course: Course, change: Change) -> None:
    found = of(course)
    assert (found.changes, found.level, found.safe) == ((change,), "wording", True)
    assert found.kept == ("duties", "final")


def test_new_words_of_a_choice_and_a_scene_are_wording() -> None:
    story = kind("story")
    scenes = story.scenes  # type: ignore[attr-defined]
    changed = replace(
        story,
        scenes=(replace(scenes[0], text="New", choices=(replace(scenes[0].choices[0], text="Left"), scenes[0].choices[1])), scenes[1]),
    )  # type: ignore[call-arg]
    found = of(with_question(changed))
    assert found.of("wording") == (Change("wording", "question", "final/story"), Change("wording", "choice", "final/story/go"))
    assert found.level == "wording"


def _choices(question: Question, change: Callable[[list[object]], list[object]]) -> Question:
    return replace(question, choices=tuple(change(list(question.choices))))  # type: ignore[call-arg, attr-defined]


KEYS: list[tuple[Question, str, str]] = [
    (replace(kind("true"), answer=False), "yes", "no"),  # type: ignore[call-arg]
    (_choices(kind("multiple"), lambda some: [some[0], replace(some[1], right=True)]), "a", "a, b"),  # type: ignore[type-var]
    (replace(kind("match"), stems=(replace(kind("match").stems[0], choice="d"),)), "s -> c", "s -> d"),  # type: ignore[call-arg, attr-defined]
    (replace(kind("order"), steps=tuple(replace(step, rank=1) for step in kind("order").steps)), "one, two", "one = two"),  # type: ignore[call-arg, attr-defined]
    (Number(id="number", prompt="How many?", answer=10), "9 nominal 0", "10 nominal 0"),
]


@pytest.mark.parametrize(("question", "old", "new"), KEYS)
def test_a_new_key_names_the_question_and_both_keys(question: Question, old: str, new: str) -> None:
    found = of(with_question(question))
    assert found.of("key") == (Change("key", "question", f"final/{question.id}", old, new),)
    assert (found.level, found.safe, found.kept) == ("key", False, ("duties",))


def test_every_kind_that_is_marked_by_machine_has_a_key() -> None:
    gaps = kind("gaps").gaps  # type: ignore[attr-defined]
    flipped = tuple(replace(choice, right=not choice.right) for choice in gaps[0].choices)
    assert of(with_question(replace(kind("gaps"), gaps=(replace(gaps[0], choices=flipped),)))).of("key")[0].new == "x: z"  # type: ignore[call-arg]
    short = kind("short")
    assert isinstance(short, ShortText)
    shorter = replace(short, accepted=short.accepted[:1])
    assert of(with_question(shorter)).of("key")[0].new == "Human Rights Committee (1)"
    scenes = kind("story").scenes  # type: ignore[attr-defined]
    worth = (replace(scenes[0], choices=(replace(scenes[0].choices[0], fraction=0.5), scenes[0].choices[1])), scenes[1])
    assert of(with_question(replace(kind("story"), scenes=worth))).of("key")[0].new.startswith("go -> then (0.5)")  # type: ignore[call-arg]


def test_a_key_of_a_practice_question_changes_its_lesson_alone() -> None:
    question = replace(SINGLE, choices=tuple(replace(choice, right=not choice.right) for choice in SINGLE.choices))
    box = LESSON.blocks[1]
    assert isinstance(box, Box)
    found = of(with_page(replace(LESSON, blocks=(LESSON.blocks[0], replace(box, blocks=(box.blocks[0], question)), *LESSON.blocks[2:]))))
    assert (found.level, found.safe, found.kept) == ("key", True, ("final",))


@pytest.mark.parametrize(
    ("course", "changes", "safe"),
    [
        (replace(COURSE, completion=CompletionRule("none")), (Change("rule", "course", ""),), True),
        (with_page(replace(QUIZ, quiz=replace(QUIZ.quiz, pass_mark=50))), (Change("rule", "page", "final"),), False),
        (with_question(replace(kind("multiple"), credit="exact")), (Change("rule", "question", "final/multiple"),), False),  # type: ignore[call-arg]
        (with_question(replace(kind("short"), exact=True)), (Change("rule", "question", "final/short"),), False),  # type: ignore[call-arg]
        (with_question(replace(kind("true"), weight=2)), (Change("rule", "question", "final/true"),), False),
        (with_page(replace(LESSON, objectives=())), (Change("rule", "page", "duties"),), True),
    ],
)
def test_new_rules_are_structure(course: Course, changes: tuple[Change, ...], safe: bool) -> None:
    found = of(course)
    assert (found.changes, found.level, found.safe) == (changes, "structure", safe)


@pytest.mark.parametrize(
    "block",
    [
        CountryBlock("TJ", (Prose("In Kazakhstan"),)),
        Box("safety", (Prose("In Kazakhstan"),)),
        Case("", made_up=True, blocks=(Prose("In Kazakhstan"),)),
    ],
)
def test_another_frame_around_the_same_words_is_structure(block: Box | Case | CountryBlock) -> None:
    blocks = tuple(block if isinstance(old, CountryBlock) else old for old in LESSON.blocks)
    assert of(with_page(replace(LESSON, blocks=blocks))).changes == (Change("rule", "page", "duties"),)


def test_another_picture_and_another_table_are_structure() -> None:
    for old, new in ((Figure, Figure("media/y.webp", "A river", "The caption")), (type(TABLE), replace(TABLE, where=()))):
        blocks = tuple(new if isinstance(block, old) else block for block in LESSON.blocks)
        assert of(with_page(replace(LESSON, blocks=blocks))).changes == (Change("rule", "page", "duties"),)


def test_pages_and_their_questions_come_and_go() -> None:
    new = replace(COURSE, modules=(COURSE.modules[0], Module("more", "More", (Lesson(id="new", title="New", minutes=1),))))
    found = of(new)
    assert Change("lost", "page", "final") in found.of("lost")
    assert Change("lost", "choice", "final/multiple/a") in found.of("lost")
    assert found.of("added") == (Change("added", "module", "more"), Change("added", "page", "new"))
    assert (found.level, found.safe, found.kept) == ("structure", False, ("duties",))


def test_a_question_that_goes_to_another_page_has_moved() -> None:
    quiz = replace(QUIZ, quiz=replace(QUIZ.quiz, slots=QUIZ.quiz.slots[:1]))
    lesson = replace(LESSON, blocks=(*LESSON.blocks, QUIZ.quiz.slots[1]))
    found = diff(COURSE, with_page(lesson, with_page(quiz)))
    assert found.changes == (Change("moved", "question", "duties/binds", "final/binds", "duties/binds"),)


def test_a_page_that_goes_to_another_module_has_moved_and_disturbs_nobody() -> None:
    modules = (replace(COURSE.modules[0], pages=(LESSON, QUIZ)), replace(COURSE.modules[1], pages=()))
    found = of(replace(COURSE, modules=modules))
    assert found.changes == (Change("moved", "page", "final", "finish", "first"),)
    assert (found.level, found.safe, found.kept) == ("structure", True, ("duties", "final"))


def test_another_order_is_a_move_and_that_of_choices_is_safe() -> None:
    found = of(with_question(_choices(kind("multiple"), lambda some: some[::-1])))
    assert found.changes == (
        Change("moved", "choice", "final/multiple/b", "final/multiple", "final/multiple"),
        Change("moved", "choice", "final/multiple/a", "final/multiple", "final/multiple"),
    )
    assert found.safe
    slots = QUIZ.quiz.slots[::-1]
    assert not of(with_page(replace(QUIZ, quiz=replace(QUIZ.quiz, slots=slots)))).safe


def test_a_lesson_that_becomes_a_quiz_is_another_kind_of_page() -> None:
    page = QuizPage(id="duties", title="Duties", minutes=10, quiz=replace(QUIZ.quiz, id="duties", slots=()))
    found = of(with_page(page))
    assert Change("kind", "page", "duties", "lesson", "quiz") in found.changes
    assert found.kept == ("final",)


def test_a_question_of_another_kind_is_no_change_of_key() -> None:
    found = of(with_question(TrueFalse(id="number", prompt="How many?", answer=True)))
    assert found.of("kind") == (Change("kind", "question", "final/number", "Number", "TrueFalse"),)
    assert found.of("key") == ()
    assert not found.safe


def test_a_choice_that_is_lost_disturbs_running_attempts() -> None:
    found = of(with_question(_choices(kind("match"), lambda some: some[:1])))
    assert found.changes == (Change("lost", "choice", "final/match/d"),)
    assert not found.safe
    assert isinstance(SINGLE, SingleChoice)
