"""Errors and problems as codes: no sentences here, they are spoken at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


class ElearnError(Exception):
    """Base of every error a deed may raise; `code` names it, `params` fill its sentence."""

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, str | int] = params


class NotFound(ElearnError):  # noqa: N818 - a domain word, not a programming error
    """The thing does not exist, or the asker may not know that it does."""


class Refused(ElearnError):  # noqa: N818 - as above
    """The asker may know of the thing but may not do this to it now."""


class Conflict(ElearnError):  # noqa: N818 - as above
    """Somebody else changed the thing in between."""


class Unavailable(ElearnError):  # noqa: N818 - as above
    """Something this needs does not answer; nothing was done, and trying again later may help."""


class Invalid(ElearnError):  # noqa: N818 - as above
    """What was given cannot be used; `problems` say why, one by one."""

    def __init__(self, code: str, problems: "tuple[Problem, ...]" = (), **params: str | int) -> None:
        super().__init__(code, **params)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a source: file path inside the course, line from 1 (0: the whole file)."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with what an author or a learner wrote: a code, a place and the words to fill in."""

    code: str
    where: Where
    params: Mapping[str, str | int] = field(default_factory=dict)
    severity: Literal["error", "warning"] = "error"
