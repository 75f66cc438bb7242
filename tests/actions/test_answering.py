from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from elearn.access.identity import Identity
from elearn.actions import answering
from elearn.actions.answering import Answered
from elearn.actions.attempt import Sitting
from elearn.actions.shelf import Shelf
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import attempts
from elearn.store.engine import Database
from tests.actions import trial
from tests.actions.trial import Desk


def save(desk: Desk, sitting: Sitting, question: str = "must", *, key: str = "", who: Identity | None = None, **fields: str) -> Any:  # noqa: ANN401 - course and page
    form = {name: [value] for name, value in fields.items()}
    answered = Answered(sitting.row.id, question, form)
    return answering.save(desk.session, desk.shelf, who or desk.who, answered, language="ru", key=key, now=desk.now)


def kept(desk: Desk, sitting: Sitting) -> list[object]:
    return [(step.response or {}).get("value") for step in attempts.list_steps(desk.session, sitting.row.id)]


def test_what_is_saved_quickly_is_what_is_saved(desk: Desk) -> None:
    quick, slow = desk.start(), Desk(desk.session, desk.shelf, desk.who, desk.now)
    assert save(desk, quick, choice="bad") == ("trial", "final")
    again = slow.start()
    assert again.state == slow.answer(again, "must", choice="bad", language="ru").state
    assert again.state.languages == {"must": "ru"}


def test_the_same_again_is_kept_once_and_the_last_answer_wins(desk: Desk) -> None:
    sitting = desk.start()
    for choice, key in (("bad", "a"), ("bad", "a"), ("good", "b"), ("bad", "a"), ("bad", "c")):
        save(desk, sitting, choice=choice, key=key)
    save(desk, sitting)
    save(desk, sitting)
    assert kept(desk, sitting) == ["bad", "good", "bad", None]


def test_an_answer_that_was_only_shown_does_not_overwrite_that_of_another_tab(desk: Desk) -> None:
    sitting = desk.start()
    shown = answering.mark_of(desk.answer(sitting, "must", choice="bad").state.responses["must"])
    save(desk, sitting, choice="good")
    untouched = Answered(sitting.row.id, "must", {"choice": ["bad"]}, was=shown)
    answering.save(desk.session, desk.shelf, desk.who, untouched, language="en", key="", now=desk.now)
    assert kept(desk, sitting) == ["bad", "good"]
    assert answering.mark_of(None) != shown


def test_what_cannot_be_saved_is_refused_as_ever(desk: Desk, organisation_id: str) -> None:
    sitting = desk.start()
    with pytest.raises(Invalid, match="answer-unusable"):
        save(desk, sitting, choice="elsewhere")
    hidden = ({"t1", "t2", "t3", "t4"} - {one.question_id for one in sitting.drawn}).pop()
    for question in (hidden, "nothing"):
        with pytest.raises(NotFound):
            save(desk, sitting, question, choice="yes")
    with pytest.raises(NotFound, match="no-attempt"):
        save(desk, sitting, choice="bad", who=trial.learner(desk.session, organisation_id))
    with pytest.raises(NotFound, match="no-attempt"):
        save(desk, sitting, choice="bad", who=Identity(desk.who.person_id, "another"))
    desk.now += timedelta(minutes=32)
    with pytest.raises(Refused, match="time-over"):
        save(desk, sitting, choice="bad")
    desk.submit(sitting)
    with pytest.raises(Refused, match="attempt-closed"):
        save(desk, sitting, choice="bad")
    assert kept(desk, sitting) == [None]


def test_practice_is_judged_at_once(desk: Desk) -> None:
    sitting = desk.start("hello")
    assert save(desk, sitting, "hinted", choice="state") == ("trial", "hello")
    assert desk.start("hello").state.right == {"hinted"}


def save_at_once(database: Database, desk: Desk, sitting: Sitting, question: str, **fields: str) -> Any:  # noqa: ANN401 - course and page, or None
    answered = Answered(sitting.row.id, question, {name: [value] for name, value in fields.items()})
    with database.write(desk.who.organisation_id) as writer:
        return answering.save_at_once(writer, desk.shelf, desk.who, answered, language="ru", now=desk.now)


def test_an_answer_of_a_test_needs_no_session(database: Database, desk: Desk) -> None:
    sitting = desk.start()
    desk.session.commit()
    for choice in ("bad", "bad", "good"):
        assert save_at_once(database, desk, sitting, "must", choice=choice) == ("trial", "final")
    assert kept(desk, sitting) == ["bad", "good"]


def test_what_needs_a_session_says_so_and_does_nothing(database: Database, desk: Desk) -> None:
    practice, test = desk.start("hello"), desk.start()
    desk.session.commit()
    assert save_at_once(database, desk, practice, "hinted", choice="state") is None
    desk.shelf = Shelf()
    assert save_at_once(database, desk, test, "must", choice="bad") is None
    assert kept(desk, practice) == kept(desk, test) == []


def test_answers_from_many_tabs_at_once_are_all_kept(database: Database, desk: Desk) -> None:
    sitting = desk.start()
    desk.session.commit()

    def click(number: int) -> None:
        choice = ("good", "bad", "worse")[number % 3]
        if number % 2:
            save_at_once(database, desk, sitting, "must", choice=choice)
            return
        with database.transaction(desk.who.organisation_id) as session:
            save(Desk(session, desk.shelf, desk.who, desk.now), sitting, choice=choice, key=f"tab-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(click, range(48)))
    numbers = [step.number for step in attempts.list_steps(desk.session, sitting.row.id)]
    assert numbers == list(range(1, len(numbers) + 1))
