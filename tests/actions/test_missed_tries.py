"""Who signs in is told how many tries to get in as her failed before; strangers learn nothing of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from elearn.access.timecode import code_at, step_at
from elearn.actions import account, factor
from elearn.actions import session as deeds
from elearn.actions.account import NewPerson
from elearn.actions.recovery import keep, new_sheet
from elearn.actions.session import Opened, Waiting
from elearn.errors import Refused
from elearn.store.counters import SignInCounterRow
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.sealed import Key
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, SEED, came_in, make_factor, make_person

KEYS = (Key("k1", bytes(range(32))),)
#: What a process holds that has not read the key by which the seed was sealed.
OTHER_KEYS = (Key("k2", bytes(range(1, 33))),)
HANDLE = "mirava-lodet-47"


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction(organisation_id) as session:
        return make_person(session, organisation_id, HANDLE)


def sign_in(database: Database, clock: StandingClock, passphrase: str = PASSPHRASE, handle: str = HANDLE) -> Opened | Waiting:
    return deeds.sign_in(database, handle, passphrase, now=clock.now)


def fail(deed: Callable[[], object], clock: StandingClock) -> str:
    with pytest.raises(Refused) as refused:
        deed()
    clock.move(minutes=1)
    return refused.value.code


def test_failed_tries_are_told_once(database: Database, person: PersonRow, clock: StandingClock) -> None:
    assert came_in(sign_in(database, clock)).missed == 0
    for _ in range(3):
        fail(lambda: sign_in(database, clock, "wrong wrong wrong"), clock)
    clock.move(days=40)  # far longer than the counters are kept
    opened = came_in(sign_in(database, clock))
    assert opened.missed == 3
    with database.read() as session:
        signed_in = deeds.current(session, opened.token, now=clock.now)
    assert signed_in is not None
    assert signed_in.missed_tries == 3
    assert came_in(sign_in(database, clock)).missed == 0


def test_tries_at_other_names_are_nobodys(database: Database, person: PersonRow, clock: StandingClock) -> None:
    fail(lambda: sign_in(database, clock, "wrong wrong wrong", "nobody-at-all-3"), clock)
    assert came_in(sign_in(database, clock)).missed == 0


def test_a_try_that_had_to_wait_is_not_counted(database: Database, person: PersonRow, clock: StandingClock) -> None:
    codes = []
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            sign_in(database, clock, "wrong wrong wrong")
        codes.append(refused.value.code)
    assert codes.count("wrong-sign-in") == 3
    clock.move(minutes=10)
    assert came_in(sign_in(database, clock)).missed == 3


@pytest.fixture
def guarded(database: Database, person: PersonRow) -> PersonRow:
    """The person with codes on."""
    with database.transaction() as session:
        make_factor(session, person, KEYS)
    return person


def wait(database: Database, clock: StandingClock) -> str:
    """Give the token of a sign-in that waits for a code."""
    outcome = sign_in(database, clock)
    assert isinstance(outcome, Waiting)
    return outcome.token


def prove(database: Database, clock: StandingClock, token: str, code: str = "", keys: tuple[Key, ...] = KEYS) -> Opened:
    return factor.prove(database, token, code or code_at(SEED, step_at(clock.now)), keys=keys, now=clock.now)


def test_tries_at_the_second_factor_are_told_too(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    fail(lambda: sign_in(database, clock, "wrong wrong wrong"), clock)
    wait(database, clock)  # somebody knew the passphrase and showed no code
    clock.move(minutes=1)
    token = wait(database, clock)
    fail(lambda: prove(database, clock, token, "000000"), clock)
    assert prove(database, clock, token).missed == 3
    clock.move(minutes=1)
    assert prove(database, clock, wait(database, clock)).missed == 0


def test_a_try_that_fails_because_of_our_own_keys_counts_against_nobody(
    database: Database, guarded: PersonRow, clock: StandingClock
) -> None:
    token = wait(database, clock)
    for _ in range(10):  # none has to wait
        with pytest.raises(Refused, match="sealed-elsewhere"):
            prove(database, clock, token, keys=OTHER_KEYS)
    with database.read() as session:
        assert [row.tries for row in session.query(SignInCounterRow)] == [[], []]
    assert prove(database, clock, token).missed == 0


def test_only_its_own_try_at_the_passphrase_is_taken_back(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    _, token = (wait(database, clock) for _ in range(2))
    with ThreadPoolExecutor(4) as pool:
        tries = [pool.submit(prove, database, clock, token, keys=OTHER_KEYS) for _ in range(4)]
    assert {type(one.exception()) for one in tries} == {Refused}
    with database.read() as session:
        assert sorted(len(row.tries) for row in session.query(SignInCounterRow)) == [0, 1]
    assert prove(database, clock, token).missed == 1


def test_codes_on_paper_let_in_whether_our_keys_open_the_seed_or_not(database: Database, guarded: PersonRow, clock: StandingClock) -> None:
    sheet = new_sheet()
    with database.transaction() as session, everyone(session):
        keep(session, guarded, sheet, purpose=factor.PURPOSE)
    token = wait(database, clock)
    assert fail(lambda: prove(database, clock, token, "no code of this sheet", OTHER_KEYS), clock) == "wrong-code"
    assert prove(database, clock, token, sheet.codes[0], OTHER_KEYS).missed == 1


def test_recovery_is_a_try_as_well(database: Database, organisation_id: str, clock: StandingClock) -> None:
    new = NewPerson(handle=HANDLE, passphrase=PASSPHRASE, language="en", country="")
    codes = account.join(database, new, form_key="form-key-0123456789", now=clock.now).recovery_codes
    fail(lambda: account.recover(database, HANDLE, "xxxx-xxxx-xxxx-xxxx", "lanterns over quiet rivers", now=clock.now), clock)
    assert came_in(account.recover(database, HANDLE, codes[0], "lanterns over quiet rivers", now=clock.now)).missed == 1


def test_many_tries_at_once_block_neither_each_other_nor_the_owner(database: Database, person: PersonRow, clock: StandingClock) -> None:
    def attempt(number: int) -> None:
        with suppress(Refused):
            sign_in(database, clock, PASSPHRASE if number % 2 else "wrong wrong wrong")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(attempt, range(24)))
    clock.move(minutes=10)
    came_in(sign_in(database, clock))
    with database.read(person.organisation_id) as session:
        assert get_person(session, person.id).missed_tries == 0
