"""Names and addresses that people let their organisation keep: sealed, opened one at a time, recorded, told, and dropped."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import pytest

from elearn.access.identity import Identity
from elearn.actions import contact, erase
from elearn.actions.contact import Contact, Seals
from elearn.actions.export import export
from elearn.actions.settings import change_organisation, choices_of
from elearn.errors import Invalid, NotFound, Refused
from elearn.store import audit
from elearn.store.account_notices import list_notices
from elearn.store.base import JsonObject, new_id
from elearn.store.contacts import ContactRow, find_contact, list_contacts
from elearn.store.engine import Database
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow, get_person
from elearn.store.sealed import Key
from elearn.store.tenancy import everyone
from tests.actions import trial
from tests.conftest import StandingClock
from tests.factories import make_organisation, make_person, make_signed_in

BOTH: JsonObject = {"keep_names": True, "keep_emails": True}
AYNA = Contact("Aýna Öwezowa", "Ayna@Example.org")
SEALS = Seals((Key("seal1", b"s" * 32),), (Key("index1", b"i" * 32),))
ROTATED = Seals((Key("seal2", b"t" * 32), *SEALS.seal), (Key("index2", b"j" * 32), *SEALS.index))


@pytest.fixture
def person(database: Database, organisation_id: str) -> PersonRow:
    settle(database, organisation_id, BOTH)
    with database.transaction() as session:
        return make_person(session, organisation_id)


@pytest.fixture
def admin(database: Database, organisation_id: str) -> Identity:
    with database.transaction() as session:
        return trial.identity(make_person(session, organisation_id, role="admin"))


def settle(database: Database, organisation_id: str, settings: JsonObject) -> None:
    with database.transaction() as session:
        get_organisation(session, organisation_id).settings = settings


def keep(database: Database, person: PersonRow, kept: Contact, clock: StandingClock, *, agreed: bool = True) -> None:
    with database.transaction(person.organisation_id) as session:
        contact.keep(session, make_signed_in(person), kept, agreed=agreed, seals=SEALS, now=clock.now)


def own(database: Database, person: PersonRow, seals: Seals = SEALS) -> Contact | None:
    with database.read(person.organisation_id) as session:
        return contact.find_own(session, make_signed_in(person), seals=seals)


def row_of(database: Database, person: PersonRow) -> ContactRow | None:
    with database.read(person.organisation_id) as session:
        return find_contact(session, person.id)


def view(database: Database, admin: Identity, person_id: str, clock: StandingClock) -> Contact:
    with database.transaction(admin.organisation_id) as session:
        return contact.view(session, admin, person_id, seals=SEALS, now=clock.now)


def search(database: Database, admin: Identity, email: str, clock: StandingClock, seals: Seals = SEALS) -> str | None:
    with database.transaction(admin.organisation_id) as session:
        return contact.find_by_email(session, admin, email, seals=seals, now=clock.now)


def verbs(database: Database, organisation_id: str) -> list[str]:
    with database.read() as session:
        return [entry.verb for entry in reversed(audit.list_entries(session, organisation_id))]


def test_what_she_enters_is_sealed_and_opens_for_herself(database: Database, person: PersonRow, clock: StandingClock) -> None:
    assert own(database, person) is None
    keep(database, person, Contact(" Aýna  Öwezowa ", " Ayna@Example.org "), clock)
    assert own(database, person) == AYNA
    row = row_of(database, person)
    assert row is not None
    assert row.consent_on == clock.now.date()
    everything = f"{row.name!r} {row.email!r} {row.email_index}".lower()
    assert not any(word in everything for word in ("ayna", "example", "wezowa"))
    assert own(database, person, ROTATED) == AYNA
    assert own(database, person, Seals((Key("seal9", b"x" * 32),), SEALS.index)) == Contact()


def test_a_sealed_value_opens_in_no_other_row(database: Database, person: PersonRow, organisation_id: str, clock: StandingClock) -> None:
    keep(database, person, AYNA, clock)
    with database.transaction(organisation_id) as session:
        other = make_person(session, organisation_id)
        row = find_contact(session, person.id)
        assert row is not None
        copied = {"name": row.name, "email": row.email, "email_index": row.email_index, "consent_on": row.consent_on}
        session.add(ContactRow(person_id=other.id, organisation_id=organisation_id, **copied))
    assert own(database, other) == Contact()


def test_she_changes_and_deletes_it(database: Database, person: PersonRow, clock: StandingClock) -> None:
    keep(database, person, AYNA, clock)
    keep(database, person, Contact(AYNA.name), clock)
    assert own(database, person) == Contact(AYNA.name)
    keep(database, person, Contact(), clock, agreed=False)
    assert own(database, person) is None
    keep(database, person, AYNA, clock)
    for _ in range(2):
        with database.transaction(person.organisation_id) as session:
            contact.drop(session, make_signed_in(person), now=clock.now)
    assert row_of(database, person) is None
    assert verbs(database, person.organisation_id) == ["contact.kept", "contact.kept", "contact.deleted", "contact.kept", "contact.deleted"]


def test_only_what_the_organisation_keeps_is_kept(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for settings, kept in (
        ({}, None),
        ({"keep_names": "yes"}, None),
        ({"keep_names": True}, Contact(AYNA.name)),
        ({"keep_emails": True}, Contact("", AYNA.email)),
    ):
        settle(database, person.organisation_id, dict(settings))
        keep(database, person, AYNA, clock)
        assert own(database, person) == kept


@pytest.mark.parametrize(
    ("typed", "agreed", "problems"),
    [
        (AYNA, False, [("agreed", "consent-needed")]),
        (Contact("12", "ayna"), False, [("name", "name-letters"), ("email", "email-form"), ("agreed", "consent-needed")]),
        (Contact("x" * 121), True, [("name", "name-long")]),
        (Contact("", "a b@example.org"), True, [("email", "email-form")]),
        (Contact("", "a@b@example.org"), True, [("email", "email-form")]),
        (Contact("", "a,b@example.org"), True, [("email", "email-form")]),
        (Contact("", "<a>;b@example.org"), True, [("email", "email-form")]),
        (Contact("", "ayna@example"), True, [("email", "email-form")]),
        (Contact("", f"{'a' * 250}@example.org"), True, [("email", "email-form")]),
        (Contact("", "ay\u200bna@example.org"), True, [("email", "email-form")]),
    ],
)
def test_what_cannot_be_kept_is_said_field_by_field(
    database: Database, person: PersonRow, clock: StandingClock, typed: Contact, agreed: bool, problems: list[tuple[str, str]]
) -> None:
    with pytest.raises(Invalid) as caught:
        keep(database, person, typed, clock, agreed=agreed)
    assert [(problem.where.file, problem.code) for problem in caught.value.problems] == problems
    assert row_of(database, person) is None


def test_a_mail_needs_an_address(database: Database, person: PersonRow, clock: StandingClock) -> None:
    for typed in (Contact(), Contact(AYNA.name)):
        with pytest.raises(Invalid, match="email-needed"), database.transaction(person.organisation_id) as session:
            contact.keep(session, make_signed_in(person), typed, agreed=True, seals=SEALS, now=clock.now, mails=True)
    assert row_of(database, person) is None


def test_an_admin_sees_one_name_and_that_is_recorded_and_told(
    database: Database, person: PersonRow, admin: Identity, clock: StandingClock
) -> None:
    keep(database, person, AYNA, clock)
    assert view(database, admin, person.id, clock) == AYNA
    assert verbs(database, person.organisation_id) == ["contact.kept", "contact.viewed"]
    with database.read(person.organisation_id) as session:
        assert [row.code for row in list_notices(session, person.id)] == ["name-viewed"]
        assert contact.offers(session, person.organisation_id, person.id)


def test_where_there_is_nothing_to_see_nothing_is_recorded(
    database: Database, person: PersonRow, admin: Identity, clock: StandingClock
) -> None:
    with pytest.raises(Refused, match="no-contact"):
        view(database, admin, person.id, clock)
    keep(database, person, AYNA, clock)
    settle(database, person.organisation_id, {})
    with pytest.raises(Refused, match="no-contact"):
        view(database, admin, person.id, clock)
    with database.read(person.organisation_id) as session:
        assert not contact.offers(session, person.organisation_id, person.id)
        assert not contact.offers(session, person.organisation_id, new_id())
    settle(database, person.organisation_id, {"keep_emails": True})
    assert view(database, admin, person.id, clock) == Contact("", AYNA.email)
    assert verbs(database, person.organisation_id) == ["contact.kept", "contact.viewed"]


def test_another_organisation_sees_and_finds_nobody(database: Database, person: PersonRow, clock: StandingClock) -> None:
    keep(database, person, AYNA, clock)
    with database.transaction() as session:
        elsewhere = make_organisation(session, settings=BOTH).id
        outside = trial.identity(make_person(session, elsewhere, role="admin"))
    for person_id in (person.id, new_id()):
        with pytest.raises(NotFound, match="no-person"):
            view(database, outside, person_id, clock)
    assert search(database, outside, AYNA.email, clock) is None


@pytest.mark.parametrize("typed", ["Ayna@Example.org", " ayna@EXAMPLE.ORG "])
@pytest.mark.parametrize("seals", [SEALS, ROTATED])
def test_a_person_is_found_by_the_exact_address_without_opening_any(
    database: Database, person: PersonRow, admin: Identity, clock: StandingClock, typed: str, seals: Seals
) -> None:
    keep(database, person, AYNA, clock)
    assert search(database, admin, typed, clock, seals) == person.id
    for wrong in ("ayna@example.com", "ayna", ""):
        assert search(database, admin, wrong, clock, seals) is None
    assert verbs(database, person.organisation_id) == ["contact.kept", *["contact.searched"] * 4]


def test_nobody_is_found_where_addresses_are_kept_no_more(
    database: Database, person: PersonRow, admin: Identity, clock: StandingClock
) -> None:
    keep(database, person, AYNA, clock)
    settle(database, person.organisation_id, {"keep_names": True})
    assert search(database, admin, AYNA.email, clock) is None


def test_her_own_export_holds_it_readable(database: Database, person: PersonRow, clock: StandingClock) -> None:
    keep(database, person, AYNA, clock)
    opener = contact.opener(SEALS, person.id, person.organisation_id)
    with database.read(person.organisation_id) as session:
        tables = export(session, make_signed_in(person), opener=opener, now=clock.now)["tables"]
    assert isinstance(tables, dict)
    assert tables["contact"]["rows"] == [{"name": AYNA.name, "email": AYNA.email, "consent_on": "2026-03-02", "mails": False}]


def test_erasing_takes_it_along(database: Database, person: PersonRow, clock: StandingClock) -> None:
    keep(database, person, AYNA, clock)
    with database.transaction() as session, everyone(session):
        erase.erase_person(session, get_person(session, person.id), now=clock.now)
    with database.read(person.organisation_id) as session:
        assert list_contacts(session, [person.id]) == []


def test_nothing_slips_in_behind_a_decision_to_keep_no_more(
    database: Database, person: PersonRow, admin: Identity, clock: StandingClock
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with database.transaction(person.organisation_id) as session:
            chosen = choices_of(get_organisation(session, person.organisation_id))
            wanted = replace(chosen, keep_names=False, keep_emails=False)
            change_organisation(session, admin, wanted, now=clock.now)
            keeping = pool.submit(keep, database, person, AYNA, clock)
            with suppress(TimeoutError):  # it waits for this transaction
                keeping.result(timeout=1)
        keeping.result()
    assert row_of(database, person) is None
