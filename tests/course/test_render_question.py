from typing import Any

import pytest

from elearn.course.model import page_questions
from elearn.course.read import read
from elearn.course.render import render_page
from elearn.course.render_question import plain
from elearn.course.source import Source
from elearn.course.translate import Translator
from elearn.quiz.kinds import KINDS, kind_of
from tests.course.sample import COURSE, SINGLE
from tests.course.sample import KINDS as QUESTIONS
from tests.courses import EVERY_KIND

Json = dict[str, Any]


@pytest.fixture(scope="module")
def rendered() -> Json:
    """Every question of the sample course, by id."""
    translator = Translator(COURSE, "en", {})
    bodies = [render_page(COURSE, translator, module, page, media=str) for module, page in COURSE.pages()]
    return {name: question for body in bodies for name, question in body["questions"].items()}


def test_every_kind_is_rendered_under_its_name(rendered: Json) -> None:
    questions = (*QUESTIONS, SINGLE)
    assert {type(question) for question in questions} == set(KINDS)
    for question in questions:
        assert rendered[question.id]["kind"] == kind_of(question).name
        assert rendered[question.id]["prompt"]


def test_every_option_that_may_be_drawn_has_its_text() -> None:
    course, _ = read(Source.from_folder(EVERY_KIND))
    assert course is not None
    for module, page in course.pages():
        body = render_page(course, Translator(course, "ru", {}), module, page, media=str)
        for question in page_questions(page):
            made = body["questions"][question.id]
            named = {option for group in kind_of(question).option_groups(question).values() for option in group}
            assert named <= {*ids_of(made), "yes", "no"}


def ids_of(made: Json) -> set[str]:
    """The ids a rendered question has texts for."""
    scenes = made.get("scenes", {}).values()
    groups = [*(scene["choices"] for scene in scenes), *made.get("gaps", {}).values()]
    return {name for group in (made.get("choices", {}), made.get("stems", {}), made.get("steps", {}), *groups) for name in group}


def test_hints_and_feedback_stand_beside_the_choices(rendered: Json) -> None:
    who = rendered["who"]
    assert who["hints"] == ["Who signs treaties?"]
    assert "ICCPR art. 2" in who["feedback"]
    assert who["choices"]["state"]["feedback"] == "Yes. It signed."
    assert who["choices"]["person"] == {"html": "The person", "text": "The person", "feedback": "", "goto": "", "lang": ""}


def test_parts_by_kind(rendered: Json) -> None:
    assert (rendered["match"]["stems"], set(rendered["match"]["choices"])) == ({"s": "Stem"}, {"c", "d"})
    assert rendered["order"]["steps"] == {"one": "Step one", "two": "Step two"}
    assert rendered["story"]["scenes"]["start"]["choices"]["go"]["goto"] == "then"
    assert rendered["story"]["scenes"]["then"]["html"].strip() == "<p>It goes on.</p>"
    assert (rendered["open"]["words"], rendered["open"]["rubric"]) == (50, ["names a duty"])
    assert rendered["short"]["answers"] == ["Human Rights Committee"]
    assert rendered["true"].keys() == rendered["number"].keys() == {"id", "kind", "prompt", "feedback", "hints"}


def test_a_prompt_with_gaps_comes_in_pieces_around_them(rendered: Json) -> None:
    before, gap, after = rendered["gaps"]["segments"]
    assert (before, gap, after.strip()) == ("<p>Fill ", "x", "</p>")
    assert rendered["gaps"]["gaps"]["x"]["y"]["text"] == "word"


def test_words_without_markup() -> None:
    assert plain('<em>a</em> &lt;b&gt; <span lang="ru">я</span> &amp;') == "a <b> я &"
