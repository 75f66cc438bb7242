"""One question as a form: its rendered texts, its drawn order, the answer so far and what may be shown of it. No grading, no SQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from elearn.quiz.behaviour import NOTHING, Reveal
from elearn.quiz.draw import DrawnQuestion
from elearn.quiz.grade import Mark
from elearn.quiz.kind import Response
from elearn.quiz.model import Branching, Question
from elearn.quiz.response import redisplay, right_response
from elearn.web.parts import question_parts as parts

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of one question in an attempt: the answer, its mark, hints earned, what is wrong with what was typed."""

    response: Response | None = None
    fields: Mapping[str, Sequence[str]] | None = None
    mark: Mark | None = None
    hints: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What the template of a kind receives: `options` depend on the kind, `verdict` is empty while nothing may be said.

    `was` marks the answer that is shown, so that the form can tell whether it was touched. `retry`: closed, but it may be tried once more.
    """

    id: str
    kind: str
    prompt: str
    options: Any
    text: str
    words: int
    hints: tuple[str, ...]
    feedback: str
    verdict: str
    problems: tuple[str, ...]
    answered: bool
    closed: bool
    show_key: bool
    number: int = 0
    all: int = 0
    was: str = ""
    retry: bool = False

    def name(self, field: str) -> str:
        """Give the name of a form field of this question."""
        return f"{self.id}:{field}"

    def numbered(self, number: int, total: int) -> "QuestionView":
        """Give the same question as number so-and-so of so many."""
        return replace(self, number=number, all=total)


def fields_of(form: Mapping[str, Sequence[str]], question_id: str) -> dict[str, Sequence[str]]:
    """Give the fields of one question from a posted form, named relative to it."""
    prefix = f"{question_id}:"
    return {name.removeprefix(prefix): values for name, values in form.items() if name.startswith(prefix)}


def question_view(
    rendered: Json, question: Question, drawn: DrawnQuestion, given: Given, *, reveal: Reveal = NOTHING, closed: bool = False
) -> QuestionView:
    """Make the view of a question; typed fields win over the saved answer, so that nothing typed is lost."""
    fields = given.fields if given.fields is not None else redisplay(question, given.response)
    key = redisplay(question, right_response(question)) if reveal.right_answer else {}
    shown = parts.Shown(
        fields=fields, key=key, feedback=reveal.choice_feedback and given.response is not None, all_feedback=reveal.right_answer
    )
    return QuestionView(
        id=question.id,
        kind=rendered["kind"],
        prompt=rendered["prompt"],
        options=parts.options(rendered, drawn.option_order, shown, branching=question if isinstance(question, Branching) else None),
        text=next(iter(fields.get("text", ())), ""),
        words=rendered.get("words", 0),
        hints=tuple(rendered["hints"][: given.hints]),
        feedback=rendered["feedback"] if reveal.general_feedback else "",
        verdict=given.mark.verdict if given.mark and reveal.correctness and given.response is not None else "",
        problems=given.problems,
        answered=given.response is not None,
        closed=closed,
        show_key=reveal.right_answer,
    )
