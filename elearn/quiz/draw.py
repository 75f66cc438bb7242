"""From a seed to questions and orders, the same on every machine and Python version. The seed is an argument, chance never enters here."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from elearn.quiz.kinds import kind_of
from elearn.quiz.kinds.ordering import in_right_order
from elearn.quiz.model import Ordering, Pool, Question, Quiz

T = TypeVar("T")
_WORD: Final = 1 << 64


class HasId(Protocol):
    """Anything with an id: a choice, a stem, a step."""

    @property
    def id(self) -> str:
        """The id as written."""


Option = TypeVar("Option", bound=HasId)


@dataclass(frozen=True, slots=True)
class DrawnQuestion:
    """A question as it stands in an attempt: `option_order` holds the ids of its options, group after group, as shown."""

    question_id: str
    option_order: tuple[str, ...] = ()


def words(seed: int, label: str) -> Iterator[int]:
    """An endless stream of 64-bit numbers: four to each SHA-256 of `draw-1:<seed>:<label>:<0, 1, 2 …>`, first bytes highest.

    The label (the id of the question or pool) keeps streams apart: one more question in a quiz moves nothing in the others.
    """
    number = 0
    while True:
        digest = sha256(f"draw-1:{seed}:{label}:{number}".encode()).digest()
        yield from (int.from_bytes(digest[at : at + 8], "big") for at in range(0, 32, 8))
        number += 1


def below(limit: int, stream: Iterator[int]) -> int:
    """A number in 0..limit-1, each equally likely: words above the last whole multiple of `limit` are thrown away."""
    ceiling = _WORD - _WORD % limit
    return next(word for word in stream if word < ceiling) % limit


def shuffled(items: Sequence[T], stream: Iterator[int]) -> list[T]:
    """The items in an order that the stream decides (Fisher-Yates, from the last place down)."""
    result = list(items)
    for last in range(len(result) - 1, 0, -1):
        other = below(last + 1, stream)
        result[last], result[other] = result[other], result[last]
    return result


def draw(quiz: Quiz, seed: int, previous: Iterable[str] = ()) -> tuple[DrawnQuestion, ...]:
    """The questions of one attempt in the order of the file; pools give what was drawn least often before.

    `previous`: the question ids of the same person's earlier attempts, repeats included.
    """
    seen = Counter(previous)
    return tuple(
        DrawnQuestion(question.id, option_order(question, seed, shuffle=quiz.shuffle))
        for slot in quiz.slots
        for question in (_from_pool(slot, seed, seen) if isinstance(slot, Pool) else [slot])
    )


def _from_pool(pool: Pool, seed: int, seen: Counter[str]) -> list[Question]:
    mixed = shuffled(pool.questions, words(seed, pool.id))
    return sorted(mixed, key=lambda question: seen[question.id])[: pool.draw]


def option_order(question: Question, seed: int, *, shuffle: bool = True) -> tuple[str, ...]:
    """The ids of a question's options in the order to show; ordering is always mixed, and never shown solved unless all steps tie."""
    kind = kind_of(question)
    groups = kind.option_groups(question).values()
    if kind.shuffling == "never" or (kind.shuffling == "asked" and not (shuffle and question.shuffle)):
        return tuple(option for group in groups for option in group)
    stream = words(seed, question.id)
    order = tuple(option for group in groups for option in shuffled(group, stream))
    if isinstance(question, Ordering) and len({step.rank for step in question.steps}) > 1:
        while in_right_order(question, order):
            order = tuple(shuffled(order, stream))
    return order


def in_order(options: Iterable[Option], order: Sequence[str]) -> list[Option]:
    """The options as an attempt shows them; options the order does not name come last, as written."""
    place = {option: number for number, option in reversed(list(enumerate(order)))}
    return sorted(options, key=lambda option: place.get(option.id, len(order)))
