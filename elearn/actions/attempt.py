"""Taking a quiz or the practice of a lesson: start, answer, submit. Every answer is stored as given before anything is judged.

Times are kept to the hour; only an attempt with a time limit keeps its start and end exactly, while it is open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions import study
from elearn.actions.shelf import Published, Shelf
from elearn.course.model import Lesson
from elearn.errors import Invalid, NotFound
from elearn.lang import Language
from elearn.quiz import attempt as core
from elearn.quiz.behaviour import question_done, reveal
from elearn.quiz.draw import DrawnQuestion, draw
from elearn.quiz.grade import Grade, Wordings
from elearn.quiz.kind import Fields, Response
from elearn.quiz.model import Quiz, ShortText
from elearn.quiz.response import parse
from elearn.store import attempts
from elearn.store.attempts import AttemptRow, AttemptStepRow
from elearn.store.base import JsonObject, hour

#: So many of one's latest attempts in a course are looked through for mistakes.
_REVIEWED: Final = 50


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt with all that judging it needs: its row, release, quiz, drawn questions and replayed state."""

    row: AttemptRow
    published: Published
    quiz: Quiz
    drawn: tuple[DrawnQuestion, ...]
    state: core.AttemptState
    accepted: Mapping[str, Wordings]

    def grade(self) -> Grade:
        """Give the grade as it stands."""
        return core.grade_attempt(self.quiz, self.drawn, self.state, accepted=self.accepted)


def start(
    session: Session, shelf: Shelf, who: Identity, course_id: str, page_id: str, *, language: Language, seed: int, now: datetime
) -> Sitting:
    """Begin an attempt, or go on with the open one. Refused: no-attempts-left; NotFound: no such quiz.

    An attempt whose time is over is handed in first; where it was the last one, it is given back as it ended.
    """
    published = shelf.course(session, course_id, now=now)
    open_row = attempts.find_open_attempt(session, who.person_id, course_id, page_id)
    if open_row is None:
        study.enrol(session, who, published, now=now)  # of two clicks at once the second waits here for the first
        open_row = attempts.find_open_attempt(session, who.person_id, course_id, page_id)
    ended = None
    if open_row is not None:
        _follow(open_row, published)
        sitting = _sitting(session, shelf, open_row)
        if not core.time_over(now=now, ends=open_row.ends_at):
            return sitting
        ended = _finish(session, shelf, sitting, core.expire(sitting.state, now=now, ends=open_row.ends_at, language=language))
    quiz = published.quiz(page_id)
    earlier = attempts.list_attempts(session, who.person_id, course_id, page_id=page_id)
    if ended is not None and core.last_try(quiz, len(earlier)):
        return ended
    core.check_start(quiz, [_state(row) for row in earlier])
    return _begin(session, shelf, who, published, page_id, earlier, language=language, seed=seed, now=now)


def _follow(row: AttemptRow, published: Published) -> None:
    """Take the practice of a lesson along to the current release: a lesson shows the questions of that one, and nothing is graded."""
    here = published.places.get(row.page_id)
    if row.release_id != published.release_id and here is not None and isinstance(here[1], Lesson):
        row.release_id = published.release_id
        row.drawn = _drawn_to_json(draw(published.quiz(row.page_id), row.seed))


def _begin(  # noqa: PLR0913 - the rest of `start`
    session: Session,
    shelf: Shelf,
    who: Identity,
    published: Published,
    page_id: str,
    earlier: Sequence[AttemptRow],
    *,
    language: Language,
    seed: int,
    now: datetime,
) -> Sitting:
    quiz = published.quiz(page_id)
    seen = [name for row in earlier for name, _ in _drawn_json(row)]
    row = AttemptRow(
        organisation_id=who.organisation_id,
        person_id=who.person_id,
        course_id=published.course.id,
        release_id=published.release_id,
        page_id=page_id,
        number=attempts.last_number(session, who.person_id) + 1,
        form=quiz.form,
        seed=seed,
        language=language,
        drawn=_drawn_to_json(draw(quiz, seed, seen)),
        state="open",
        started_at=now if quiz.minutes_limit else hour(now),
        ends_at=core.ends_at(quiz, now),
        submitted_at=None,
        fraction_e4=None,
        passed=None,
    )
    session.add(row)
    session.flush()
    return _sitting(session, shelf, row)


def load(session: Session, shelf: Shelf, who: Identity, attempt_id: str, *, for_update: bool = False) -> Sitting:
    """Give one's own attempt; NotFound for anybody else's, as if it were not there."""
    row = attempts.get_attempt(session, attempt_id, for_update=for_update)
    if row.person_id != who.person_id:
        raise NotFound("no-attempt")
    return _sitting(session, shelf, row)


def answer(  # noqa: PLR0913 - one deed, all of it said by keyword
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
) -> Sitting:
    """Save one answer, the latest wins; the same form sent again changes nothing, but another answer under its key is kept.

    Raises Invalid with the problems of the answer, Refused attempt-closed or time-over (handing in then counts what was saved before).
    """
    sitting = load(session, shelf, who, attempt_id, for_update=True)
    question = sitting.quiz.question(question_id)
    if question is None:
        raise NotFound("question")
    response, problems = parse(question, fields)
    if problems:
        raise Invalid("answer-unusable", problems=problems)
    known = attempts.find_step_by_key(session, f"{attempt_id}:{key}") if key else None
    if _repeats(sitting, question_id, response, known):
        return sitting
    ends = sitting.row.ends_at
    step = core.answer(sitting.quiz, sitting.drawn, sitting.state, question_id, response, now=now, language=language, ends=ends)
    _append(session, sitting.row, step, key="" if known else key)
    state = core.apply(sitting.quiz, sitting.drawn, sitting.state, step, accepted=sitting.accepted)
    after = Sitting(sitting.row, sitting.published, sitting.quiz, sitting.drawn, state, sitting.accepted)
    if sitting.quiz.form == "practice":
        published = shelf.course(session, sitting.row.course_id, now=now)
        study.practised(session, who, published, sitting.row.page_id, question_id, done=_all_tried(after), now=now)
    return after


def _repeats(sitting: Sitting, question_id: str, response: Response | None, known: AttemptStepRow | None) -> bool:
    """Whether an answer is the one that is there already; in practice, where tries count, whether its form came before."""
    if sitting.quiz.form != "practice":
        return response == sitting.state.responses.get(question_id)
    return known is not None and known.question_id == question_id and _step(known).response == response


def submit(session: Session, shelf: Shelf, who: Identity, attempt_id: str, *, language: Language, now: datetime) -> Sitting:
    """Hand an attempt in and note what follows for the course; handing in again changes nothing."""
    sitting = load(session, shelf, who, attempt_id, for_update=True)
    if sitting.state.state != "open":
        return sitting
    step = core.submit(sitting.state, now=now, language=language, ends=sitting.row.ends_at)
    return _finish(session, shelf, sitting, step)


def list_mistakes(session: Session, shelf: Shelf, who: Identity, course_id: str) -> list[tuple[Sitting, str]]:
    """Give the questions of one's closed tests and practice whose answers may be shown and were not right, latest first, each once."""
    found: dict[str, tuple[Sitting, str]] = {}
    right: set[str] = set()
    rows = attempts.list_attempts(session, who.person_id, course_id, limit=_REVIEWED)
    for row in rows:
        sitting = _sitting(session, shelf, row)
        if not _is_explained(sitting, rows):
            continue
        for mark in sitting.grade().by_question:
            if mark.verdict == "right" or mark.question_id in sitting.state.right:  # in practice a right answer may have cost
                right.add(mark.question_id)
            elif mark.verdict in ("wrong", "partial") and mark.question_id not in right and _is_told(sitting, mark.question_id):
                found.setdefault(mark.question_id, (sitting, mark.question_id))
    return list(found.values())


def list_withheld(session: Session, shelf: Shelf, who: Identity, course_id: str) -> list[Sitting]:
    """Give the latest attempt at each test that was handed in and not passed, while its answers wait for a pass or the last try."""
    rows = attempts.list_attempts(session, who.person_id, course_id, limit=_REVIEWED)
    passed = {row.page_id for row in rows if row.passed}
    failed = {row.page_id: row for row in reversed(rows) if row.form == "test" and row.state != "open" and row.page_id not in passed}
    sittings = [_sitting(session, shelf, row) for row in failed.values()]
    return [sitting for sitting in sittings if not _is_explained(sitting, rows)]


def _is_explained(sitting: Sitting, rows: Sequence[AttemptRow]) -> bool:
    """Whether answers may be shown at all: of practice, of a passed test, and of any test once every try was made and handed in."""
    closed = sum(row.page_id == sitting.row.page_id and row.state != "open" for row in rows)
    shown = reveal(sitting.quiz.form, "after", passed=bool(sitting.row.passed), last_try=core.last_try(sitting.quiz, closed))
    return shown.right_answer


def _is_told(sitting: Sitting, question_id: str) -> bool:
    """Whether this answer may be shown: in practice not before it was tried, nor while hints are left."""
    question, tries = sitting.quiz.question(question_id), sitting.state.tries.get(question_id, 0)
    right = question_id in sitting.state.right
    return sitting.quiz.form != "practice" or (question is not None and tries > 0 and question_done(question, tries=tries, right=right))


def _finish(session: Session, shelf: Shelf, sitting: Sitting, step: core.Step) -> Sitting:
    """Close an attempt by a submit or expire step: grade it, keep the result on its row, note the facts."""
    row = sitting.row
    _append(session, row, step, key="")
    state = core.apply(sitting.quiz, sitting.drawn, sitting.state, step)
    after = Sitting(row, sitting.published, sitting.quiz, sitting.drawn, state, sitting.accepted)
    grade = after.grade()
    row.state = state.state
    row.submitted_at = hour(step.at)
    row.started_at = hour(row.started_at)
    row.ends_at = None
    row.fraction_e4 = grade.fraction_e4
    row.passed = grade.passed  # what waits for a mark counts 0 so far: this can only turn from false to true
    owner = Identity(person_id=row.person_id, organisation_id=row.organisation_id)
    study.attempted(session, owner, shelf.course(session, row.course_id, now=step.at), row, grade, now=step.at)
    return after


def _append(session: Session, row: AttemptRow, step: core.Step, *, key: str) -> None:
    stored = AttemptStepRow(
        organisation_id=row.organisation_id,
        attempt_id=row.id,
        number=step.number,
        kind=step.kind,
        question_id=step.question_id,
        response=dict(step.response.to_json()) if step.response else None,
        language=step.language,
        at=hour(step.at),
        one_time_key=f"{row.id}:{key}" if key else None,
    )
    session.add(stored)
    session.flush()


def _sitting(session: Session, shelf: Shelf, row: AttemptRow) -> Sitting:
    published = shelf.release(session, row.release_id)
    quiz = published.quiz(row.page_id)
    drawn = tuple(DrawnQuestion(name, tuple(order)) for name, order in _drawn_json(row))
    accepted = {q.id: published.accepted(q) for q in quiz.questions() if isinstance(q, ShortText)}
    steps = [_step(step) for step in attempts.list_steps(session, row.id)]
    return Sitting(row, published, quiz, drawn, core.replay(quiz, drawn, steps, accepted=accepted), accepted)


def _step(row: AttemptStepRow) -> core.Step:
    response = Response.from_json(row.response) if row.response else None  # type: ignore[arg-type] # stored by to_json
    return core.Step(row.number, row.kind, row.question_id, response, row.at, row.language)  # type: ignore[arg-type] # written by us


def _drawn_to_json(drawn: Sequence[DrawnQuestion]) -> JsonObject:
    return {"questions": [[one.question_id, list(one.option_order)] for one in drawn]}


def _drawn_json(row: AttemptRow) -> Sequence[tuple[str, list[str]]]:
    return row.drawn["questions"]  # type: ignore[return-value] # written by start


def _state(row: AttemptRow) -> core.State:
    return row.state  # type: ignore[return-value] # one of the four words


def _all_tried(sitting: Sitting) -> bool:
    """Whether every practice question has been answered at least once."""
    return all(one.question_id in sitting.state.responses for one in sitting.drawn)
