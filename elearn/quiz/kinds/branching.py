"""Branching scenario: the response is the path; only scenes that earlier choices lead to count."""

from collections.abc import Mapping
from typing import Final

from elearn.errors import Problem
from elearn.quiz.kind import Fields, Kind, Parsed, Response, Spoken, pick
from elearn.quiz.model import Branching, Choice, Scene

_FIELD: Final = "scene-"
#: For a scene: by number of decisions until the end, the best sum and the choices that earn it.
_Ends = dict[int, tuple[float, dict[str, str]]]


def walk(question: Branching, given: Mapping[str, str]) -> tuple[dict[str, Choice], Scene | None]:
    """The choices taken along the path, by scene, and the scene that waits for a decision (None: the end is reached)."""
    scenes = {scene.id: scene for scene in question.scenes}
    taken: dict[str, Choice] = {}
    scene = next(iter(question.scenes), None)
    while scene and scene.id not in taken:
        choice = next((c for c in scene.choices if c.id == given.get(scene.id)), None)
        if choice is None:
            return taken, scene
        taken[scene.id] = choice
        scene = scenes.get(choice.goto)
    return taken, None


def parse(question: Branching, fields: Fields) -> Parsed:
    """A choice id in each field `scene-<scene>` along the path; problem: unknown-choice. Scenes off the path are left out."""
    problems: dict[str, tuple[Problem, ...]] = {}
    given: dict[str, str] = {}
    for scene in question.scenes:
        given[scene.id], problems[scene.id] = pick(question, fields, _FIELD + scene.id, [c.id for c in scene.choices])
    taken, waiting = walk(question, given)
    value = {scene_id: choice.id for scene_id, choice in taken.items()}
    return (Response("branching", value) if value else None), (problems[waiting.id] if waiting else ())


def redisplay(_question: Branching, response: Response) -> dict[str, list[str]]:
    """The form fields that give this response."""
    return {_FIELD + scene: [choice] for scene, choice in response.parts().items()}


def grade(question: Branching, response: Response, _spoken: Spoken) -> float | None:
    """The mean of what the decisions taken earn; None until the path reaches an end."""
    taken, waiting = walk(question, response.parts())
    return None if waiting or not taken else sum(choice.fraction for choice in taken.values()) / len(taken)


def right_response(question: Branching) -> Response | None:
    """The path with the best mean, the shortest of equals."""
    scenes = {scene.id: scene for scene in question.scenes}
    ends = _best_ends(next(iter(scenes), ""), scenes, {})
    if not ends:
        return None
    best = max(ends, key=lambda length: (ends[length][0] / length, -length))
    return Response("branching", ends[best][1])


def _best_ends(scene_id: str, scenes: Mapping[str, Scene], known: dict[str, _Ends]) -> _Ends:
    """The best way on from a scene for every possible number of decisions; each scene is worked out once."""
    if scene_id in known or scene_id not in scenes:
        return known.get(scene_id, {})
    ends = known[scene_id] = {}
    for choice in scenes[scene_id].choices:
        onward = _best_ends(choice.goto, scenes, known) if choice.goto in scenes else {0: (0.0, {})}
        for length, (total, path) in onward.items():
            if total + choice.fraction > ends.get(length + 1, (-1.0, {}))[0]:
                ends[length + 1] = (total + choice.fraction, {scene_id: choice.id, **path})
    return ends


def is_complete(question: Branching, response: Response) -> bool:
    """Whether the path reaches an end."""
    return walk(question, response.parts())[1] is None


def option_groups(question: Branching) -> dict[str, tuple[str, ...]]:
    """The choices of every scene, shuffled apart."""
    return {scene.id: tuple(c.id for c in scene.choices) for scene in question.scenes}


KIND: Final = Kind(
    name="branching",
    parse=parse,
    fields=redisplay,
    grade=grade,
    right_response=right_response,
    is_complete=is_complete,
    option_groups=option_groups,
    shuffling="asked",
)
