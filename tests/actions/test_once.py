from concurrent.futures import ThreadPoolExecutor

import pytest

from elearn.actions.once import once
from elearn.errors import Conflict, Invalid
from elearn.store.base import JsonObject
from elearn.store.engine import Database
from elearn.store.one_time import delete_old_keys
from tests.conftest import StandingClock

KEY = "0123456789abcdef"


def test_a_form_sent_twice_is_done_once_and_answered_twice(database: Database, clock: StandingClock) -> None:
    done: list[int] = []

    def act() -> JsonObject:
        done.append(1)
        return {"number": len(done)}

    for _ in range(2):
        with database.transaction() as session:
            assert once(session, KEY, "me", "save", act, now=clock.now) == {"number": 1}
    assert done == [1]


def test_a_key_serves_one_person_and_one_deed(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        once(session, KEY, "me", "save", dict, now=clock.now)
        for person, deed in (("you", "save"), ("me", "send")):
            with pytest.raises(Conflict, match="form-key-used"):
                once(session, KEY, person, deed, dict, now=clock.now)


@pytest.mark.parametrize("key", ["", "short", "x" * 129])
def test_a_key_has_a_sensible_length(database: Database, clock: StandingClock, key: str) -> None:
    with database.transaction() as session, pytest.raises(Invalid, match="bad-form-key"):
        once(session, key, "me", "save", dict, now=clock.now)


def test_a_deed_that_failed_may_be_tried_again_with_the_same_key(database: Database, clock: StandingClock) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        once(session, KEY, "me", "save", lambda: {"x": 1 // 0}, now=clock.now)
    with database.transaction() as session:
        assert once(session, KEY, "me", "save", lambda: {"x": 1}, now=clock.now) == {"x": 1}


def test_many_at_once_get_the_first_result(database: Database, clock: StandingClock) -> None:
    def post(number: int) -> JsonObject:
        with database.transaction() as session:
            return once(session, KEY, "me", "save", lambda: {"number": number}, now=clock.now)

    with ThreadPoolExecutor(6) as pool:
        assert len({str(result) for result in pool.map(post, range(12))}) == 1


def test_old_keys_are_forgotten(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        once(session, KEY, "me", "save", dict, now=clock.now)
        delete_old_keys(session, clock.move(hours=1))
        assert once(session, KEY, "you", "save", lambda: {"new": True}, now=clock.now) == {"new": True}
