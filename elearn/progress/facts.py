"""What happened to a learner in a course, as facts that are only ever added. What follows from them is decided in rule.py."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from elearn.quiz.grade import Grade

#: `practised`: a question of a lesson was answered (`ref` its id). `passed`, `critical`: an attempt (`ref` its id) reached the pass mark,
#: and had every critical question right. `marked`: a trainer's marks changed the grade of an attempt.
FactKind = Literal["opened", "read", "practised", "attempted", "passed", "critical", "marked"]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened on a page in a release; `ref` is a question or attempt id; `at` may be coarse (the hour)."""

    kind: FactKind
    page: str
    release: int
    at: datetime
    ref: str = ""
    fraction_e4: int | None = None


def graded(page: str, *, release: int, attempt: str, grade: Grade, at: datetime, again: bool = False) -> tuple[Fact, ...]:
    """The facts of an attempt that was handed in, or (`again`) marked by hand afterwards: attempted or marked, passed, critical."""
    kinds: list[FactKind] = ["marked" if again else "attempted"]
    if grade.passed:
        kinds.append("passed")
    if grade.critical_right:
        kinds.append("critical")
    return tuple(Fact(kind, page, release, at, ref=attempt, fraction_e4=grade.fraction_e4) for kind in kinds)
