"""Codes of an invite: random, hashed, over after seven days, each used as often as it says and not once more."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions import account, erase, invite, people, setup
from elearn.actions.account import NewPerson
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import audit
from elearn.store.cohorts import list_members
from elearn.store.engine import Database
from elearn.store.enrolments import find_enrolment
from elearn.store.invites import count_sheets, delete_ended_invites, list_invites, list_sheets
from elearn.store.organisations import get_organisation
from elearn.store.people import get_person
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_cohort, make_organisation, make_person, make_release, make_signed_in

KEY = "k" * 20
OWN = "lanterns over quiet rivers"


@pytest.fixture
def admin(session: Session, organisation_id: str) -> SignedIn:
    return make_signed_in(make_person(session, organisation_id, role="admin"))


def newcomer(code: str, handle: str = "oguz-one") -> NewPerson:
    return NewPerson(handle=handle, passphrase=OWN, language="ru", country="", invite=code)


def test_the_codes_of_a_sheet_are_128_random_bits_and_only_their_hashes_stay(
    session: Session, admin: SignedIn, clock: StandingClock
) -> None:
    sheet = invite.invite_many(session, admin, role="learner", codes=100, now=clock.now)
    plain = {slip.code.replace("-", "") for slip in sheet.slips}
    assert len(plain) == 100
    assert all(re.fullmatch(r"[0-9a-f]{4}(-[0-9a-f]{4}){7}", slip.code) for slip in sheet.slips)
    # no place of a code stands still: of 16 digits a hundred draws leave out more than three with a chance below one in a million
    assert all(len({code[place] for code in plain}) > 12 for place in range(32))
    rows = list_invites(session, sheet=sheet.id, limit=200)
    assert {row.code_hash for row in rows} == {invite.hash_code(code) for code in plain}
    stored = " ".join(f"{row.id} {row.code_hash} {row.sheet}" for row in rows)
    assert not any(code in stored for code in plain)
    assert (
        sum(code[:8] in stored for code in plain) < 3
    )  # one in four thousand sheets has one by chance; were they kept, all would be there
    assert not any(code in repr(sheet) for code in [*plain, *(slip.code for slip in sheet.slips)])


def test_the_mark_of_a_slip_finds_its_invite_and_says_nothing_of_the_code(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    sheet = invite.invite_many(session, admin, role="learner", codes=20, now=clock.now)
    by_mark = {invite.mark_of(row.id): row.code_hash for row in list_invites(session, sheet=sheet.id)}
    assert {slip.mark: invite.hash_code(slip.code) for slip in sheet.slips} == by_mark
    assert not any(slip.code.replace("-", "").startswith(slip.mark) for slip in sheet.slips)


@pytest.mark.parametrize(("codes", "uses", "told"), [(0, 1, "bad-codes"), (101, 1, "bad-codes"), (1, 0, "bad-uses"), (1, 201, "bad-uses")])
def test_numbers_out_of_bounds_make_nothing(
    session: Session, admin: SignedIn, clock: StandingClock, codes: int, uses: int, told: str
) -> None:
    with pytest.raises(Invalid, match=told):
        invite.invite_many(session, admin, role="learner", codes=codes, uses=uses, now=clock.now)
    assert count_sheets(session, clock.now) == 0


@pytest.mark.parametrize("role", ["admin", "operator", "visitor", ""])
def test_nobody_gets_power_by_a_code(session: Session, admin: SignedIn, clock: StandingClock, role: str) -> None:
    with pytest.raises(Invalid, match="unknown-role"):
        invite.invite_many(session, admin, role=role, now=clock.now)


def test_a_code_leads_into_a_cohort_and_its_courses(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        make_release(session, "rights-and-obligations")
        cohort_id = make_cohort(session, organisation_id).id
        code = invite.invite_many(session, admin, role="learner", cohort_id=cohort_id, now=clock.now).slips[0].code
    joined = account.join(database, newcomer(code.upper().replace("-", " ")), form_key=KEY, now=clock.now)
    with database.read(organisation_id) as session:
        assert [person.id for person in list_members(session, cohort_id)] == [joined.person_id]
        enrolment = find_enrolment(session, joined.person_id, "rights-and-obligations")
        assert enrolment is not None
        assert enrolment.state == "active"


def test_a_cohort_that_closed_meanwhile_takes_nobody_but_its_organisation_does(
    database: Database, organisation_id: str, clock: StandingClock
) -> None:
    with database.transaction(organisation_id) as session:
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        cohort = make_cohort(session, organisation_id)
        code = invite.invite_many(session, admin, role="learner", cohort_id=cohort.id, now=clock.now).slips[0].code
        cohort.closed = True
    joined = account.join(database, newcomer(code), form_key=KEY, now=clock.now)
    with database.read(organisation_id) as session:
        assert get_person(session, joined.person_id).role == "learner"
        assert list_members(session, cohort.id) == []


def test_no_code_leads_into_a_closed_cohort_or_one_of_another_organisation(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    other = make_organisation(session)
    foreign = make_cohort(session, other.id)
    with pytest.raises(NotFound, match="no-cohort"):
        invite.invite_many(session, admin, role="learner", cohort_id=foreign.id, now=clock.now)
    own = make_cohort(session, admin.organisation_id)
    own.closed = True
    with pytest.raises(Refused, match="cohort-closed"):
        invite.invite_many(session, admin, role="learner", cohort_id=own.id, now=clock.now)


def test_a_sheet_is_taken_back_slip_by_slip_or_whole(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    sheet = invite.invite_many(session, admin, role="learner", codes=3, now=clock.now)
    kept = invite.invite_many(session, admin, role="trainer", uses=5, now=clock.now)
    first = next(row for row in list_invites(session, sheet=sheet.id) if invite.mark_of(row.id) == sheet.slips[0].mark)
    invite.take_back(session, admin, first.id, now=clock.now)
    with everyone(session):
        for slip, works in zip(sheet.slips, (False, True, True), strict=True):
            assert usable(session, slip.code, clock) is works
    assert invite.take_back_sheet(session, admin, sheet.id, now=clock.now) == 2
    assert [line.id for line in list_sheets(session, clock.now)] == [kept.id]
    for gone in (first.id, sheet.id, "nothing"):
        with pytest.raises(NotFound):
            invite.take_back(session, admin, gone, now=clock.now)
        with pytest.raises(NotFound):
            invite.take_back_sheet(session, admin, gone, now=clock.now)


def usable(session: Session, code: str, clock: StandingClock) -> bool:
    try:
        invite.find_usable(session, code, now=clock.now)
    except Refused:
        return False
    return True


def test_nobody_takes_back_the_invites_of_another_organisation(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    sheet = invite.invite_many(session, admin, role="learner", codes=2, now=clock.now)
    row = list_invites(session, sheet=sheet.id)[0]
    with everyone(session):
        other = make_organisation(session)
        stranger = make_signed_in(make_person(session, other.id, role="admin"))
    session.flush()
    session.info["organisation"] = other.id  # the session of the other admin
    with pytest.raises(NotFound):
        invite.take_back(session, stranger, row.id, now=clock.now)
    with pytest.raises(NotFound):
        invite.take_back_sheet(session, stranger, sheet.id, now=clock.now)
    session.info["organisation"] = admin.organisation_id
    assert len(list_invites(session, sheet=sheet.id)) == 2


def test_a_code_works_to_the_last_second_of_seven_days(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    sheet = invite.invite_many(session, admin, role="learner", codes=2, now=clock.now)
    assert sheet.ends_at == clock.now + timedelta(days=7)
    clock.move(days=7, seconds=-1)
    with everyone(session):
        assert invite.admit(session, sheet.slips[0].code, now=clock.now).role == "learner"
        clock.move(seconds=1)
        with pytest.raises(Refused, match="bad-invite"):
            invite.admit(session, sheet.slips[1].code, now=clock.now)
    assert count_sheets(session, clock.now) == 0
    delete_ended_invites(session, clock.now)
    assert list_invites(session) == []


@pytest.mark.parametrize(("uses", "rivals"), [(1, 12), (3, 12)])
def test_a_code_admits_just_as_many_as_it_says_however_many_come_at_once(
    database: Database, organisation_id: str, clock: StandingClock, uses: int, rivals: int
) -> None:
    with database.transaction(organisation_id) as session:
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        code = invite.invite(session, admin, role="learner", uses=uses, now=clock.now)

    def come(_number: int) -> bool:
        try:
            with database.transaction() as session, everyone(session):
                invite.admit(session, code, now=clock.now)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(rivals) as pool:
        assert sum(pool.map(come, range(rivals))) == uses


def test_of_people_who_join_with_one_code_at_once_one_gets_an_account(
    database: Database, organisation_id: str, clock: StandingClock
) -> None:
    with database.transaction(organisation_id) as session:
        admin = make_signed_in(make_person(session, organisation_id, role="admin"))
        code = invite.invite(session, admin, role="learner", now=clock.now)

    def come(number: int) -> bool:
        try:
            account.join(database, newcomer(code, f"oguz-{number}x"), form_key=f"{number}" * 20, now=clock.now)
        except Refused:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(come, range(4))) == 1


def test_the_list_counts_codes_and_uses_and_keeps_one_organisations(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    cohort = make_cohort(session, admin.organisation_id, name="Spring")
    many = invite.invite_many(session, admin, role="learner", codes=4, cohort_id=cohort.id, now=clock.now)
    with everyone(session):
        invite.admit(session, many.slips[0].code, now=clock.now)
        other = make_organisation(session)
        stranger = make_signed_in(make_person(session, other.id, role="admin"))
        invite.invite_many(session, stranger, role="learner", codes=9, now=clock.now)
    clock.move(hours=1)
    one = invite.invite_many(session, admin, role="trainer", uses=30, now=clock.now)
    lines = list_sheets(session, clock.now)
    assert [(line.id, line.role, line.cohort, line.codes, line.uses_left) for line in lines] == [
        (one.id, "trainer", None, 1, 30),
        (many.id, "learner", "Spring", 4, 3),
    ]
    assert lines[1].ends_at == many.ends_at
    assert lines[1].made_on == clock.now.date()
    assert [line.id for line in list_sheets(session, clock.now, cohort_id=cohort.id)] == [many.id]
    assert (count_sheets(session, clock.now), count_sheets(session, clock.now, cohort_id=cohort.id)) == (2, 1)
    assert [line.id for line in list_sheets(session, clock.now, start=1, limit=1)] == [many.id]


def test_an_invite_from_before_there_were_sheets_is_a_sheet_by_itself(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    for _ in range(2):
        invite.invite(session, admin, role="learner", now=clock.now)
    for row in list_invites(session):
        row.sheet = ""
    session.flush()
    lines = list_sheets(session, clock.now)
    assert {line.id for line in lines} == {row.id for row in list_invites(session)}
    assert invite.take_back_sheet(session, admin, lines[0].id, now=clock.now) == 1


def ends(database: Database, admin: SignedIn, clock: StandingClock, how: str) -> None:
    """Take an admin's right away in one of the ways there are, by another admin or herself."""
    with database.transaction(admin.organisation_id) as session:
        other = make_person(session, admin.organisation_id, role="admin")
        by = Identity(other.id, other.organisation_id, frozenset({Role.ADMIN}))
        if how == "suspended":
            people.suspend(session, by, admin.person_id, now=clock.now)
        elif how == "demoted":
            people.change_role(session, by, admin.person_id, "trainer", now=clock.now)
        elif how == "leaving":
            erase.request_erasure(session, admin, now=clock.now)
    if how == "erased":
        erase.erase_again(database, [admin.person_id], now=clock.now)


@pytest.mark.parametrize("how", ["suspended", "demoted", "leaving", "erased"])
def test_invites_do_not_outlive_the_right_of_whoever_made_them(
    database: Database, organisation_id: str, clock: StandingClock, how: str
) -> None:
    with database.transaction(organisation_id) as session:
        admin, stays = (make_signed_in(make_person(session, organisation_id, role="admin")) for _ in range(2))
        used, *others = invite.invite_many(session, admin, role="trainer", codes=3, uses=2, now=clock.now).slips
        kept = invite.invite(session, stays, role="learner", now=clock.now)
        by_operator = setup.invite_into(session, get_organisation(session, organisation_id).slug, role="learner", uses=1, now=clock.now)
    account.join(database, newcomer(used.code), form_key=KEY, now=clock.now)
    clock.move(days=6)
    ends(database, admin, clock, how)
    for number, code in enumerate([used.code, *(slip.code for slip in others)]):
        with pytest.raises(Refused, match="bad-invite"):
            account.join(database, newcomer(code, f"oguz-{number}x"), form_key=f"{number}" * 20, now=clock.now)
    for number, code in enumerate([kept, by_operator]):
        account.join(database, newcomer(code, f"kept-{number}x"), form_key=f"k{number}" * 10, now=clock.now)
    with database.read() as session:
        verbs = [entry.verb for entry in audit.list_entries(session, organisation_id)]
        assert (verbs.count("invite.taken_back"), audit.find_break(session)) == (1, None)


def test_nobody_makes_so_many_invites_that_the_last_outlive_her_right(session: Session, admin: SignedIn, clock: StandingClock) -> None:
    mark = audit.mark(session, admin.person_id, organisation_id=admin.organisation_id)
    for number in range(1_000):  # sheets that are used up
        audit.record(session, "invite.made", organisation_id=admin.organisation_id, actor=mark, about=str(number), now=clock.now)
    invite.invite(session, admin, role="trainer", now=clock.now)
    assert invite.close_all_of(session, admin.person_id, organisation_id=admin.organisation_id, actor=mark, now=clock.now) == 1
    assert list_invites(session) == []


def test_who_is_no_admin_any_more_makes_no_invite(session: Session, admin: SignedIn, organisation_id: str, clock: StandingClock) -> None:
    """Her page was open, and her session found, before another admin took her right away."""
    get_person(session, admin.person_id).state = "suspended"
    session.flush()
    with pytest.raises(NotFound, match="no-page"):
        invite.invite(session, admin, role="learner", now=clock.now)
