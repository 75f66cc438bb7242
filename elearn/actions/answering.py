"""Saving one answer of a test or baseline as quickly as safely possible: nothing is judged yet, so earlier steps need no replay."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import cast

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import attempt
from elearn.actions.shelf import Published, Shelf
from elearn.errors import Invalid, NotFound
from elearn.lang import Language
from elearn.quiz import attempt as core
from elearn.quiz.draw import DrawnQuestion
from elearn.quiz.kind import Fields, Response
from elearn.quiz.response import parse
from elearn.store import answering as store
from elearn.store.answering import Answering
from elearn.store.base import hour
from elearn.store.prepared import Writer
from elearn.store.row_security import driver_of


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer of a form: where it belongs, its fields, and the mark of the answer that the form showed.

    One that was not touched since does not overwrite what another tab saved.
    """

    attempt_id: str
    question_id: str
    fields: Fields
    was: str = ""


def save(
    session: Session, shelf: Shelf, who: Identity, answered: Answered, *, language: Language, key: str, now: datetime
) -> tuple[str, str]:
    """Save one answer with the rules and errors of `attempt.answer`; give course and page of the attempt."""
    writer = Writer(driver_of(session), who.organisation_id)
    found = _own(writer, who, answered)
    if found.form == "practice":
        ids = answered.attempt_id, answered.question_id
        attempt.answer(session, shelf, who, *ids, answered.fields, language=language, key=key, now=now)
    else:
        _save(writer, shelf.release(session, found.release_id), found, answered, language=language, now=now)
    return found.course_id, found.page_id


def save_at_once(
    writer: Writer, shelf: Shelf, who: Identity, answered: Answered, *, language: Language, now: datetime
) -> tuple[str, str] | None:
    """As `save` without the cost of a session; None, with nothing done, where that is needed: practice is judged, a release may be unknown.

    It takes no one-time key: the same answer again is the answer that is there already.
    """
    found = _own(writer, who, answered)
    published = shelf.known_release(found.release_id)
    if found.form == "practice" or published is None:
        return None
    _save(writer, published, found, answered, language=language, now=now)
    return found.course_id, found.page_id


def _own(writer: Writer, who: Identity, answered: Answered) -> Answering:
    found = store.get_answering(writer, answered.attempt_id, answered.question_id)
    if found.person_id != who.person_id:
        raise NotFound("no-attempt")
    return found


def _save(writer: Writer, published: Published, found: Answering, answered: Answered, *, language: Language, now: datetime) -> None:
    quiz = published.quiz(found.page_id)
    question = quiz.question(answered.question_id)
    if question is None:
        raise NotFound("question")
    response, problems = parse(question, answered.fields)
    if problems:
        raise Invalid("answer-unusable", problems=problems)
    if (answered.was and answered.was == mark_of(response)) or response == _latest(found):
        return
    state = core.AttemptState(state=cast("core.State", found.state), last_number=found.last_number or 0)
    step = core.answer(quiz, _drawn(found.drawn), state, question.id, response, now=now, language=language, ends=found.ends_at)
    store.add_step(writer, answered.attempt_id, _columns(step))


def _columns(step: core.Step) -> dict[str, object]:
    """A step as its row has it."""
    return {
        "number": step.number,
        "kind": step.kind,
        "question_id": step.question_id,
        "response": dict(step.response.to_json()) if step.response else None,
        "language": step.language,
        "at": hour(step.at),
    }


def mark_of(response: Response | None) -> str:
    """A short mark of an answer, by which a form can say which one it showed."""
    stored = json.dumps(response.to_json() if response else None, sort_keys=True)
    return sha256(stored.encode()).hexdigest()[:16]


def _latest(found: Answering) -> Response | None:
    return Response.from_json(found.latest) if found.latest else None  # type: ignore[arg-type] # stored by to_json


@lru_cache(500)
def _drawn(stored: str) -> tuple[DrawnQuestion, ...]:
    """The drawn questions of an attempt; the same for each of its answers."""
    drawn = cast("Sequence[tuple[str, list[str]]]", json.loads(stored)["questions"])
    return tuple(DrawnQuestion(name, tuple(order)) for name, order in drawn)
