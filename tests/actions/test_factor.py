"""The second factor: set up by its first code, asked for at every sign-in, each code good once, guessing stopped."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from elearn.access.timecode import code_at, step_at
from elearn.actions import account, factor
from elearn.actions import session as deeds
from elearn.actions.factor import SwitchedOn
from elearn.actions.recovery import keep, new_sheet
from elearn.actions.session import Opened, Waiting
from elearn.errors import Conflict, Refused
from elearn.store import audit, factors, people, sessions
from elearn.store.account_notices import list_notices
from elearn.store.counters import SignInCounterRow
from elearn.store.engine import Database
from elearn.store.people import PersonRow, RecoveryCodeRow
from elearn.store.sealed import Key
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, SEED, came_in, make_factor, make_person, make_signed_in

KEYS = (Key("k1", bytes(range(32))),)
HANDLE = "mirava-lodet-47"
#: Sends a typed code to a sign-in that waits.
Prove = Callable[..., Opened]


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id, HANDLE)


@pytest.fixture
def guarded(database: Database, person: PersonRow) -> PersonRow:
    """The person with codes on."""
    with database.transaction() as session:
        make_factor(session, person, KEYS)
    return person


def wait(database: Database, clock: StandingClock, **more: object) -> Waiting:
    outcome = deeds.sign_in(database, HANDLE, PASSPHRASE, now=clock.now, **more)  # type: ignore[arg-type]
    assert isinstance(outcome, Waiting)
    return outcome


def code(clock: StandingClock, seed: bytes = SEED, *, ago: int = 0) -> str:
    return code_at(seed, step_at(clock.now) - ago)


def prove(database: Database, token: str, typed: str, clock: StandingClock, **more: str) -> Opened:
    return factor.prove(database, token, typed, keys=KEYS, now=clock.now, **more)


def look(database: Database, token: str, clock: StandingClock) -> SignedIn | None:
    with database.read() as session:
        return deeds.current(session, token, now=clock.now)


def refusal(deed: Callable[[], object]) -> str:
    """Give the code of a refusal, or an empty text when there was none."""
    try:
        deed()
    except Refused as refused:
        return refused.code
    return ""


def switch_on(database: Database, person: PersonRow, clock: StandingClock) -> tuple[SwitchedOn, bytes]:
    who = make_signed_in(person)
    with database.transaction(person.organisation_id) as session:
        seed = factor.begin(session, who, keys=KEYS)
    return factor.switch_on(database, who, code(clock, seed), keys=KEYS, now=clock.now), seed


def test_the_first_code_switches_the_factor_on(database: Database, person: PersonRow, clock: StandingClock) -> None:
    elsewhere = came_in(deeds.sign_in(database, HANDLE, PASSPHRASE, now=clock.now, trust=True))
    made, seed = switch_on(database, person, clock)
    signed_in = look(database, made.opened.token, clock)
    assert signed_in is not None
    assert signed_in.factored
    assert look(database, elsewhere.token, clock) is None
    assert len(set(made.recovery_codes)) == 10
    with database.read(person.organisation_id) as session:
        row = factors.find_factor(session, person.id)
        assert row is not None
        assert seed not in row.seed
        assert sessions.find_trusted_device(session, elsewhere.device, clock.now) is None
        assert [notice.code for notice in list_notices(session, person.id)] == ["factor-added"]
        assert audit.list_entries(session, person.organisation_id)[0].verb == "factor.added"


def test_only_a_confirmed_factor_is_asked_for(database: Database, person: PersonRow, clock: StandingClock) -> None:
    with database.transaction(person.organisation_id) as session:
        factor.begin(session, make_signed_in(person), keys=KEYS)
    assert isinstance(deeds.sign_in(database, HANDLE, PASSPHRASE, now=clock.now), Opened)


def test_beginning_again_voids_what_was_begun(database: Database, person: PersonRow, clock: StandingClock) -> None:
    who = make_signed_in(person)
    with database.transaction(person.organisation_id) as session:
        first, second = (factor.begin(session, who, keys=KEYS) for _ in range(2))
        assert factor.begun_seed(session, who, keys=KEYS) == second != first
    with pytest.raises(Refused, match="wrong-code"):
        factor.switch_on(database, who, code(clock, first), keys=KEYS, now=clock.now)


def test_a_factor_that_is_on_is_not_begun_again(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    who = make_signed_in(guarded)
    with pytest.raises(Conflict, match="factor-on"), database.transaction(guarded.organisation_id) as session:
        factor.begin(session, who, keys=KEYS)
    with pytest.raises(Refused, match="factor-not-begun"):
        factor.switch_on(database, who, code(clock), keys=KEYS, now=clock.now)


def test_a_seed_opens_for_its_own_person_only(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    with database.transaction(guarded.organisation_id) as session:
        other = make_person(session, guarded.organisation_id, "other-one-1")
        row = factors.find_factor(session, guarded.id)
        assert row is not None
        assert factors.put_seed(session, other.id, row.seed, organisation_id=guarded.organisation_id)
    with pytest.raises(Refused, match="sealed-elsewhere"):
        factor.switch_on(database, make_signed_in(other), code(clock), keys=KEYS, now=clock.now)


def test_the_passphrase_alone_opens_nothing(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waiting = wait(database, clock)
    assert look(database, waiting.token, clock) is None
    with database.read(guarded.organisation_id) as session:
        assert sessions.list_sessions(session, guarded.id) == []


@pytest.mark.parametrize("ago", [0, 1])
def test_the_code_of_now_or_just_before_finishes_a_sign_in(database: Database, guarded: PersonRow, clock: StandingClock, ago: int) -> None:
    opened = prove(database, wait(database, clock).token, code(clock, ago=ago), clock)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert (signed_in.factored, signed_in.person_id) == (True, guarded.id)


@pytest.mark.parametrize("ago", [-1, 2, 3])
def test_codes_of_other_times_do_not(database: Database, guarded: PersonRow, clock: StandingClock, ago: int) -> None:
    with pytest.raises(Refused, match="wrong-code"):
        prove(database, wait(database, clock).token, code(clock, ago=ago), clock)


def test_what_a_sign_in_carries_survives_the_second_step(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    old = prove(database, wait(database, clock).token, code(clock, ago=1), clock).token
    waiting = wait(database, clock, trust=True, label="the old phone", old_token=old)
    assert look(database, old, clock) is not None
    opened = prove(database, waiting.token, code(clock), clock, old_token=old)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert (signed_in.trusted, signed_in.label, bool(opened.device)) == (True, "the old phone", True)
    assert look(database, old, clock) is None


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0[0]}{0[1]}{0[2]} {0[3]}{0[4]}{0[5]}"])
def test_a_code_lets_in_once_however_it_is_typed(database: Database, guarded: PersonRow, clock: StandingClock, typed: str) -> None:
    now = code(clock)
    prove(database, wait(database, clock).token, now, clock)
    waiting = wait(database, clock)
    for tried in (typed.format(now), "000000", typed.format(now)):
        with pytest.raises(Refused, match="wrong-code"):
            prove(database, waiting.token, tried, clock)
    clock.move(seconds=30)
    with pytest.raises(Refused, match="wrong-code"):
        prove(database, waiting.token, now, clock)
    clock.move(minutes=2)
    assert prove(database, waiting.token, code(clock), clock).token


def test_an_older_code_is_used_up_by_a_newer_one(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    prove(database, wait(database, clock).token, code(clock), clock)
    with pytest.raises(Refused, match="wrong-code"):
        prove(database, wait(database, clock).token, code(clock, ago=1), clock)


def test_a_sign_in_waits_for_ten_minutes_and_for_one_proof(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waiting = wait(database, clock)
    prove(database, waiting.token, code(clock), clock)
    clock.move(minutes=1)
    assert refusal(lambda: prove(database, waiting.token, code(clock), clock)) == "sign-in-over"
    late = wait(database, clock)
    clock.move(minutes=10)
    assert refusal(lambda: prove(database, late.token, code(clock), clock)) == "sign-in-over"
    assert refusal(lambda: prove(database, "never-issued", code(clock), clock)) == "sign-in-over"


def test_fifty_submissions_of_one_code_at_once_let_in_once(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waits = [wait_without_counting(database, guarded, clock) for _ in range(50)]
    now = code(clock)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda waiting: refusal(lambda: prove(database, waiting.token, now, clock)), waits))
    assert answers.count("") == 1
    assert set(answers) == {"", "wrong-code", "too-many-tries"}
    with database.read(guarded.organisation_id) as session:
        assert len(sessions.list_sessions(session, guarded.id)) == 1


def test_fifty_submissions_of_one_code_to_one_sign_in_let_in_once(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    token, now = wait(database, clock).token, code(clock)
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _number: refusal(lambda: prove(database, token, now, clock)), range(50)))
    assert answers.count("") == 1


def test_one_statement_uses_a_step_up_whoever_comes_at_once(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    """The same without the counting of tries, which lets only a few of the fifty come so far."""

    def use(_number: int) -> bool:
        with database.transaction(guarded.organisation_id) as session:
            return factors.use_step(session, guarded.id, step_at(clock.now))

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(use, range(50))) == 1


def wait_without_counting(database: Database, person: PersonRow, clock: StandingClock) -> Waiting:
    with database.transaction() as session, everyone(session):
        return deeds.wait_for_factor(session, person, now=clock.now)


def with_sheet(database: Database, person: PersonRow) -> tuple[str, ...]:
    sheet = new_sheet()
    with database.transaction() as session, everyone(session):
        keep(session, person, sheet, purpose=factor.PURPOSE)
    return sheet.codes


def test_a_recovery_code_stands_in_for_the_app_once(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    codes = with_sheet(database, guarded)
    opened = prove(database, wait(database, clock).token, f" {codes[2].upper()} ", clock)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert signed_in.factored
    assert refusal(lambda: prove(database, wait(database, clock).token, codes[2], clock)) == "wrong-code"
    with database.read(guarded.organisation_id) as session:
        assert people.count_recovery_codes(session, guarded.id, purpose=factor.PURPOSE) == 9
        assert audit.list_entries(session, guarded.organisation_id)[0].verb == "factor.code-used"


def test_recovery_codes_of_the_factor_are_kept_as_slow_hashes_only(database: Database, guarded: PersonRow) -> None:
    codes = with_sheet(database, guarded)
    with database.read(guarded.organisation_id) as session:
        rows = people.list_recovery_codes(session, guarded.id, purpose=factor.PURPOSE)
    assert len({row.code_hash for row in rows}) == 10
    assert {len(row.code_hash) for row in rows} == {32}
    assert not any(part.encode() in row.code_hash for row in rows for text in codes for part in text.split("-"))


def test_fifty_submissions_of_one_recovery_code_let_in_once(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    codes = with_sheet(database, guarded)
    waits = [wait_without_counting(database, guarded, clock) for _ in range(50)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda waiting: refusal(lambda: prove(database, waiting.token, codes[0], clock)), waits))
    assert answers.count("") == 1


def test_codes_of_one_sheet_do_not_serve_for_the_other(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    codes = with_sheet(database, guarded)
    sheet = account.new_recovery_sheet(database, make_signed_in(guarded), now=clock.now)
    with database.read(guarded.organisation_id) as session:
        assert people.count_recovery_codes(session, guarded.id, purpose=factor.PURPOSE) == 10
    assert refusal(lambda: prove(database, wait(database, clock).token, sheet[0], clock)) == "wrong-code"
    other = "lantern river copper 9 oak"
    assert refusal(lambda: account.recover(database, HANDLE, codes[0], other, now=clock.now)) == "wrong-recovery"


def test_coming_back_by_the_recovery_sheet_does_not_go_round_the_factor(
    database: Database, guarded: PersonRow, clock: StandingClock
) -> None:
    sheet = account.new_recovery_sheet(database, make_signed_in(guarded), now=clock.now)
    outcome = account.recover(database, HANDLE, sheet[0], "lantern river copper 9 oak", now=clock.now)
    assert isinstance(outcome, Waiting)
    with database.read(guarded.organisation_id) as session:
        assert sessions.list_sessions(session, guarded.id) == []
    assert prove(database, outcome.token, code(clock), clock).person_id == guarded.id


def test_a_new_passphrase_keeps_the_factor_and_ends_what_waits(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waiting = wait(database, clock)
    opened = account.change_passphrase(database, make_signed_in(guarded), "lantern river copper 9 oak", now=clock.now)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert signed_in.factored
    assert refusal(lambda: prove(database, waiting.token, code(clock), clock)) == "sign-in-over"


def test_a_suspended_person_stays_out_though_her_code_is_right(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waiting = wait(database, clock)
    with database.transaction(guarded.organisation_id) as session:
        people.get_person(session, guarded.id).state = "suspended"
    assert refusal(lambda: prove(database, waiting.token, code(clock), clock)) == "sign-in-over"


def test_switching_off_ends_every_other_session_and_takes_the_codes(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    with_sheet(database, guarded)
    elsewhere = prove(database, wait(database, clock).token, code(clock), clock)
    waiting = wait(database, clock)
    with database.transaction(guarded.organisation_id) as session:
        opened = factor.switch_off(session, make_signed_in(guarded), now=clock.now)
    signed_in = look(database, opened.token, clock)
    assert signed_in is not None
    assert not signed_in.factored
    assert look(database, elsewhere.token, clock) is None
    assert refusal(lambda: prove(database, waiting.token, code(clock), clock)) == "sign-in-over"
    with database.read(guarded.organisation_id) as session:
        assert factors.find_factor(session, guarded.id) is None
        assert people.count_recovery_codes(session, guarded.id, purpose=factor.PURPOSE) == 0
        assert [notice.code for notice in list_notices(session, guarded.id)] == ["factor-removed"]
        assert audit.list_entries(session, guarded.organisation_id)[0].verb == "factor.removed"


def test_there_is_nothing_to_switch_off_or_renew_without_a_factor(database: Database, person: PersonRow, clock: StandingClock) -> None:
    who = make_signed_in(person)
    with pytest.raises(Refused, match="no-factor"), database.transaction(person.organisation_id) as session:
        factor.switch_off(session, who, now=clock.now)
    with pytest.raises(Refused, match="no-factor"):
        factor.new_codes(database, who, now=clock.now)


def test_a_new_sheet_voids_the_old_one(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    old = with_sheet(database, guarded)
    made = factor.new_codes(database, make_signed_in(guarded), now=clock.now)
    assert refusal(lambda: prove(database, wait(database, clock).token, old[0], clock)) == "wrong-code"
    assert prove(database, wait(database, clock).token, made[0], clock).token


def test_guessing_codes_is_held_to_five_in_five_minutes_twenty_an_hour_fifty_a_day(
    database: Database, guarded: PersonRow, clock: StandingClock
) -> None:
    start, reached = clock.now, list[timedelta]()
    for seconds in (*(30,) * 240, *(300,) * 264):
        waiting = wait_without_counting(database, guarded, clock)
        if refusal(lambda token=waiting.token: prove(database, token, "000000", clock)) == "wrong-code":  # type: ignore[misc]
            reached.append(clock.now - start)
        clock.move(seconds=seconds)
    for window, most in ((timedelta(minutes=5), 5), (timedelta(hours=1), 20), (timedelta(days=1), 50)):
        assert max(sum(at <= other < at + window for other in reached) for at in reached) <= most
    assert len(reached) == 50


def test_a_right_passphrase_without_a_code_stays_counted(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    for _ in range(3):
        wait(database, clock)
    assert refusal(lambda: wait(database, clock)) == "too-many-tries"
    clock.move(minutes=6)
    prove(database, wait(database, clock).token, code(clock), clock)
    with database.read() as session:
        (row,) = [row for row in session.query(SignInCounterRow) if row.key.startswith("name:")]
    assert len(row.tries) == 3


def test_whoever_guesses_codes_elsewhere_does_not_keep_the_owner_out(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    opened = prove(database, wait(database, clock, trust=True).token, code(clock), clock)
    clock.move(minutes=2)
    for _ in range(3):
        waiting = wait_without_counting(database, guarded, clock)
        assert refusal(lambda token=waiting.token: prove(database, token, "000000", clock)) == "wrong-code"  # type: ignore[misc]
    mine = wait(database, clock, device=opened.device)
    assert refusal(lambda: prove(database, mine.token, code(clock), clock)) == "too-many-tries"
    again = prove(database, mine.token, code(clock), clock, device=opened.device)
    assert again.device == opened.device


def test_a_factor_that_vanished_ends_what_waits_for_it(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    waiting = wait(database, clock)
    with database.transaction(guarded.organisation_id) as session:
        factors.delete_factor(session, guarded.id)
    assert refusal(lambda: prove(database, waiting.token, code(clock), clock)) == "sign-in-over"


def test_what_nobody_finished_is_swept_away(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    wait(database, clock)
    with database.transaction() as session, everyone(session):
        assert factors.count_steps(session, guarded.id) == 1
        sessions.delete_ended_sessions(session, clock.move(minutes=11))
        assert factors.count_steps(session, guarded.id) == 0


def test_a_recovery_code_row_says_what_it_is_for(database: Database, guarded: PersonRow) -> None:
    with_sheet(database, guarded)
    with database.read(guarded.organisation_id) as session:
        assert {row.purpose for row in session.query(RecoveryCodeRow)} == {"factor"}
