"""One builder for each kind of question: marked lines become choices, stems, gaps, scenes. Reading only; grading is in elearn.quiz."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, TypedDict

from elearn.course.fields import Fields
from elearn.course.problems import Report
from elearn.course.question_lines import Item, QuestionLines
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    Credit,
    Gap,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Proof,
    Question,
    Scale,
    Scene,
    ShortText,
    SingleChoice,
    Stem,
    Step,
    Tolerance,
    TrueFalse,
)

CREDITS: Final[tuple[Credit, ...]] = ("balanced", "exact", "each")
MODES: Final[tuple[Tolerance, ...]] = ("nominal", "relative", "geometric")
ANSWERS: Final = ("yes", "no")
END: Final = "end"
#: Up to here a number is kept to the last digit, and people can type it.
LARGEST: Final = 10**15
_GAP: Final = re.compile(r"\{\{([^{}\s]*)\}\}")
_LEAST: Final = 2


class Shared(TypedDict):
    """What every kind of question has."""

    id: str
    prompt: str
    feedback: str
    hints: tuple[str, ...]
    objective: str
    weight: float
    critical: bool
    shuffle: bool
    penalty: float
    proofs: tuple[Proof, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A question while it is read: its lines, its pairs, its place."""

    body: QuestionLines
    fields: Fields
    report: Report
    line: int

    def choices(self, marker: str) -> tuple[Choice, ...]:
        """The choices with this marker; at least two."""
        found = tuple(choice(item, self.report) for item in self.body.of(marker))
        self.enough(found, self.line)
        return found

    def enough(self, choices: tuple[Choice, ...], line: int) -> None:
        """Note it when there is nothing to choose between."""
        if len(choices) < _LEAST:
            self.report.error("too-few-choices", line, least=_LEAST)

    def one_right(self, choices: tuple[Choice, ...], line: int) -> None:
        """Note it unless exactly one choice is right."""
        right = sum(choice.right for choice in choices)
        if right > 1:
            self.report.error("too-many-right-choices", line)
        elif not right:
            self.report.error("missing-right-choice", line)

    def check_ids(self) -> None:
        """Note every id that two lines of the question share."""
        seen: set[str] = set()
        for item in self.body.items:
            if item.id and item.id in seen:
                self.report.error("duplicate-id", item.line, id=item.id)
            seen.add(item.id)


def choice(item: Item, report: Report, *, scene: bool = False) -> Choice:
    """A choice of a marked line; only in a scene it leads somewhere and earns a fraction."""
    fraction = fields_of(item).number("fraction", 0.0, low=0, high=1) if scene else 0.0
    if item.goto and not scene:
        report.error("unexpected-arrow", item.line)
    if scene and not item.goto:
        report.error("missing-arrow", item.line)
    fields_of(item).finish()
    return Choice(item.id, item.text, item.mark in {"x", "X"}, item.feedback(), fraction, item.goto, item.line)


def fields_of(item: Item) -> Fields:
    """The pairs of a marked line that is not a closing one."""
    assert item.fields is not None
    return item.fields


def _no_arrow(item: Item, report: Report) -> None:
    if item.goto:
        report.error("unexpected-arrow", item.line)
    fields_of(item).finish()


def _single(shared: Shared, draft: Draft) -> Question:
    choices = draft.choices("choice")
    draft.one_right(choices, draft.line)
    return SingleChoice(**shared, choices=choices)


def _multiple(shared: Shared, draft: Draft) -> Question:
    choices = draft.choices("choice")
    if not any(choice.right for choice in choices):
        draft.report.error("missing-right-choice", draft.line)
    return MultipleChoice(**shared, choices=choices, credit=draft.fields.one_of("credit", CREDITS, "balanced"))


def _true_false(shared: Shared, draft: Draft) -> Question:
    return TrueFalse(**shared, answer=draft.fields.yes_no("answer"))


def _matching(shared: Shared, draft: Draft) -> Question:
    choices = draft.choices("plus")
    known = {choice.id for choice in choices}
    stems: list[Stem] = []
    for item in draft.body.of("minus"):
        if not item.goto:
            draft.report.error("missing-arrow", item.line)
        elif item.goto not in known:
            draft.report.error("arrow-to-nowhere", item.line, id=item.goto)
        if item.notes:
            draft.report.error("feedback-not-allowed", item.notes[0][0])
        fields_of(item).finish()
        stems.append(Stem(item.id, item.text, item.goto, item.line))
    if not stems:
        draft.report.error("no-stems", draft.line)
    return Matching(**shared, stems=tuple(stems), choices=choices)


def _ordering(shared: Shared, draft: Draft) -> Question:
    steps: list[Step] = []
    for item in draft.body.of("step"):
        _no_arrow(item, draft.report)
        steps.append(Step(item.id, item.text, int(item.mark), item.line))
        if steps[-1].rank < steps[max(len(steps) - 2, 0)].rank:
            draft.report.error("steps-out-of-order", item.line)
    if len(steps) < _LEAST:
        draft.report.error("too-few-steps", draft.line)
    return Ordering(**shared, steps=tuple(steps))


def _gaps(shared: Shared, draft: Draft) -> Question:
    gaps = [
        Gap(head.id, tuple(choice(item, draft.report) for item in items), head.line) for head, items in _grouped(draft, "gap", "choice")
    ]
    for gap in gaps:
        draft.enough(gap.choices, gap.line)
        draft.one_right(gap.choices, gap.line)
    marks = _GAP.findall(shared["prompt"])
    for name in dict.fromkeys(marks):
        if name not in {gap.id for gap in gaps}:
            draft.report.error("gap-without-list", draft.line, id=name)
        if marks.count(name) > 1:
            draft.report.error("gap-twice", draft.line, id=name)
    for gap in gaps:
        if gap.id not in marks:
            draft.report.error("list-without-gap", gap.line, id=gap.id)
    return GapSelect(**shared, gaps=tuple(gaps))


def _grouped(draft: Draft, head: str, member: str) -> list[tuple[Item, list[Item]]]:
    groups: list[tuple[Item, list[Item]]] = []
    for item in draft.body.items:
        if item.marker == head:
            groups.append((item, []))
        elif item.marker == member and groups:
            groups[-1][1].append(item)
        elif item.marker == member:
            draft.report.error("choice-before-list", item.line)
    return groups


def _short_text(shared: Shared, draft: Draft) -> Question:
    accepted: list[Accepted] = []
    for item in draft.body.of("accepted"):
        fraction = fields_of(item).number("fraction", 1.0, low=0, high=1)
        _no_arrow(item, draft.report)
        accepted.append(Accepted(item.id, item.text, fraction, item.line))
    if not accepted:
        draft.report.error("no-accepted-answer", draft.line)
    elif all(answer.fraction < 1 for answer in accepted):
        draft.report.error("no-full-answer", draft.line)
    return ShortText(**shared, accepted=tuple(accepted), exact=draft.fields.yes_no("exact", default=False))


def _number(shared: Shared, draft: Draft) -> Question:
    return Number(
        **shared,
        answer=draft.fields.number("answer", low=-LARGEST, high=LARGEST),
        tolerance=draft.fields.number("tolerance", 0.0, low=0, high=LARGEST),
        mode=draft.fields.one_of("mode", MODES, "nominal"),
    )


def _scale(shared: Shared, draft: Draft) -> Question:
    return Scale(**shared, choices=draft.choices("minus"))


def _branching(shared: Shared, draft: Draft) -> Question:
    scenes: list[Scene] = []
    for head, items in _grouped(draft, "scene", "minus"):
        choices = tuple(choice(item, draft.report, scene=True) for item in items)
        scenes.append(Scene(head.id, head.prose(), choices, head.line))
        if not choices:
            draft.report.error("too-few-choices", head.line, least=1)
        if head.id == END:
            draft.report.error("scene-named-end", head.line)
        if not scenes[-1].text:
            draft.report.error("empty-text", head.line)
    if not scenes:
        draft.report.error("no-scenes", draft.line)
    _check_ways(tuple(scenes), draft.report)
    return Branching(**shared, scenes=tuple(scenes))


def _check_ways(scenes: tuple[Scene, ...], report: Report) -> None:
    by_id = {scene.id: scene for scene in scenes}
    for scene in scenes:
        for way in scene.choices:
            if way.goto and way.goto != END and way.goto not in by_id:
                report.error("arrow-to-nowhere", way.line, id=way.goto)
    ways = {scene.id: tuple(way.goto for way in scene.choices if way.goto in by_id) for scene in scenes}
    for scene in scenes:
        if scene.id in _reached(ways[scene.id], ways):
            report.error("scene-loop", scene.line, id=scene.id)
        if scene is not scenes[0] and scene.id not in _reached((scenes[0].id,), ways):
            report.warning("scene-unreachable", scene.line, id=scene.id)


def _reached(start: tuple[str, ...], ways: Mapping[str, tuple[str, ...]]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        scene = waiting.pop()
        if scene not in reached:
            reached.add(scene)
            waiting += ways[scene]
    return reached


def _open(shared: Shared, draft: Draft) -> Question:
    rubric = tuple(item.closing_text() for item in draft.body.of("rubric"))
    return OpenAnswer(**shared, rubric=rubric, words=draft.fields.whole("words", 0, high=10_000))


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of question is read: the markers of its lines and its builder."""

    markers: tuple[str, ...]
    build: Callable[[Shared, Draft], Question]


KINDS: Final[dict[str, Kind]] = {
    "single": Kind(("choice",), _single),
    "multiple": Kind(("choice",), _multiple),
    "true-false": Kind((), _true_false),
    "matching": Kind(("plus", "minus"), _matching),
    "ordering": Kind(("step",), _ordering),
    "gaps": Kind(("gap", "choice"), _gaps),
    "short-text": Kind(("accepted",), _short_text),
    "number": Kind((), _number),
    "scale": Kind(("minus",), _scale),
    "branching": Kind(("scene", "minus"), _branching),
    "open": Kind(("rubric",), _open),
}
