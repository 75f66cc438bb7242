"""One module for each question kind and their registry."""

from typing import Any, Final

from elearn.quiz.kind import Kind
from elearn.quiz.kinds import branching, gaps, matching, multiple, number, open_answer, ordering, scale, short_text, single, true_false
from elearn.quiz.model import (
    Branching,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Question,
    Scale,
    ShortText,
    SingleChoice,
    TrueFalse,
)

#: Every kind by the class of its questions, in the order of docs/course-format.md.
KINDS: Final[dict[type[Question], Kind[Any]]] = {
    SingleChoice: single.KIND,
    MultipleChoice: multiple.KIND,
    TrueFalse: true_false.KIND,
    Matching: matching.KIND,
    Ordering: ordering.KIND,
    GapSelect: gaps.KIND,
    ShortText: short_text.KIND,
    Number: number.KIND,
    Scale: scale.KIND,
    Branching: branching.KIND,
    OpenAnswer: open_answer.KIND,
}


def kind_of(question: Question) -> Kind[Any]:
    """The kind of a question; `kind_of(q).name` is the word of docs/course-format.md."""
    return KINDS[type(question)]
