import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from elearn.actions import account, erase, setup
from elearn.actions import session as deeds
from elearn.actions.account import NewPerson
from elearn.actions.export import export
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.store import audit, credentials, people, personal, sessions
from elearn.store.engine import Database
from elearn.store.rows import METADATA
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import (
    PASSPHRASE,
    came_in,
    make_attempt,
    make_credential,
    make_enrolment,
    make_fact,
    make_organisation,
    make_person,
    make_release,
    make_signed_in,
    make_step,
    make_summary,
    make_traces,
)

CANARY = "canary-kanareika"


@pytest.fixture
def person_id(database: Database, organisation_id: str, clock: StandingClock) -> str:
    """Somebody who has left a row in every table, and another who has too."""
    new = NewPerson(handle=CANARY, passphrase=PASSPHRASE, language="en", country="KZ", pseudonym="Canary Bird")
    joined = account.join(database, new, form_key="form-key-0123456789", now=clock.now)
    with database.transaction(organisation_id) as session:
        release = make_release(session)
        for person in (people.get_person(session, joined.person_id), make_person(session, organisation_id, "another-one")):
            make_enrolment(session, person)
            make_fact(session, person, release)
            make_summary(session, person, release)
            attempt = make_attempt(session, person, release)
            make_step(session, attempt).response = {"kind": "text", "value": f"{person.pseudonym} answers"}
            make_credential(session, person, release, serial=f"serial-{person.handle}")
            make_traces(session, person)
    return joined.person_id


def sign_in(database: Database, clock: StandingClock) -> SignedIn:
    token = came_in(deeds.sign_in(database, CANARY, PASSPHRASE, now=clock.now, trust=True)).token
    with database.read() as session:
        found = deeds.current(session, token, now=clock.now)
    assert found is not None
    return found


def test_a_person_gets_everything_that_is_shown_of_her_and_nothing_of_others(
    database: Database, person_id: str, clock: StandingClock
) -> None:
    me = sign_in(database, clock)
    with database.read(me.organisation_id) as session:
        made = export(session, me, opener=lambda *_cell: None, now=clock.now)
    text = json.dumps(made, ensure_ascii=False)
    assert "Canary Bird answers" in text
    assert "Another" not in text
    tables = made["tables"]
    assert isinstance(tables, dict)
    assert {name for name, part in tables.items() if not part["rows"]} == set()
    assert tables["person"]["rows"][0]["handle"] == CANARY
    assert tables["progress_fact"]["rows"][0]["hour"] == "2026-03-02T09:00:00+00:00"
    assert "hash" not in text


def test_erasure_waits_seven_days_and_ends_all_sessions(database: Database, person_id: str, clock: StandingClock) -> None:
    me = sign_in(database, clock)
    with database.transaction(me.organisation_id) as session:
        assert erase.request_erasure(session, me, now=clock.now) == (clock.now + timedelta(days=7)).date()
    with database.read() as session, everyone(session):
        assert sessions.list_sessions(session, person_id) == []
    clock.move(days=6)
    assert erase.erase_due(database, now=clock.now) == 0
    clock.move(days=1)
    assert erase.erase_due(database, now=clock.now) == 1
    assert erase.erase_due(database, now=clock.now) == 0
    with pytest.raises(Refused, match="wrong-sign-in"):
        deeds.sign_in(database, CANARY, PASSPHRASE, now=clock.now)


def leaves(database: Database, person: people.PersonRow, clock: StandingClock) -> str:
    """What comes of it when somebody asks for erasure: nothing, or the code of a refusal."""
    try:
        with database.transaction(person.organisation_id) as session:
            erase.request_erasure(session, make_signed_in(person), now=clock.now)
    except Refused as refused:
        return refused.code
    return ""


def test_the_last_admin_stays_while_others_need_one(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        first, second = (make_person(session, organisation_id, role="admin") for _ in range(2))
        make_person(session, organisation_id, role="admin", state="suspended")
        learner = make_person(session, organisation_id)
    assert leaves(database, learner, clock) == ""
    assert leaves(database, first, clock) == ""
    assert leaves(database, second, clock) == "last-admin", "of the others one is leaving and one is suspended"


def test_whoever_is_alone_in_an_organisation_may_leave(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        alone = make_person(session, organisation_id, role="admin")
        make_person(session, make_organisation(session, "another").id)
    assert leaves(database, alone, clock) == ""


def test_of_two_admins_who_leave_at_once_one_stays(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction(organisation_id) as session:
        admins = [make_person(session, organisation_id, role="admin") for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda admin: leaves(database, admin, clock), admins))
    assert sorted(answers) == ["", "", "", "last-admin"]


def test_signing_in_within_seven_days_keeps_everything(database: Database, person_id: str, clock: StandingClock) -> None:
    me = sign_in(database, clock)
    with database.transaction(me.organisation_id) as session:
        erase.request_erasure(session, me, now=clock.now)
    clock.move(days=3)
    sign_in(database, clock)
    clock.move(days=9)
    assert erase.erase_due(database, now=clock.now) == 0


def test_nothing_of_an_erased_person_is_left_but_an_opaque_id(
    database: Database, person_id: str, organisation_id: str, clock: StandingClock, tmp_path: Path
) -> None:
    me = sign_in(database, clock)
    with database.transaction(organisation_id) as session:
        erase.request_erasure(session, me, now=clock.now)
    clock.move(days=8)
    with database.transaction() as session:
        erase.sweep(session, now=clock.now)
    erase.erase_due(database, now=clock.now)
    for table in METADATA.tables.values():
        with database.whole.connect() as connection:
            text = repr(connection.execute(table.select()).all())
        assert "canary" not in text.lower().replace("serial-canary", ""), table.name
        assert (person_id in text) == (table.name == "tombstone"), table.name
    with database.read() as session, everyone(session):
        assert people.count_people(session) == 1
        assert audit.find_break(session) is None
        assert audit.list_entries(session, organisation_id)[0].verb == "person.erased"
        credential = credentials.get_credential(session, f"serial-{CANARY}")
        assert credential.person_id is None
    if database.is_sqlite:
        raw = b"".join(file.read_bytes() for file in tmp_path.glob("elearn.sqlite3*"))
        assert b"Canary Bird" not in raw


def test_a_restored_person_is_erased_again(database: Database, person_id: str, clock: StandingClock) -> None:
    assert erase.erase_again(database, [person_id, "unknown"], now=clock.now) == 1
    assert erase.erase_again(database, [person_id, "unknown"], now=clock.now) == 0
    with database.read() as session:
        assert [tombstone.person_id for tombstone in people.list_tombstones(session)] == [person_id]


def test_every_column_about_a_person_is_in_the_registry() -> None:
    listed = {part.table: part for part in personal.PERSONAL}
    assert len(listed) == len(personal.PERSONAL)
    for table in METADATA.tables.values():
        pointing = any(key.column.table.name in listed for key in table.foreign_keys) or "person_id" in table.c
        if pointing:
            assert table.name in listed or table.name in personal.OPAQUE, table.name
        if part := listed.get(table.name):
            assert set(part.shown) | set(part.kept_back) == set(table.c.keys()), table.name
            assert not set(part.shown) & set(part.kept_back)
            assert part.purpose
            assert part.retention
    assert set(personal.OPAQUE) <= set(METADATA.tables)


def test_the_order_of_erasure_breaks_no_reference() -> None:
    order = [part.table for part in personal.PERSONAL]
    for at, name in enumerate(order):
        for key in METADATA.tables[name].foreign_keys:
            target = key.column.table.name
            assert target == name or target not in order[:at]


def admin() -> NewPerson:
    return NewPerson(handle="first-admin", passphrase=PASSPHRASE.replace("tulip", "carpet"), language="ru", country="")


def test_the_setup_code_works_once(database: Database, clock: StandingClock) -> None:
    with database.transaction() as session:
        first = setup.begin_setup(session)
        code = setup.begin_setup(session)
        assert setup.is_open(session, now=clock.now)
    for wrong in (first, "", "0" * 32):
        with pytest.raises(Refused, match="wrong-setup-code"):
            setup.set_up(database, wrong, slug="ngo", name="NGO", admin=admin(), now=clock.now)
    joined = setup.set_up(database, code.upper(), slug="ngo", name=" NGO ", admin=admin(), now=clock.now)
    with database.read(joined.organisation_id) as session:
        assert people.get_person(session, joined.person_id).role == "admin"
        assert not setup.is_open(session, now=clock.now)
    with pytest.raises(Refused, match="wrong-setup-code"):
        setup.set_up(database, code, slug="two", name="Two", admin=admin(), now=clock.now)
    with database.transaction() as session, pytest.raises(Conflict, match="set-up"):
        setup.begin_setup(session)


def test_the_operator_founds_organisations_and_enlists_people(database: Database, organisation_id: str, clock: StandingClock) -> None:
    with database.transaction() as session:
        row = setup.found_organisation(session, slug="partner-2", name="Partner", open_join=True, now=clock.now)
        for slug, name in (("Partner", "P"), ("-x", "P"), ("ok", " "), ("ok", "x" * 121)):
            with pytest.raises(Invalid):
                setup.found_organisation(session, slug=slug, name=name, open_join=False, now=clock.now)
        with pytest.raises(Conflict, match="slug-taken"):
            setup.found_organisation(session, slug="partner-2", name="Again", open_join=False, now=clock.now)
    joined = setup.enlist(database, admin(), organisation="partner-2", role="trainer", now=clock.now)
    assert (joined.organisation_id, joined.recovery_codes) == (row.id, ())
    with pytest.raises(NotFound, match="no-organisation"):
        setup.enlist(database, admin(), organisation="nowhere", role="trainer", now=clock.now)
    with pytest.raises(Invalid, match="unknown-role"):
        setup.enlist(database, admin(), organisation="partner-2", role="king", now=clock.now)


def test_a_year_ahead_nothing_swept_is_left(database: Database, person_id: str, clock: StandingClock) -> None:
    sign_in(database, clock)
    clock.move(days=365)
    with database.transaction() as session:
        erase.sweep(session, now=clock.now)
    for name in ("web_session", "trusted_device", "one_time_key", "sign_in_counter"):
        with database.whole.connect() as connection:
            assert connection.execute(METADATA.tables[name].select()).all() == []


def test_whoever_comes_back_in_the_last_moment_is_not_erased(database: Database, person_id: str, clock: StandingClock) -> None:
    with database.transaction() as session, everyone(session):
        people.get_person(session, person_id).erase_on = clock.now.date()
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session, everyone(session):
            person = people.get_person(session, person_id, for_update=True)
            person.state, person.erase_on = "active", None
            session.flush()
            erasing = pool.submit(erase.erase_due, database, now=clock.now)
            with suppress(TimeoutError):  # it waits for this transaction
                erasing.result(timeout=1)
        assert erasing.result() == 0
    with database.read() as session, everyone(session):
        assert people.get_person(session, person_id).state == "active"
