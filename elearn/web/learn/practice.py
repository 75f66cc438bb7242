"""Practice inside a lesson: saved for people with an account, only judged and told for visitors without one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from zlib import crc32

from flask import request

from elearn.access.identity import Identity
from elearn.actions import attempt as attempts
from elearn.actions.shelf import Published
from elearn.errors import NotFound, Refused
from elearn.quiz import attempt as core
from elearn.quiz.behaviour import may_try, question_done, reveal
from elearn.quiz.draw import DrawnQuestion, draw
from elearn.quiz.kind import Response
from elearn.quiz.model import Question, Quiz, ShortText
from elearn.quiz.response import parse
from elearn.store.attempts import PracticeStep
from elearn.store.standing import Standing, find_standing
from elearn.web.auth import now, runtime
from elearn.web.i18n import language
from elearn.web.messages import problem_sentences, sentence
from elearn.web.parts.blocks import trusted
from elearn.web.parts.question import Given, QuestionView, question_view

Json = dict[str, Any]

#: Kinds whose answers are choices among what the page itself shows.
_CHOSEN: Final = frozenset({"single", "multiple", "true-false", "matching", "ordering", "gaps", "scale", "branching"})
#: Answers of other kinds (typed at length, a scale) are nobody's to judge here and may be changed at any time.
_JUDGED: Final = ("right", "partial", "wrong")


@dataclass(frozen=True, slots=True)
class Practice:
    """The practice of a lesson as it stands: quiz, drawn order, replayed state."""

    quiz: Quiz
    drawn: tuple[DrawnQuestion, ...]
    state: core.AttemptState
    published: Published


def seed_of(page_id: str) -> int:
    """Give the seed of a lesson's practice: the same for everybody, so that the page can be read before anything is stored."""
    return crc32(page_id.encode())


def standing_of(who: Identity, course_id: str, page_id: str) -> Standing:
    """Give what is known of a reader of a lesson; of a visitor nothing."""
    if who.anonymous:
        return Standing()
    with runtime().database.look(who.organisation_id) as connection:
        return find_standing(connection, who.person_id, course_id, page_id, organisation_id=who.organisation_id)


def chosen(steps: Sequence[PracticeStep]) -> tuple[tuple[str, str], ...] | None:
    """Give what was chosen, in order: people who chose the same see the same page. None where words were typed: those are hers alone."""
    if any(step.response is not None and step.response["kind"] not in _CHOSEN for step in steps):
        return None
    return tuple((step.question_id, json.dumps(step.response, sort_keys=True)) for step in steps)


def practice_of(published: Published, page_id: str, rows: Sequence[PracticeStep]) -> Practice:
    """Give the practice after these answers; those of an older release count where the question is still there."""
    quiz = published.quiz(page_id)
    drawn = draw(quiz, seed_of(page_id))
    steps = [
        core.Step(row.number, "answer", row.question_id, Response.from_json(row.response) if row.response else None, row.at)  # type: ignore[arg-type]
        for row in rows
    ]
    return Practice(quiz, drawn, core.replay(quiz, drawn, steps, accepted=_accepted(published, quiz)), published)


def _accepted(published: Published, quiz: Quiz) -> Mapping[str, Any]:
    return {question.id: published.accepted(question) for question in quiz.questions() if isinstance(question, ShortText)}


def practice_views(body: Json, practice: Practice, *, wrong: Mapping[str, Given] | None = None, again: str = "") -> dict[str, QuestionView]:
    """Give the view of every question of a lesson; `wrong` holds what could not be used, `again` the question to be tried once more."""
    grade = core.grade_attempt(practice.quiz, practice.drawn, practice.state, accepted=_accepted(practice.published, practice.quiz))
    marks = {mark.question_id: mark for mark in grade.by_question}
    texts = body["questions"]
    views = {}
    for drawn in practice.drawn:
        question = practice.quiz.question(drawn.question_id)
        if question is None:
            continue
        given = (wrong or {}).get(question.id) or (Given() if again == question.id else None)
        views[question.id] = _view(question, drawn, trusted(texts[question.id]), practice.state, marks, given)
    return views


def _view(
    question: Question, drawn: DrawnQuestion, text: Json, state: core.AttemptState, marks: Mapping[str, Any], given: Given | None
) -> QuestionView:
    """Show a question as answered: closed once its answer is told. With `given` it is open for another try if there is one."""
    right, tries, hints = question.id in state.right, state.tries.get(question.id, 0), state.wrong_tries.get(question.id, 0)
    more = may_try(question, tries=tries, right=right)
    finished = tries > 0 and question_done(question, tries=tries, right=right)
    if given is not None and (more or given.problems):
        return question_view(text, question, drawn, replace(given, hints=hints))
    given = Given(response=state.responses.get(question.id), mark=marks.get(question.id), hints=hints)
    shown = reveal("practice", "during", question_done=finished) if tries else reveal("test", "during")
    view = question_view(text, question, drawn, given, reveal=shown)
    return replace(view, closed=True, retry=more) if finished and view.verdict in _JUDGED else view


def save_answer(who: Identity, course_id: str, page_id: str, question_id: str, fields: Mapping[str, Any]) -> None:
    """Save one practice answer. Raises Invalid and Refused as `actions.attempt.answer`."""
    shelf, key = runtime().shelf, request.form.get("key", "")
    with runtime().database.transaction(who.organisation_id) as session:
        sitting = attempts.start(session, shelf, who, course_id, page_id, language=language(), seed=seed_of(page_id), now=now())
        attempts.answer(session, shelf, who, sitting.row.id, question_id, fields, language=language(), key=key, now=now())


def judge_answer(practice: Practice, question_id: str, fields: Mapping[str, Any]) -> tuple[Practice, tuple[str, ...]]:
    """Judge an answer without keeping it. NotFound: no such question here."""
    question = practice.quiz.question(question_id)
    if question is None:
        raise NotFound("question")
    response, problems = parse(question, fields)
    if problems:
        return practice, problem_sentences(problems)
    try:
        step = core.answer(practice.quiz, practice.drawn, practice.state, question_id, response, now=now(), language=language())
    except Refused as error:
        return practice, (sentence(error.code, error.params),)
    accepted = _accepted(practice.published, practice.quiz)
    state = core.apply(practice.quiz, practice.drawn, practice.state, step, accepted=accepted)
    return Practice(practice.quiz, practice.drawn, state, practice.published), ()
