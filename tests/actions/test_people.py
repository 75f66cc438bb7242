"""What admins do about people: roles, suspension, sessions, resets; and what nobody does to herself or to operators."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions import account, erase, people, recovery
from elearn.actions import session as sessions
from elearn.errors import ElearnError, Invalid, NotFound, Refused
from elearn.store import audit
from elearn.store.account_notices import list_notices
from elearn.store.base import new_id
from elearn.store.engine import Database
from elearn.store.people import PersonRow, Sought, count_found, get_person, list_found, list_recovery_codes
from elearn.store.sessions import list_sessions
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person

Deed = Callable[[Session, Identity, str], object]


@pytest.fixture
def admin(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id, "first-admin-1", role="admin")


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    with database.transaction() as session:
        return make_person(session, organisation_id, "mirava-lodet-47")


def who(row: PersonRow) -> Identity:
    return Identity(row.id, row.organisation_id, frozenset({Role(row.role)}))


def now_of(database: Database, row: PersonRow) -> PersonRow:
    with database.read(row.organisation_id) as session:
        return get_person(session, row.id)


def sign_in(database: Database, row: PersonRow, clock: StandingClock) -> str:
    with database.transaction(row.organisation_id) as session:
        return sessions.open_session(session, get_person(session, row.id), now=clock.now, trust=True).token


def is_in(database: Database, token: str, clock: StandingClock) -> bool:
    with database.read() as session:
        return sessions.current(session, token, now=clock.now) is not None


def told(database: Database, row: PersonRow) -> list[str]:
    with database.read(row.organisation_id) as session:
        return [notice.code for notice in list_notices(session, row.id)]


def last_verb(database: Database, row: PersonRow) -> str:
    with database.read() as session:
        return audit.list_entries(session, row.organisation_id)[0].verb


def deeds(clock: StandingClock) -> dict[str, Deed]:
    return {
        "role": lambda session, admin, person_id: people.change_role(session, admin, person_id, "trainer", now=clock.now),
        "suspend": lambda session, admin, person_id: people.suspend(session, admin, person_id, now=clock.now),
        "reinstate": lambda session, admin, person_id: people.reinstate(session, admin, person_id, now=clock.now),
        "sessions": lambda session, admin, person_id: people.end_sessions(session, admin, person_id, now=clock.now),
    }


DEEDS = ("role", "suspend", "reinstate", "sessions")


def do(database: Database, deed: str, admin: PersonRow, person_id: str, clock: StandingClock) -> object:
    with database.transaction(admin.organisation_id) as session:
        return deeds(clock)[deed](session, who(admin), person_id)


@pytest.mark.parametrize(("deed", "verb"), [("role", "role.changed"), ("suspend", "person.suspended"), ("sessions", "sessions.ended")])
def test_a_change_ends_every_session_at_once_and_is_in_the_record(
    database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock, deed: str, verb: str
) -> None:
    tokens = [sign_in(database, person, clock) for _ in range(2)]
    own = sign_in(database, admin, clock)
    assert do(database, deed, admin, person.id, clock)
    assert [is_in(database, token, clock) for token in (*tokens, own)] == [False, False, True]
    assert last_verb(database, person) == verb
    assert not do(database, deed, admin, person.id, clock)


def test_a_new_role_is_told_and_holds(database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock) -> None:
    do(database, "role", admin, person.id, clock)
    assert now_of(database, person).role == "trainer"
    assert told(database, person) == ["role-changed"]


@pytest.mark.parametrize("role", ["operator", "visitor", "king", ""])
def test_nobody_is_made_an_operator(database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock, role: str) -> None:
    with database.transaction(admin.organisation_id) as session, pytest.raises(Invalid, match="unknown-role"):
        people.change_role(session, who(admin), person.id, role, now=clock.now)


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_changes_herself(database: Database, admin: PersonRow, clock: StandingClock, deed: str) -> None:
    with pytest.raises(Refused, match="not-oneself"):
        do(database, deed, admin, admin.id, clock)
    with pytest.raises(Refused, match="not-oneself"):
        people.start_reset(database, who(admin), admin.id, now=clock.now)


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_touches_an_operator(database: Database, admin: PersonRow, organisation_id: str, clock: StandingClock, deed: str) -> None:
    with database.transaction() as session:
        operator = make_person(session, organisation_id, role="operator")
    with pytest.raises(Refused, match="operator-untouched"):
        do(database, deed, admin, operator.id, clock)
    with pytest.raises(Refused, match="operator-untouched"):
        people.start_reset(database, who(admin), operator.id, now=clock.now)


@pytest.mark.parametrize("deed", DEEDS)
def test_people_of_another_organisation_are_not_there(database: Database, admin: PersonRow, clock: StandingClock, deed: str) -> None:
    with database.transaction() as session:
        stranger = make_person(session, make_organisation(session).id)
    for person_id in (stranger.id, new_id()):
        with pytest.raises(NotFound, match="no-person"):
            do(database, deed, admin, person_id, clock)
        with pytest.raises(NotFound, match="no-person"):
            people.start_reset(database, who(admin), person_id, now=clock.now)


@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize(("role", "state"), [("trainer", "active"), ("admin", "suspended"), ("admin", "leaving")])
def test_whoever_is_no_working_admin_any_more_changes_nobody(
    database: Database, organisation_id: str, person: PersonRow, clock: StandingClock, deed: str, role: str, state: str
) -> None:
    with database.transaction() as session:
        former = make_person(session, organisation_id, role=role, state=state)
    with pytest.raises(NotFound, match="no-page"):
        do(database, deed, former, person.id, clock)


@pytest.mark.parametrize("deed", ["role", "suspend"])
def test_of_two_admins_who_remove_each_other_one_is_left(
    database: Database, organisation_id: str, admin: PersonRow, clock: StandingClock, deed: str
) -> None:
    for _ in range(4):
        with database.transaction() as session:
            other = make_person(session, organisation_id, role="admin")
        pairs = [(admin, other), (other, admin)]
        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(lambda pair: attempt(database, deed, pair[0], pair[1].id, clock), pairs))
        assert sorted(map(str, done)) == ["True", "no-page"]
        with database.read(organisation_id) as session:
            assert count_found(session, Sought(role="admin", state="active")) == 1
            (left,) = list_found(session, Sought(role="admin", state="active"))
        admin = left


def attempt(database: Database, deed: str, admin: PersonRow, person_id: str, clock: StandingClock) -> object:
    try:
        return do(database, deed, admin, person_id, clock)
    except ElearnError as error:
        return error.code


def test_the_suspended_come_back_when_reinstated(database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock) -> None:
    do(database, "suspend", admin, person.id, clock)
    assert now_of(database, person).state == "suspended"
    with pytest.raises(Refused, match="person-suspended"):
        people.start_reset(database, who(admin), person.id, now=clock.now)
    assert do(database, "reinstate", admin, person.id, clock)
    assert not do(database, "reinstate", admin, person.id, clock)
    assert now_of(database, person).state == "active"
    assert is_in(database, sign_in(database, person, clock), clock)


def test_suspending_stops_no_erasure(database: Database, admin: PersonRow, organisation_id: str, clock: StandingClock) -> None:
    day = clock.now.date() + erase.GRACE
    with database.transaction() as session:
        leaving, back = (make_person(session, organisation_id, state="leaving", erase_on=day) for _ in range(2))
    for row in (leaving, back):
        do(database, "suspend", admin, row.id, clock)
    do(database, "reinstate", admin, back.id, clock)
    assert now_of(database, back).state == "leaving"
    clock.move(days=erase.GRACE.days)
    assert erase.erase_due(database, now=clock.now) == 2


def test_only_living_sessions_are_counted(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for _ in range(2):
        sign_in(database, person, clock)
    clock.move(minutes=29)
    sign_in(database, person, clock)
    with database.read(person.organisation_id) as session:
        assert people.count_open_sessions(session, person, now=clock.now) == 3
        assert people.count_open_sessions(session, person, now=clock.now + timedelta(minutes=2)) == 1
        assert len(list_sessions(session, person.id)) == 3


NEW = "seven lanterns over a quiet harbour"


def recover(database: Database, code: str, clock: StandingClock) -> object:
    return account.recover(database, "mirava-lodet-47", code, NEW, now=clock.now)


def start(database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock) -> str:
    return people.start_reset(database, who(admin), person.id, now=clock.now)


def keep_sheet(database: Database, person: PersonRow) -> tuple[str, ...]:
    sheet = recovery.new_sheet()
    with database.transaction(person.organisation_id) as session:
        recovery.keep(session, person, sheet)
    return sheet.codes


def test_a_reset_gives_one_code_for_a_passphrase_of_her_own(
    database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock
) -> None:
    sheet = keep_sheet(database, person)
    token = sign_in(database, person, clock)
    code = start(database, admin, person, clock)
    assert is_in(database, token, clock)
    assert (told(database, person), last_verb(database, person)) == (["reset-started"], "reset.started")
    recover(database, code.upper(), clock)
    assert not is_in(database, token, clock)
    assert (sorted(told(database, person)), last_verb(database, person)) == (["passphrase-changed", "reset-started"], "passphrase.reset")
    for used in (code, sheet[0]):
        with pytest.raises(Refused, match="wrong-recovery"):
            recover(database, used, clock)


@pytest.mark.parametrize(("hours", "works"), [(38, True), (39, False)])  # it is 9:17: midnight after tomorrow is 38 hours and a half away
def test_a_reset_code_works_up_to_the_end_of_the_next_day(
    database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock, hours: int, works: bool
) -> None:
    code = start(database, admin, person, clock)
    clock.move(hours=hours)
    if works:
        recover(database, code, clock)
        return
    with pytest.raises(Refused, match="wrong-recovery"):
        recover(database, code, clock)
    with database.transaction() as session:
        erase.sweep(session, now=clock.now)
    with database.read() as session, everyone(session):
        assert list_recovery_codes(session, person.id, purpose=recovery.RESET) == []


def test_a_second_reset_voids_the_first_and_leaves_the_sheet(
    database: Database, admin: PersonRow, person: PersonRow, clock: StandingClock
) -> None:
    sheet = keep_sheet(database, person)
    first, second = (start(database, admin, person, clock) for _ in range(2))
    with pytest.raises(Refused, match="wrong-recovery"):
        recover(database, first, clock)
    recover(database, sheet[3], clock)
    with pytest.raises(Refused, match="wrong-recovery"):  # whoever finds the way in herself needs the reset no more
        recover(database, second, clock)


def test_people_are_found_by_a_part_of_the_pseudonym_by_role_and_by_state(database: Database, organisation_id: str) -> None:
    with database.transaction() as session:
        for handle, role, state in (("aida", "learner", "active"), ("timur", "trainer", "active"), ("гүлнәр", "learner", "suspended")):
            make_person(session, organisation_id, f"{handle}-x", role=role, state=state)
        make_person(session, make_organisation(session).id, "aida-other")
    with database.read(organisation_id) as session:
        for sought, names in (
            (Sought(), ["Aida-X", "Timur-X", "Гүлнәр-X"]),
            (Sought(name="AID"), ["Aida-X"]),
            (Sought(name="ГҮЛ"), ["Гүлнәр-X"]),
            (Sought(name="%"), []),
            (Sought(role="learner"), ["Aida-X", "Гүлнәр-X"]),
            (Sought(role="learner", state="active"), ["Aida-X"]),
        ):
            assert [row.pseudonym for row in list_found(session, sought)] == names
            assert count_found(session, sought) == len(names)
        assert [row.pseudonym for row in list_found(session, Sought(), start=1, limit=1)] == ["Timur-X"]
