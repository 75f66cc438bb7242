from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import event

from elearn.actions import passphrase as passphrases
from elearn.actions import session as deeds
from elearn.errors import Refused
from elearn.store import people, sessions
from elearn.store.engine import Database
from elearn.store.organisations import get_organisation
from elearn.store.sealed import Key
from elearn.store.sessions import SignedIn
from elearn.store.standing import find_standing
from elearn.store.tenancy import everyone
from tests.conftest import SERVER, StandingClock
from tests.factories import NOW, PASSPHRASE, came_in, make_factor, make_person


@pytest.fixture
def person_id(database: Database, organisation_id: str) -> str:
    with database.transaction(organisation_id) as session:
        return make_person(session, organisation_id, "mirava-lodet-47").id


@pytest.fixture
def admin_id(database: Database, organisation_id: str) -> str:
    with database.transaction(organisation_id) as session:
        return make_person(session, organisation_id, "an-admin-1", role="admin").id


def look(database: Database, token: str, clock: StandingClock) -> SignedIn | None:
    with database.read() as session:
        return deeds.current(session, token, now=clock.now)


def sign_in(database: Database, clock: StandingClock, handle: str = "mirava-lodet-47", **more: str) -> deeds.Opened:
    return came_in(deeds.sign_in(database, handle, PASSPHRASE, now=clock.now, **more))  # type: ignore[arg-type]


def test_the_right_passphrase_opens_a_session(database: Database, person_id: str, clock: StandingClock) -> None:
    opened = sign_in(database, clock)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert (signed_in.person_id, signed_in.handle, signed_in.role) == (person_id, "mirava-lodet-47", "learner")
    assert deeds.is_fresh(signed_in, now=clock.now)


def test_only_the_hash_of_a_token_is_stored(database: Database, person_id: str, organisation_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    with database.read(organisation_id) as session:
        (row,) = sessions.list_sessions(session, person_id)
        assert row.token_hash == sessions.token_hash(token) != token


@pytest.mark.parametrize("handle", ["MIRAVA-lodet-47", " mirava-lodet-47 ", "mirava-lodet-47\u00a0", "miravalodet47", "mіrаva-lodet-47"])
def test_a_handle_may_be_typed_in_any_look_alike_way(database: Database, person_id: str, clock: StandingClock, handle: str) -> None:
    assert sign_in(database, clock, handle).person_id == person_id


@pytest.mark.parametrize(("handle", "passphrase"), [("mirava-lodet-47", "wrong wrong wrong"), ("nobody-at-all", PASSPHRASE)])
def test_a_wrong_name_and_a_wrong_passphrase_get_the_same_answer(
    database: Database, person_id: str, clock: StandingClock, handle: str, passphrase: str
) -> None:
    with pytest.raises(Refused) as refused:
        deeds.sign_in(database, handle, passphrase, now=clock.now)
    assert (refused.value.code, refused.value.params) == ("wrong-sign-in", {})


def test_a_suspended_person_gets_the_same_answer_and_her_sessions_are_dead(
    database: Database, person_id: str, organisation_id: str, clock: StandingClock
) -> None:
    token = sign_in(database, clock).token
    with database.transaction(organisation_id) as session:
        people.get_person(session, person_id).state = "suspended"
    assert look(database, token, clock) is None
    with pytest.raises(Refused, match="wrong-sign-in"):
        sign_in(database, clock)


def test_a_session_dies_after_half_an_hour_without_use(database: Database, person_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    clock.move(minutes=29)
    signed_in = look(database, token, clock)
    assert signed_in is not None
    assert deeds.wants_touch(signed_in, now=clock.now)
    with database.transaction(signed_in.organisation_id) as session:
        deeds.touch(session, signed_in, now=clock.now)
    clock.move(minutes=29)
    assert look(database, token, clock) is not None
    clock.move(minutes=1)
    assert look(database, token, clock) is None


def test_a_session_used_a_moment_ago_is_not_written_again(database: Database, person_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    clock.move(minutes=4)
    signed_in = look(database, token, clock)
    assert signed_in is not None
    assert not deeds.wants_touch(signed_in, now=clock.now)


def test_a_session_dies_after_twelve_hours_of_use(database: Database, person_id: str, organisation_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    for _ in range(24):
        clock.move(minutes=29.9)
        signed_in = look(database, token, clock)
        assert signed_in is not None
        with database.transaction(organisation_id) as session:
            deeds.touch(session, signed_in, now=clock.now)
    clock.move(minutes=3)
    assert look(database, token, clock) is None


def test_an_admins_session_is_shorter(database: Database, admin_id: str, clock: StandingClock) -> None:
    opened = sign_in(database, clock, "an-admin-1")
    assert opened.ends_at == clock.now + timedelta(hours=4)
    clock.move(minutes=15)
    assert look(database, opened.token, clock) is None


def test_an_organisation_may_shorten_sessions_but_not_lengthen_them() -> None:
    assert deeds.lifetimes("learner", {"idle_minutes": 10, "session_hours": 2}) == (timedelta(minutes=10), timedelta(hours=2))
    assert deeds.lifetimes("learner", {"idle_minutes": 600, "session_hours": 99}) == (deeds.IDLE, deeds.LIFE)
    assert deeds.lifetimes("admin", {"idle_minutes": 1, "session_hours": 0}) == (timedelta(minutes=5), timedelta(hours=1))
    assert deeds.lifetimes("learner", {"idle_minutes": "soon"}) == (deeds.IDLE, deeds.LIFE)


def test_a_shorter_life_holds_for_open_sessions_at_once(
    database: Database, person_id: str, organisation_id: str, clock: StandingClock
) -> None:
    token = sign_in(database, clock).token
    with database.transaction() as session:
        get_organisation(session, organisation_id).settings = {"idle_minutes": 5}
    clock.move(minutes=6)
    assert look(database, token, clock) is None


def test_signing_in_again_replaces_the_old_token(database: Database, person_id: str, clock: StandingClock) -> None:
    first = sign_in(database, clock).token
    second = sign_in(database, clock, old_token=first).token
    assert look(database, first, clock) is None
    assert look(database, second, clock) is not None


def test_a_copied_cookie_is_dead_after_signing_out(database: Database, person_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    with database.transaction() as session:
        deeds.sign_out(session, token)
    assert look(database, token, clock) is None
    assert look(database, "never-issued", clock) is None


def test_a_sign_in_grows_stale_and_the_passphrase_makes_it_fresh_with_a_new_token(
    database: Database, person_id: str, clock: StandingClock
) -> None:
    token = sign_in(database, clock).token
    clock.move(minutes=6)
    signed_in = look(database, token, clock)
    assert signed_in is not None
    with pytest.raises(Refused, match="sign-in-again"):
        deeds.require_fresh(signed_in, now=clock.now)
    renewed = sign_in(database, clock, old_token=token).token
    assert look(database, token, clock) is None
    fresh = look(database, renewed, clock)
    assert fresh is not None
    deeds.require_fresh(fresh, now=clock.now)


def test_a_person_sees_names_and_ends_her_sessions(database: Database, person_id: str, organisation_id: str, clock: StandingClock) -> None:
    tokens = [sign_in(database, clock).token for _ in range(3)]
    me = look(database, tokens[0], clock)
    assert me is not None
    with database.transaction(organisation_id) as session:
        deeds.label_session(session, me, "  of\u202efice\0  ")
        assert {row.label for row in sessions.list_sessions(session, person_id)} == {"office", ""}
        assert deeds.end_session(session, me, sessions.token_hash(tokens[1])) == 1
        assert deeds.end_session(session, me, sessions.token_hash(tokens[1])) == 0
        assert deeds.end_other_sessions(session, me) == 1
    assert [look(database, token, clock) is not None for token in tokens] == [True, False, False]


def test_nobody_ends_the_session_of_another_person(database: Database, person_id: str, admin_id: str, clock: StandingClock) -> None:
    mine, hers = sign_in(database, clock).token, sign_in(database, clock, "an-admin-1").token
    me = look(database, mine, clock)
    assert me is not None
    with database.transaction(me.organisation_id) as session:
        assert deeds.end_session(session, me, sessions.token_hash(hers)) == 0
    assert look(database, hers, clock) is not None


def test_signing_in_calls_off_an_erasure(database: Database, person_id: str, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        person = people.get_person(session, person_id)
        person.state, person.erase_on = "leaving", NOW.date()
    assert sign_in(database, clock).stayed
    with database.read(organisation_id) as session:
        person = people.get_person(session, person_id)
        assert (person.state, person.erase_on) == ("active", None)


def test_a_cheap_old_hash_is_replaced_at_sign_in(database: Database, person_id: str, organisation_id: str, clock: StandingClock) -> None:
    sign_in(database, clock)
    with database.read(organisation_id) as session:
        assert "m=19456,t=2,p=1" in people.get_person(session, person_id).passphrase_hash
    assert sign_in(database, clock).person_id == person_id


def test_guessing_is_slowed_down_and_stopped(database: Database, person_id: str, clock: StandingClock) -> None:
    reached = 0
    for _ in range(600):
        try:
            deeds.sign_in(database, "mirava-lodet-47", "wrong wrong wrong", now=clock.now)
        except Refused as refused:
            reached += refused.code == "wrong-sign-in"
        clock.move(seconds=30)
    assert 20 <= reached <= 50


def test_the_owner_gets_in_by_a_trusted_browser_while_others_guess(database: Database, person_id: str, clock: StandingClock) -> None:
    device = came_in(deeds.sign_in(database, "mirava-lodet-47", PASSPHRASE, now=clock.now, trust=True)).device
    assert device
    for _ in range(4):
        with pytest.raises(Refused):
            deeds.sign_in(database, "mirava-lodet-47", "wrong wrong wrong", now=clock.now)
    with pytest.raises(Refused, match="too-many-tries") as refused:
        sign_in(database, clock)
    assert refused.value.params == {"seconds": 2}
    opened = sign_in(database, clock, device=device)
    assert opened.device == device


def test_a_browser_trusted_by_another_person_gets_a_token_of_its_own_only_when_asked(
    database: Database, person_id: str, admin_id: str, clock: StandingClock
) -> None:
    device = came_in(deeds.sign_in(database, "an-admin-1", PASSPHRASE, now=clock.now, trust=True)).device
    other = came_in(deeds.sign_in(database, "mirava-lodet-47", PASSPHRASE, now=clock.now, device=device, trust=True)).device
    assert other not in {"", device}
    assert came_in(deeds.sign_in(database, "an-admin-1", PASSPHRASE, now=clock.now, device=device)).device == device


@pytest.mark.parametrize("whose", ["somebody-else", "nobody"])
def test_a_device_that_is_not_hers_earns_no_trust(
    database: Database, person_id: str, admin_id: str, clock: StandingClock, whose: str
) -> None:
    trusted = came_in(deeds.sign_in(database, "an-admin-1", PASSPHRASE, now=clock.now, trust=True)).device
    opened = sign_in(database, clock, device=trusted if whose == "somebody-else" else "rubbish")
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert (opened.device, signed_in.trusted) == ("", False)


def test_a_passphrase_changed_while_it_was_being_checked_opens_nothing(
    database: Database, person_id: str, organisation_id: str, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify_and_change(_stored: str | None, _passphrase: str) -> bool:
        with database.transaction(organisation_id) as session:
            people.get_person(session, person_id).passphrase_hash = "another"
        return True

    monkeypatch.setattr(passphrases, "verify", verify_and_change)
    with pytest.raises(Refused, match="wrong-sign-in"):
        sign_in(database, clock)


def test_sessions_that_are_over_are_swept_away(database: Database, person_id: str, clock: StandingClock) -> None:
    deeds.sign_in(database, "mirava-lodet-47", PASSPHRASE, now=clock.now, trust=True)
    clock.move(days=181)
    with database.transaction() as session, everyone(session):
        sessions.delete_ended_sessions(session, clock.now)
        assert sessions.list_sessions(session, person_id) == []


@pytest.mark.skipif(bool(SERVER), reason="only SQLite's driver tells every statement")
def test_a_signed_in_lesson_page_needs_two_statements(database: Database, person_id: str, clock: StandingClock) -> None:
    token = sign_in(database, clock).token
    statements: list[str] = []
    with database.look(everyone=True) as connection:
        cast("Any", connection.driver_connection).set_trace_callback(statements.append)
        signed_in = deeds.look_up(connection, token, now=clock.now)
        assert signed_in is not None
        find_standing(connection, signed_in.person_id, "rights", "intro", organisation_id=signed_in.organisation_id)
        cast("Any", connection.driver_connection).set_trace_callback(None)
    assert len(statements) == 2


def test_guessing_in_parallel_gains_nothing(database: Database, person_id: str, clock: StandingClock) -> None:
    def guess(_number: int) -> str:
        with pytest.raises(Refused) as refused:
            deeds.sign_in(database, "mirava-lodet-47", "wrong wrong wrong", now=clock.now)
        return refused.value.code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(24)))
    assert answers.count("wrong-sign-in") == 3
    assert answers.count("too-many-tries") == 21


def test_a_known_and_an_unknown_name_cost_the_same_statements_and_one_hash_each(
    database: Database, person_id: str, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _k, statement, *_a: work.append(statement))

    def verify(*_given: object) -> bool:
        work.append("hash")
        return False

    monkeypatch.setattr(passphrases, "verify", verify)
    for handle in ("mirava-lodet-47", "nobody-at-all"):
        with pytest.raises(Refused, match="wrong-sign-in"):
            deeds.sign_in(database, handle, "wrong wrong wrong", now=clock.now)
    half = len(work) // 2
    assert work[:half] == work[half:]
    assert work.count("hash") == 2


@pytest.mark.parametrize("rival", ["passphrase", "factor", "suspension"])
def test_a_sign_in_under_way_does_not_outlive_what_ends_it(
    database: Database, person_id: str, organisation_id: str, clock: StandingClock, rival: str
) -> None:
    """The other one has begun and is not done yet when the passphrase, still the right one, is shown."""
    with ThreadPoolExecutor(1) as pool:
        with database.transaction(organisation_id) as session:
            person = people.get_person(session, person_id, for_update=True)
            if rival == "passphrase":
                person.passphrase_hash = passphrases.make_hash("another one, long enough")
            elif rival == "suspension":
                person.state = "suspended"
            else:
                make_factor(session, person, (Key("k1", bytes(range(32))),))
            session.flush()
            sessions.delete_sessions(session, person_id)
            under_way = pool.submit(deeds.sign_in, database, "mirava-lodet-47", PASSPHRASE, now=clock.now)
            with suppress(TimeoutError):  # it waits for this transaction
                under_way.result(timeout=1)
        with suppress(Refused):
            under_way.result()
    with database.read(organisation_id) as session:
        assert sessions.list_sessions(session, person_id) == []
