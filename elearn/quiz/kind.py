"""What every question kind offers (`Kind`), what an answer is (`Response`), and how form fields are read. No kind is known here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, Literal, TypeVar

from elearn.errors import Problem, Where
from elearn.lang import Language, visible
from elearn.quiz.model import Accepted, Question

#: A response as JSON: a choice id or a typed text, chosen ids, or an id for each part; a mark by hand is a whole number.
Json = str | int | list[str] | dict[str, str] | dict[str, int]
#: Form fields of one question, named relative to it, every value a list as in an HTML form.
Fields = Mapping[str, Sequence[str]]
Fraction01 = float
Marking = Literal["machine", "hand", "none"]
Shuffling = Literal["never", "asked", "always"]
Q = TypeVar("Q", bound=Question)

#: The longest typed answer that is kept, in characters.
TEXT_LIMIT: Final = 20_000


@dataclass(frozen=True, slots=True)
class Response:
    """An answer as given: `kind` as in docs/course-format.md, `value` holds ids and typed text, never the text of a choice."""

    kind: str
    value: Json

    def to_json(self) -> dict[str, Json]:
        """The response as a JSON object for the store."""
        return {"kind": self.kind, "value": self.value}

    @classmethod
    def from_json(cls, stored: Mapping[str, Json]) -> "Response":
        """The response that `to_json` wrote."""
        return cls(str(stored["kind"]), stored["value"])

    def text(self) -> str:
        """The value of a kind that holds one id or text, else empty."""
        return self.value if isinstance(self.value, str) else ""

    def number(self) -> int:
        """The value of a mark by hand, in ten-thousandths, else 0."""
        return self.value if isinstance(self.value, int) else 0

    def ids(self) -> list[str]:
        """The value of a kind that holds a list of ids, else empty."""
        return self.value if isinstance(self.value, list) else []

    def parts(self) -> dict[str, str]:
        """The value of a kind that answers part by part with ids, else empty."""
        return {part: given for part, given in self._items() if isinstance(given, str)}

    def places(self) -> dict[str, int]:
        """The value of a kind that gives each part a number, else empty."""
        return {part: given for part, given in self._items() if isinstance(given, int)}

    def _items(self) -> list[tuple[str, str | int]]:
        return list(self.value.items()) if isinstance(self.value, dict) else []


#: What parsing gives: the answer (None: nothing answered) and what is wrong with it. With problems it is for redisplay, not for keeping.
Parsed = tuple[Response | None, tuple[Problem, ...]]


@dataclass(frozen=True, slots=True)
class Spoken:
    """The language an answer was given in, and accepted answers as other languages word them."""

    language: Language
    accepted: Mapping[Language, tuple[Accepted, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[Q]):
    """The functions of one kind; `grade` gives a fraction in 0..1 or None where only a person, or nobody, can say.

    `option_groups` names the options, group by group; `right_response` is the key, None where there is none.
    """

    name: str
    parse: Callable[[Q, Fields], Parsed]
    fields: Callable[[Q, Response], dict[str, list[str]]]
    grade: Callable[[Q, Response, Spoken], Fraction01 | None]
    right_response: Callable[[Q], Response | None]
    is_complete: Callable[[Q, Response], bool]
    option_groups: Callable[[Q], dict[str, tuple[str, ...]]]
    marking: Marking = "machine"
    shuffling: Shuffling = "never"


def problem(code: str, question: Question, name: str, **params: str | int) -> Problem:
    """A problem with the field `name` of a question; its place is the id of the question."""
    return Problem(code, Where(question.id, question.line), {"field": name, **params})


def pick(question: Question, fields: Fields, name: str, allowed: Sequence[str]) -> tuple[str, tuple[Problem, ...]]:
    """The one id given in a field, or empty; an id that is not allowed is left out and gives `unknown-choice`."""
    given = next((value for value in fields.get(name, ()) if value), "")
    if given and given not in allowed:
        return "", (problem("unknown-choice", question, name),)
    return given, ()


def pick_parts(question: Question, fields: Fields, allowed: Mapping[str, Sequence[str]]) -> tuple[dict[str, str], tuple[Problem, ...]]:
    """The id given in each field of `allowed` that has one, by field name, and the problems."""
    given: dict[str, str] = {}
    problems: tuple[Problem, ...] = ()
    for name, ids in allowed.items():
        choice, found = pick(question, fields, name, ids)
        problems += found
        if choice:
            given[name] = choice
    return given, problems


def typed(question: Question, fields: Fields, *, kind: str, limit: int = TEXT_LIMIT) -> Parsed:
    """The text of the field `text` as typed, with one form of line ends and no sign that cannot be seen; blank is no answer."""
    text = visible(next(iter(fields.get("text", ())), "").replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        return None, ()
    problems = (problem("too-long", question, "text", limit=limit),) if len(text) > limit else ()
    return Response(kind, text), problems


def text_fields(_question: Question, response: Response) -> dict[str, list[str]]:
    """The form fields of a kind that is typed."""
    return {"text": [response.text()]}


def choice_fields(_question: Question, response: Response) -> dict[str, list[str]]:
    """The form fields of a kind that takes one choice."""
    return {"choice": [response.text()]}


def always(_question: Question, _response: Response) -> bool:
    """A kind that is complete as soon as it is answered."""
    return True


def no_options(_question: Question) -> dict[str, tuple[str, ...]]:
    """A kind without options."""
    return {}
