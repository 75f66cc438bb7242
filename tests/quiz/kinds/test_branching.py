from itertools import product

import pytest
from hypothesis import given

from elearn.quiz.kinds.branching import grade, is_complete, option_groups, parse, redisplay, right_response, walk
from elearn.quiz.model import Branching, Choice, Scene
from tests.quiz.questions import BRANCHING, ENGLISH, branchings, said


def test_the_path_is_read_scene_by_scene() -> None:
    response, problems = parse(BRANCHING, {"scene-start": ["ask"], "scene-answer": ["write"]})
    assert (response, problems) == (said(BRANCHING, {"start": "ask", "answer": "write"}), ())
    assert response is not None
    assert redisplay(BRANCHING, response) == {"scene-start": ["ask"], "scene-answer": ["write"]}


def test_a_scene_that_the_choices_do_not_lead_to_does_not_count() -> None:
    response, problems = parse(BRANCHING, {"scene-start": ["nothing"], "scene-answer": ["forged"]})
    assert (response, problems) == (said(BRANCHING, {"start": "nothing"}), ())
    forged = said(BRANCHING, {"start": "nothing", "answer": "write"})
    assert grade(BRANCHING, forged, ENGLISH) == 0


def test_a_choice_that_is_not_there_is_a_problem_of_the_scene_that_waits() -> None:
    response, problems = parse(BRANCHING, {"scene-start": ["ask"], "scene-answer": ["forged"]})
    assert response == said(BRANCHING, {"start": "ask"})
    assert [(p.code, p.params["field"]) for p in problems] == [("unknown-choice", "scene-answer")]


@pytest.mark.parametrize(
    ("value", "fraction"),
    [
        ({"start": "ask", "answer": "write"}, 0.75),
        ({"start": "ask", "answer": "give-up"}, 0.5),
        ({"start": "nothing"}, 0),
        ({"start": "ask"}, None),
    ],
)
def test_the_mark_is_the_mean_over_the_decisions_taken_once_the_end_is_reached(value: dict[str, str], fraction: float | None) -> None:
    response = said(BRANCHING, value)
    assert grade(BRANCHING, response, ENGLISH) == fraction
    assert is_complete(BRANCHING, response) is (fraction is not None)


def test_a_path_that_was_never_begun_has_no_mark() -> None:
    assert grade(BRANCHING, said(BRANCHING, {}), ENGLISH) is None
    empty = Branching(id="q", prompt="?", scenes=())
    assert grade(empty, said(empty, {}), ENGLISH) is None
    assert right_response(empty) is None


def test_scenes_that_lead_in_a_circle_do_not_hang() -> None:
    circle = Branching(id="q", prompt="?", scenes=(Scene("s", "…", (Choice("on", "on", goto="s"),)),))
    taken, waiting = walk(circle, {"s": "on"})
    assert (list(taken), waiting) == (["s"], None)
    assert right_response(circle) is None


def _every_path(question: Branching) -> list[dict[str, str]]:
    answers = product(*([(scene.id, choice.id) for choice in scene.choices] for scene in question.scenes))
    return [dict(path) for path in answers]


@given(branchings())
def test_the_key_is_a_path_with_the_best_mean(question: Branching) -> None:
    small = Branching(id="q", prompt="?", scenes=tuple(Scene(s.id, s.text, s.choices[:2]) for s in question.scenes))
    key = right_response(small)
    assert key is not None
    means = [grade(small, said(small, path), ENGLISH) or 0.0 for path in _every_path(small)]
    assert grade(small, key, ENGLISH) == pytest.approx(max(means))


def test_the_choices_of_every_scene_are_options() -> None:
    assert option_groups(BRANCHING) == {"start": ("ask", "nothing"), "answer": ("write", "give-up")}
