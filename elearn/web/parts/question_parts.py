"""The options of each question kind as templates show them: order, what is chosen, what may be said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from elearn.quiz.model import Branching

Json = dict[str, Any]
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What was given, the key where it may be shown (else empty), and whose feedback may be read."""

    fields: Fields
    key: Fields = field(default_factory=dict)
    feedback: bool = False
    all_feedback: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: `right` is None while the key is hidden, `lang` set where its text is in another language than the page."""

    id: str
    html: str
    text: str
    chosen: bool
    right: bool | None
    feedback: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A stem, step or gap with its own options; `right_text` names the key where it may be shown."""

    id: str
    html: str
    chosen: str
    options: tuple[Option, ...]
    right: bool | None
    right_text: str


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a branching scenario on the way taken; the last one is still open unless the way has ended."""

    id: str
    html: str
    options: tuple[Option, ...]
    open: bool


def options(rendered: Json, order: Sequence[str], shown: Shown, *, branching: Branching | None = None) -> Any:  # noqa: ANN401 - by kind
    """Give the options of a question; () for kinds that are typed."""
    match rendered["kind"]:
        case "single" | "multiple" | "scale":
            return _choices(rendered["choices"], order, "choice", shown)
        case "matching":
            return _stems(rendered, order, shown)
        case "ordering":
            return _steps(rendered, order, shown)
        case "gaps":
            return _gaps(rendered, order, shown)
        case "true-false":
            return _truths(shown)
        case "branching" if branching is not None:
            return _scenes(rendered, branching, shown)
        case _:
            return ()


def _in_order(ids: Sequence[str], order: Sequence[str]) -> list[str]:
    place = {name: number for number, name in enumerate(order)}
    return sorted(ids, key=lambda name: place.get(name, len(order)))


def _choices(choices: Json, order: Sequence[str], name: str, shown: Shown) -> tuple[Option, ...]:
    chosen = shown.fields.get(name, ())
    key = shown.key.get(name)
    return tuple(
        _option(one, choices[one], one in chosen, None if key is None else one in key, shown) for one in _in_order(list(choices), order)
    )


def _option(name: str, choice: Json, chosen: bool, right: bool | None, shown: Shown) -> Option:  # noqa: FBT001 - a state, not a switch
    feedback = choice["feedback"] if shown.all_feedback or (shown.feedback and chosen) else ""
    return Option(name, choice["html"], choice["text"], chosen, right, feedback, choice.get("lang", ""))


def _truths(shown: Shown) -> tuple[Option, ...]:
    """True and false; their words are interface words, so the template has them."""
    chosen, key = shown.fields.get("choice", ()), shown.key.get("choice")
    return tuple(Option(one, "", "", one in chosen, None if key is None else one in key, "") for one in ("yes", "no"))


def _stems(rendered: Json, order: Sequence[str], shown: Shown) -> tuple[Part, ...]:
    return tuple(
        _part(stem, rendered["stems"][stem], _choices(rendered["choices"], order, f"stem-{stem}", shown), f"stem-{stem}", shown)
        for stem in _in_order(list(rendered["stems"]), order)
    )


def _part(name: str, html: str, choices: tuple[Option, ...], given: str, shown: Shown) -> Part:
    chosen = next(iter(shown.fields.get(given, ())), "")
    key = next(iter(shown.key.get(given, ())), None)
    right_text = next((option.text for option in choices if option.id == key), "")
    return Part(name, html, chosen, choices, None if key is None else chosen == key, right_text)


def _steps(rendered: Json, order: Sequence[str], shown: Shown) -> tuple[Part, ...]:
    """Steps with the places to choose from; with the key shown they stand in the right order."""
    ids = _in_order(list(rendered["steps"]), order)
    places = [str(number) for number in range(1, len(ids) + 1)]
    numbered = tuple(Option(place, place, place, chosen=False, right=None, feedback="") for place in places)
    parts = tuple(_part(step, rendered["steps"][step], numbered, f"place-{step}", shown) for step in ids)
    if not shown.key:
        return parts
    return tuple(sorted(parts, key=lambda part: int(next(iter(shown.key.get(f"place-{part.id}", ("0",)))))))


def _gaps(rendered: Json, order: Sequence[str], shown: Shown) -> tuple[str | Part, ...]:
    """The prompt in pieces: text, gap, text, gap …; every second piece is a gap."""
    pieces: list[str | Part] = []
    for number, piece in enumerate(rendered["segments"]):
        if number % 2:
            choices = _choices(rendered["gaps"][piece], order, f"gap-{piece}", shown)
            pieces.append(_part(str(piece), "", choices, f"gap-{piece}", shown))
        else:
            pieces.append(piece)
    return tuple(pieces)


def _scenes(rendered: Json, question: Branching, shown: Shown) -> tuple[Scene, ...]:
    """The scenes on the way taken, and the next one if the way goes on."""
    by_id = {scene.id: scene for scene in question.scenes}
    way: list[Scene] = []
    current = question.scenes[0].id if question.scenes else "end"
    while current in by_id and len(way) < len(by_id):
        scene = by_id[current]
        chosen = next(iter(shown.fields.get(f"scene-{current}", ())), "")
        choices = rendered["scenes"][current]["choices"]
        way.append(
            Scene(
                current,
                rendered["scenes"][current]["html"],
                tuple(_option(c.id, choices[c.id], c.id == chosen, c.fraction > 0 if shown.key else None, shown) for c in scene.choices),
                open=not chosen,
            )
        )
        current = next((choice.goto for choice in scene.choices if choice.id == chosen), "end")
    return tuple(way)
