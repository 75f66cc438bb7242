"""Questions become `:::` blocks: one writer for each kind, the mirror of read_kinds."""

from collections.abc import Callable, Iterable
from typing import Final

from elearn.course.fields import write_number
from elearn.course.question_lines import INDENT
from elearn.course.syntax import write_attributes, write_block
from elearn.quiz.model import (
    Branching,
    Choice,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Proof,
    Question,
    Scale,
    ShortText,
    SingleChoice,
    TrueFalse,
)

Pairs = list[tuple[str, str]]
Written = tuple[Pairs, list[str]]
DEFAULT_WEIGHT: Final = 1.0
DEFAULT_PENALTY: Final = 1 / 3


def write_question(question: Question) -> str:
    """The block of a question."""
    name, write = KINDS[type(question)]
    pairs, lines = write(question)
    closing = [line for hint in question.hints for line in _closing("hint", hint)]
    closing += _closing("feedback", question.feedback) if question.feedback else []
    body = [question.prompt, *(["", *lines] if lines else []), *(["", *closing] if closing else [])]
    return write_block(name, write_attributes(question.id, [*pairs, *_shared(question)]), "\n".join(body))


def _shared(question: Question) -> Pairs:
    given = (
        ("objective", question.objective, bool(question.objective)),
        ("weight", write_number(question.weight), question.weight != DEFAULT_WEIGHT),
        ("critical", "yes", question.critical),
        ("shuffle", "no", not question.shuffle),
        ("penalty", write_number(question.penalty), question.penalty != DEFAULT_PENALTY),
        ("proof", "; ".join(_proof(proof) for proof in question.proofs), bool(question.proofs)),
    )
    return [(key, value) for key, value, is_given in given if is_given]


def _proof(proof: Proof) -> str:
    return f"{proof.row}:{proof.column}{proof.operator}{proof.value}" if proof.operator else proof.row


def _closing(name: str, text: str) -> list[str]:
    first, *rest = text.split("\n")
    return [f"{name}: {first}", *(INDENT + line if line else "" for line in rest)]


def _item(start: str, text: str, attributes: str, feedback: str = "") -> list[str]:
    notes = feedback.split("\n") if feedback else []
    return [f"{start} {text}{attributes}", *(f"{INDENT}> {line}" if line else f"{INDENT}>" for line in notes)]


def _marked(choices: Iterable[Choice]) -> list[str]:
    lines: list[str] = []
    for choice in choices:
        lines += _item("- [x]" if choice.right else "- [ ]", choice.text, write_attributes(choice.id), choice.feedback)
    return lines


def _single(question: Question) -> Written:
    assert isinstance(question, SingleChoice)
    return [], _marked(question.choices)


def _multiple(question: Question) -> Written:
    assert isinstance(question, MultipleChoice)
    return [("credit", question.credit)] if question.credit != "balanced" else [], _marked(question.choices)


def _true_false(question: Question) -> Written:
    assert isinstance(question, TrueFalse)
    return [("answer", "yes" if question.answer else "no")], []


def _matching(question: Question) -> Written:
    assert isinstance(question, Matching)
    lines: list[str] = []
    for choice in question.choices:
        lines += _item("+", choice.text, write_attributes(choice.id), choice.feedback)
    for stem in question.stems:
        lines += _item("-", stem.text, write_attributes(stem.id, goto=stem.choice))
    return [], lines


def _ordering(question: Question) -> Written:
    assert isinstance(question, Ordering)
    return [], [line for step in question.steps for line in _item(f"{step.rank}.", step.text, write_attributes(step.id))]


def _gaps(question: Question) -> Written:
    assert isinstance(question, GapSelect)
    return [], [line for gap in question.gaps for line in (f"@ {gap.id}", *_marked(gap.choices))]


def _fraction(fraction: float, default: float) -> Pairs:
    return [("fraction", write_number(fraction))] if fraction != default else []


def _short_text(question: Question) -> Written:
    assert isinstance(question, ShortText)
    lines: list[str] = []
    for answer in question.accepted:
        lines += _item("=", answer.text, write_attributes(answer.id, _fraction(answer.fraction, 1.0)))
    return [("exact", "yes")] if question.exact else [], lines


def _number(question: Question) -> Written:
    assert isinstance(question, Number)
    pairs = [("answer", write_number(question.answer))]
    pairs += [("tolerance", write_number(question.tolerance))] if question.tolerance else []
    pairs += [("mode", question.mode)] if question.mode != "nominal" else []
    return pairs, []


def _scale(question: Question) -> Written:
    assert isinstance(question, Scale)
    return [], [line for choice in question.choices for line in _item("-", choice.text, write_attributes(choice.id), choice.feedback)]


def _branching(question: Question) -> Written:
    assert isinstance(question, Branching)
    lines: list[str] = []
    for scene in question.scenes:
        lines += [f"@ {scene.id}", scene.text]
        for way in scene.choices:
            lines += _item("-", way.text, write_attributes(way.id, _fraction(way.fraction, 0.0), goto=way.goto), way.feedback)
    return [], lines


def _open(question: Question) -> Written:
    assert isinstance(question, OpenAnswer)
    pairs = [("words", str(question.words))] if question.words else []
    return pairs, [line for rubric in question.rubric for line in _closing("rubric", rubric)]


KINDS: Final[dict[type[Question], tuple[str, Callable[[Question], Written]]]] = {
    SingleChoice: ("single", _single),
    MultipleChoice: ("multiple", _multiple),
    TrueFalse: ("true-false", _true_false),
    Matching: ("matching", _matching),
    Ordering: ("ordering", _ordering),
    GapSelect: ("gaps", _gaps),
    ShortText: ("short-text", _short_text),
    Number: ("number", _number),
    Scale: ("scale", _scale),
    Branching: ("branching", _branching),
    OpenAnswer: ("open", _open),
}
