"""One example question of each kind, and strategies that make any question and any form post for it."""

from typing import Final

from hypothesis import strategies as st

from elearn.quiz.kind import Json, Response, Spoken
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import (
    Accepted,
    Branching,
    Choice,
    Form,
    Gap,
    GapSelect,
    Matching,
    MultipleChoice,
    Number,
    OpenAnswer,
    Ordering,
    Question,
    Quiz,
    Scale,
    Scene,
    ShortText,
    SingleChoice,
    Stem,
    Step,
    TrueFalse,
)

ENGLISH: Final = Spoken("en")


def choices(right: str = "", wrong: str = "") -> tuple[Choice, ...]:
    """Choices with one-letter ids, the right ones first."""
    return tuple(Choice(c, c, right=True) for c in right) + tuple(Choice(c, c) for c in wrong)


SINGLE: Final = SingleChoice(id="single", prompt="?", choices=choices("a", "bc"))
MULTIPLE: Final = MultipleChoice(id="multiple", prompt="?", choices=choices("ab", "cde"))
TRUE_FALSE: Final = TrueFalse(id="true-false", prompt="?", answer=False)
MATCHING: Final = Matching(
    id="matching", prompt="?", stems=(Stem("s", "s", "x"), Stem("t", "t", "y"), Stem("u", "u", "x")), choices=choices(wrong="xyz")
)
ORDERING: Final = Ordering(id="ordering", prompt="?", steps=tuple(Step(c, c, rank) for c, rank in zip("abcd", (1, 2, 3, 4), strict=True)))
GAPS: Final = GapSelect(id="gaps", prompt="{{g}} {{h}}", gaps=(Gap("g", choices("a", "b")), Gap("h", choices("c", "d"))))
SHORT_TEXT: Final = ShortText(
    id="short-text", prompt="?", accepted=(Accepted("long", "Human Rights Committee"), Accepted("short", "HRC*", fraction=0.5))
)
NUMBER: Final = Number(id="number", prompt="?", answer=9.5, tolerance=0.1)
SCALE: Final = Scale(id="scale", prompt="?", choices=choices(wrong="lmh"))
BRANCHING: Final = Branching(
    id="branching",
    prompt="?",
    scenes=(
        Scene("start", "…", (Choice("ask", "ask", fraction=1, goto="answer"), Choice("nothing", "nothing", goto="end"))),
        Scene("answer", "…", (Choice("write", "write", fraction=0.5, goto="end"), Choice("give-up", "give up", goto="end"))),
    ),
)
OPEN: Final = OpenAnswer(id="open", prompt="?", rubric=("names an article",))

EXAMPLES: Final[tuple[Question, ...]] = (
    SINGLE,
    MULTIPLE,
    TRUE_FALSE,
    MATCHING,
    ORDERING,
    GAPS,
    SHORT_TEXT,
    NUMBER,
    SCALE,
    BRANCHING,
    OPEN,
)
WITH_KEY: Final = tuple(q for q in EXAMPLES if kind_of(q).marking == "machine")


def make_quiz(*questions: Question, form: Form = "test", pass_mark: int = 50, tries: int = 0, minutes_limit: int = 0) -> Quiz:
    """A quiz of these questions."""
    return Quiz(id="final", form=form, slots=questions, pass_mark=pass_mark, tries=tries, minutes_limit=minutes_limit)


def said(question: Question, value: Json) -> Response:
    """A response to a question."""
    return Response(kind_of(question).name, value)


_ids = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)
_fractions = st.sampled_from((0.0, 0.25, 1 / 3, 0.5, 1.0))


@st.composite
def choice_lists(draw: st.DrawFn) -> tuple[Choice, ...]:
    """One to six choices, at least one of them right."""
    ids = draw(_ids)
    right = draw(st.sets(st.sampled_from(ids), min_size=1))
    return tuple(Choice(i, i, right=i in right) for i in ids)


@st.composite
def matchings(draw: st.DrawFn) -> Matching:
    """Stems and choices."""
    options = draw(_ids)
    stems = tuple(Stem(i, i, draw(st.sampled_from(options))) for i in draw(_ids))
    return Matching(id="q", prompt="?", stems=stems, choices=choices(wrong="".join(options)))


@st.composite
def orderings(draw: st.DrawFn) -> Ordering:
    """Steps with ties."""
    return Ordering(id="q", prompt="?", steps=tuple(Step(i, i, draw(st.integers(1, 4))) for i in draw(_ids)))


@st.composite
def branchings(draw: st.DrawFn) -> Branching:
    """Up to five scenes; a choice leads to a later scene or to the end."""
    names = [f"s{n}" for n in range(draw(st.integers(1, 5)))]
    scenes = []
    for number, name in enumerate(names):
        onward = st.sampled_from([*names[number + 1 :], "end"])
        scenes.append(Scene(name, "…", tuple(Choice(i, i, fraction=draw(_fractions), goto=draw(onward)) for i in draw(_ids))))
    return Branching(id="q", prompt="?", scenes=tuple(scenes))


@st.composite
def gap_selects(draw: st.DrawFn) -> GapSelect:
    """Gaps with choices."""
    return GapSelect(id="q", prompt="?", gaps=tuple(Gap(i, draw(choice_lists())) for i in draw(_ids)))


numbers: Final = st.builds(
    Number,
    id=st.just("q"),
    prompt=st.just("?"),
    answer=st.floats(-1e9, 1e9).map(lambda n: round(n, 3)),
    tolerance=st.floats(0, 2).map(lambda n: round(n, 3)),
    mode=st.sampled_from(("nominal", "relative", "geometric")),
)
short_texts: Final = st.builds(
    ShortText,
    id=st.just("q"),
    prompt=st.just("?"),
    accepted=st.lists(st.builds(Accepted, st.just("x"), st.text("аң*ň Q", min_size=1), _fractions), min_size=1).map(tuple),
    exact=st.booleans(),
)
any_question: Final[st.SearchStrategy[Question]] = st.one_of(
    st.builds(SingleChoice, id=st.just("q"), prompt=st.just("?"), choices=choice_lists()),
    st.builds(
        MultipleChoice,
        id=st.just("q"),
        prompt=st.just("?"),
        choices=choice_lists(),
        credit=st.sampled_from(("balanced", "exact", "each")),
    ),
    st.builds(TrueFalse, id=st.just("q"), prompt=st.just("?"), answer=st.booleans()),
    matchings(),
    orderings(),
    gap_selects(),
    short_texts,
    numbers,
    st.builds(Scale, id=st.just("q"), prompt=st.just("?"), choices=choice_lists()),
    branchings(),
    st.builds(OpenAnswer, id=st.just("q"), prompt=st.just("?")),
)

_FIELD: Final = {"matching": "stem-", "ordering": "place-", "gaps": "gap-", "branching": "scene-"}


@st.composite
def posts_for(draw: st.DrawFn, question: Question) -> dict[str, list[str]]:
    """A form post as a person, a careless one or a forger might send it."""
    kind = kind_of(question)
    if kind.name in ("short-text", "number", "open"):
        typed = st.one_of(st.text(max_size=40), st.text("0123456789,. +-−", max_size=12))
        return {"text": draw(st.lists(typed, max_size=2))}
    values = st.sampled_from(["", "yes", "no", "1", "2", "3", "forged", *"abcdefgh"])
    prefix = _FIELD.get(kind.name)
    names = ["choice"] if prefix is None else [f"{prefix}{part}" for part in (*"abcdefgh", *(f"s{n}" for n in range(5)))]
    return draw(st.dictionaries(st.sampled_from(names), st.lists(values, max_size=4), max_size=len(names)))


@st.composite
def answered(draw: st.DrawFn) -> tuple[Question, dict[str, list[str]]]:
    """Any question and a form post for it."""
    question = draw(any_question)
    return question, draw(posts_for(question))
