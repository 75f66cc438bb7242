"""What a quiz is: questions, choices, pools and presets. Values only; reading, drawing and grading live beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

Credit = Literal["balanced", "exact", "each"]
Form = Literal["practice", "test", "baseline"]
Paging = Literal["one", "all"]
Tolerance = Literal["nominal", "relative", "geometric"]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: `right` marks the key, `feedback` is Markdown, `fraction` is what it earns where right or wrong is not enough."""

    id: str
    text: str
    right: bool = False
    feedback: str = ""
    fraction: float = 0.0
    goto: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Stem:
    """One left-hand item of a matching question and the id of its right choice."""

    id: str
    text: str
    choice: str
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Gap:
    """One gap of a gap-select question with its choices."""

    id: str
    choices: tuple[Choice, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a branching scenario: Markdown and the choices that lead on."""

    id: str
    text: str
    choices: tuple[Choice, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Step:
    """One item to put in order; equal `rank`s may stand in either order."""

    id: str
    text: str
    rank: int
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """One accepted answer of a short-text question; `*` stands for anything; `fraction` in 0..1."""

    id: str
    text: str
    fraction: float = 1.0
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact row that the key rests on: `row` is table/key…; with `column`, its value equals or starts with `value`."""

    row: str
    column: str = ""
    operator: Literal["", "=", "^="] = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What every kind shares: texts are Markdown; `weight` ≥ 0; `penalty` in 0..1 for each wrong try in practice."""

    id: str
    prompt: str
    feedback: str = ""
    hints: tuple[str, ...] = ()
    objective: str = ""
    weight: float = 1.0
    critical: bool = False
    shuffle: bool = True
    penalty: float = 1 / 3
    proofs: tuple[Proof, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleChoice(Question):
    """Exactly one right choice."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MultipleChoice(Question):
    """One or more right choices, marked by `credit`."""

    choices: tuple[Choice, ...]
    credit: Credit = "balanced"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueFalse(Question):
    """A statement; `answer` says whether it is true."""

    answer: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching(Question):
    """Stems to be given choices; some choices may be distractors."""

    stems: tuple[Stem, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordering(Question):
    """Steps in their right order."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapSelect(Question):
    """A prompt with `{{gap}}` marks, each filled from a list."""

    gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortText(Question):
    """A typed word or phrase; `exact` switches the tolerance for case and missing letters off."""

    accepted: tuple[Accepted, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Question):
    """A typed number with a tolerance."""

    answer: float
    tolerance: float = 0.0
    mode: Tolerance = "nominal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Question):
    """Points from low to high; no key, no mark."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branching(Question):
    """Scenes that choices lead through; the mark is the mean over the decisions taken."""

    scenes: tuple[Scene, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAnswer(Question):
    """A case answer that a person marks; `rubric` lines say what earns the mark; `words` is the asked length, 0 = free."""

    rubric: tuple[str, ...] = ()
    words: int = 0


@dataclass(frozen=True, slots=True)
class Pool:
    """Questions of equal worth from which `draw` are drawn by the seed of the attempt."""

    id: str
    draw: int
    questions: tuple[Question, ...]
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiz:
    """A quiz as written: `slots` are questions or pools; `pass_mark` in percent; `tries` and `minutes_limit`: 0 = unlimited."""

    id: str
    form: Form
    slots: tuple[Question | Pool, ...]
    pass_mark: int = 0
    tries: int = 0
    minutes_limit: int = 0
    paging: Paging = "one"
    shuffle: bool = True

    def questions(self) -> Iterator[Question]:
        """Every question, drawn or not, in the order of the file."""
        for slot in self.slots:
            if isinstance(slot, Pool):
                yield from slot.questions
            else:
                yield slot

    def question(self, question_id: str) -> Question | None:
        """The question with this id, or None."""
        return next((q for q in self.questions() if q.id == question_id), None)
