"""Saving one answer of a test or baseline as quickly as safely possible: nothing is judged yet, so earlier steps need no replay."""

import json
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import attempt
from elearn.actions.shelf import Shelf
from elearn.errors import Invalid, NotFound
from elearn.lang import Language
from elearn.quiz import attempt as core
from elearn.quiz.draw import DrawnQuestion
from elearn.quiz.kind import Fields, Response
from elearn.quiz.response import parse
from elearn.store import answering as store
from elearn.store.answering import Answering
from elearn.store.base import hour


def save(  # noqa: PLR0913 - one deed, all of it said by keyword
    session: Session,
    shelf: Shelf,
    who: Identity,
    attempt_id: str,
    question_id: str,
    fields: Fields,
    *,
    language: Language,
    key: str,
    now: datetime,
    was: str = "",
) -> tuple[str, str]:
    """Save one answer with the rules and errors of `attempt.answer`; give course and page of the attempt.

    `was` is the mark of the answer that the form showed: one that was not touched since does not overwrite what another tab saved.
    """
    one_time_key = f"{attempt_id}:{key}" if key else ""
    found = store.get_answering(session, attempt_id, question_id, key=one_time_key, organisation_id=who.organisation_id)
    if found.person_id != who.person_id:
        raise NotFound("no-attempt")
    if found.form == "practice":
        attempt.answer(session, shelf, who, attempt_id, question_id, fields, language=language, key=key, now=now)
        return found.course_id, found.page_id
    quiz = shelf.release(session, found.release_id).quiz(found.page_id)
    question = quiz.question(question_id)
    if question is None:
        raise NotFound("question")
    response, problems = parse(question, fields)
    if problems:
        raise Invalid("answer-unusable", problems=problems)
    if was != mark_of(response) and response != _latest(found):
        state = core.AttemptState(state=cast("core.State", found.state), last_number=found.last_number or 0)
        step = core.answer(quiz, _drawn(found), state, question_id, response, now=now, language=language, ends=found.ends_at)
        known = "" if found.seen else one_time_key
        store.add_step(session, {"organisation_id": who.organisation_id, "attempt_id": attempt_id, **_columns(step, known)})
    return found.course_id, found.page_id


def _columns(step: core.Step, one_time_key: str) -> dict[str, object]:
    """A step as its row has it."""
    return {
        "number": step.number,
        "kind": step.kind,
        "question_id": step.question_id,
        "response": dict(step.response.to_json()) if step.response else None,
        "language": step.language,
        "at": hour(step.at),
        "one_time_key": one_time_key or None,
    }


def mark_of(response: Response | None) -> str:
    """A short mark of an answer, by which a form can say which one it showed."""
    stored = json.dumps(response.to_json() if response else None, sort_keys=True)
    return sha256(stored.encode()).hexdigest()[:16]


def _latest(found: Answering) -> Response | None:
    return Response.from_json(found.latest) if found.latest else None  # type: ignore[arg-type] # stored by to_json


def _drawn(found: Answering) -> tuple[DrawnQuestion, ...]:
    drawn = cast("Sequence[tuple[str, list[str]]]", found.drawn["questions"])
    return tuple(DrawnQuestion(name, tuple(order)) for name, order in drawn)
