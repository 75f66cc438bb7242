"""One question in one language as data that forms are made of. It must not know templates or what may be revealed when."""

import re
from html import unescape
from typing import Any, Final, Protocol

from elearn.quiz.kinds import kind_of
from elearn.quiz.model import (
    Branching,
    Choice,
    GapSelect,
    Matching,
    MultipleChoice,
    OpenAnswer,
    Ordering,
    Question,
    Scale,
    ShortText,
    SingleChoice,
)

Json = dict[str, Any]

_TAG: Final = re.compile(r"<[^>]*>")
_LANG: Final = re.compile(r'<span lang="([a-z]+)">')
_GAP: Final = re.compile(r"\{\{([a-z0-9][a-z0-9-]*)\}\}")


class Pen(Protocol):
    """The part of a rendering job that questions need."""

    page: Any

    def block(self, text: str, context: str = "") -> str:
        """HTML of Markdown paragraphs."""

    def line(self, text: str, context: str = "") -> str:
        """HTML of a one-line text."""


def plain(html: str) -> str:
    """Words of a piece of our own HTML, for places that take no markup (an option of a list)."""
    return unescape(_TAG.sub("", html))


def rendered_question(question: Question, pen: Pen) -> Json:
    """Give the JSON of a question: kind, prompt, parts by id, hints, feedback.

    No key is in it, but feedback and the accepted words of a short text tell: whoever shows them asks `quiz.behaviour.reveal` first.
    """
    context = f"{pen.page.id}/{question.id}"
    prompt = pen.block(question.prompt, context)
    return {
        "id": question.id,
        "kind": kind_of(question).name,
        "prompt": prompt,
        "feedback": pen.block(question.feedback, context) if question.feedback else "",
        "hints": [pen.line(hint, context) for hint in question.hints],
        **_parts(question, pen, context, prompt),
    }


def _parts(question: Question, pen: Pen, context: str, prompt: str) -> Json:
    match question:
        case SingleChoice() | MultipleChoice() | Scale():
            return {"choices": _choices(question.choices, pen, context)}
        case Matching():
            return {
                "stems": {stem.id: pen.line(stem.text, f"{context}/{stem.id}") for stem in question.stems},
                "choices": _choices(question.choices, pen, context),
            }
        case Ordering():
            return {"steps": {step.id: pen.line(step.text, f"{context}/{step.id}") for step in question.steps}}
        case GapSelect():
            return {
                "segments": _GAP.split(prompt),
                "gaps": {gap.id: _choices(gap.choices, pen, context) for gap in question.gaps},
            }
        case Branching():
            return {
                "scenes": {
                    scene.id: {"html": pen.block(scene.text, context), "choices": _choices(scene.choices, pen, context)}
                    for scene in question.scenes
                }
            }
        case ShortText():
            return {"answers": [pen.line(accepted.text, f"{context}/{accepted.id}") for accepted in question.accepted[:1]]}
        case OpenAnswer():
            return {"words": question.words, "rubric": [pen.line(line, context) for line in question.rubric]}
        case _:
            return {}


def _choices(choices: tuple[Choice, ...], pen: Pen, context: str) -> Json:
    return {choice.id: _choice(choice, pen, f"{context}/{choice.id}") for choice in choices}


def _choice(choice: Choice, pen: Pen, context: str) -> Json:
    html = pen.line(choice.text, context)
    return {
        "html": html,
        "text": plain(html),
        "lang": next(iter(_LANG.findall(html)), ""),
        "feedback": pen.line(choice.feedback, context) if choice.feedback else "",
        "goto": choice.goto,
    }
