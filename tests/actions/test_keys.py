"""After a rotation everything can be sealed anew, in pieces; an older key goes only when nothing needs it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from elearn.actions import keys as deeds
from elearn.actions.record import Notary, make_checkpoint
from elearn.credential.keys import signing_key
from elearn.errors import Refused
from elearn.store import audit, sealed_columns
from elearn.store.contacts import ContactRow
from elearn.store.engine import Database
from elearn.store.factors import SecondFactorRow
from elearn.store.sealed import Key, blind_index, key_id, seal, unseal
from elearn.store.sealed_columns import SEALED
from elearn.store.tenancy import everyone
from tests.factories import NOW, make_organisation, make_person

OLD, NEW, LOST = (Key(name, bytes(range(at, at + 32))) for at, name in enumerate(("old", "new", "lost")))
OLD_INDEX, NEW_INDEX = Key("old-index", bytes(range(50, 82))), Key("new-index", bytes(range(60, 92)))
SEED, NAME, EMAIL = SEALED


@dataclass(frozen=True)
class People:
    """Sealed values of some people in two organisations."""

    ids: list[str]
    organisations: list[str]


@pytest.fixture
def people(database: Database) -> People:
    with database.transaction() as session, everyone(session):
        organisations = [make_organisation(session).id for _ in range(2)]
        people = [make_person(session, organisations[number % 2]) for number in range(7)]
        for number, person in enumerate(people):
            hers = (person.id, person.organisation_id)
            email = f"p{number}@example.org" if number % 3 else None
            session.add(
                SecondFactorRow(
                    person_id=person.id,
                    organisation_id=person.organisation_id,
                    seed=seal(b"seed" + bytes([number]), SEED.cell(*hers), [OLD]),
                    last_step=0,
                    confirmed_on=None,
                )
            )
            session.add(
                ContactRow(
                    person_id=person.id,
                    organisation_id=person.organisation_id,
                    name=seal(f"Name {number}".encode(), NAME.cell(*hers), [OLD]),
                    email=seal(email.encode(), EMAIL.cell(*hers), [OLD]) if email else None,
                    email_index=blind_index(email, organisation_id=person.organisation_id, secret=OLD_INDEX.secret) if email else None,
                    consent_on=NOW.date(),
                )
            )
        return People([person.id for person in people], [person.organisation_id for person in people])


def test_everything_is_sealed_and_indexed_anew_and_says_the_same(
    database: Database, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed_columns, "BATCH", 3)
    assert deeds.sealed_values(database) == {"old": 7 + 7 + 4}
    assert deeds.reseal(database, seals=[NEW, OLD], index=NEW_INDEX) == deeds.Resealed(18, 0)
    assert deeds.sealed_values(database) == {"new": 18}
    with database.read() as session, everyone(session):
        for number, (person_id, organisation_id) in enumerate(zip(people.ids, people.organisations, strict=True)):
            factor, contact = session.get(SecondFactorRow, person_id), session.get(ContactRow, person_id)
            assert factor is not None
            assert contact is not None
            assert contact.name is not None
            assert unseal(factor.seed, SEED.cell(person_id, organisation_id), [NEW]) == b"seed" + bytes([number])
            assert unseal(contact.name, NAME.cell(person_id, organisation_id), [NEW]) == f"Name {number}".encode()
            if contact.email:
                email = unseal(contact.email, EMAIL.cell(person_id, organisation_id), [NEW]).decode()
                assert contact.email_index == blind_index(email, organisation_id=organisation_id, secret=NEW_INDEX.secret)
    assert deeds.reseal(database, seals=[NEW, OLD], index=NEW_INDEX) == deeds.Resealed(0, 0)


def test_stopped_half_way_it_goes_on_where_it_was(database: Database, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(people.ids) == 7
    monkeypatch.setattr(sealed_columns, "BATCH", 2)
    whole, calls = sealed_columns.reseal_some, []

    def stopped(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return whole(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(deeds, "reseal_some", stopped)
    with pytest.raises(KeyboardInterrupt):
        deeds.reseal(database, seals=[NEW, OLD], index=NEW_INDEX)
    assert deeds.sealed_values(database) == {"old": 12, "new": 6}
    monkeypatch.setattr(deeds, "reseal_some", whole)
    assert deeds.reseal(database, seals=[NEW, OLD], index=NEW_INDEX).changed == 12


def test_what_no_key_opens_is_counted_and_left(database: Database, people: People) -> None:
    assert people.ids
    assert deeds.reseal(database, seals=[LOST], index=NEW_INDEX) == deeds.Resealed(0, 18)
    assert deeds.sealed_values(database) == {"old": 18}


def test_a_sealing_key_goes_only_when_nothing_names_it(database: Database, people: People) -> None:
    assert people.ids
    with pytest.raises(Refused, match="key-needed") as refused:
        deeds.require_unneeded(database, "seal", OLD, seals=[NEW, OLD], index=NEW_INDEX)
    assert refused.value.params == {"name": "old", "uses": 18}
    deeds.reseal(database, seals=[NEW, OLD], index=NEW_INDEX)
    deeds.require_unneeded(database, "seal", OLD, seals=[NEW, OLD], index=NEW_INDEX)


def test_an_index_key_goes_only_when_everything_is_found_under_the_new_one(database: Database, people: People) -> None:
    assert people.ids
    for seals, uses in (([OLD], 4), ([LOST], 4)):
        with pytest.raises(Refused, match="key-needed") as refused:
            deeds.require_unneeded(database, "index", OLD_INDEX, seals=seals, index=NEW_INDEX)
        assert refused.value.params["uses"] == uses
    deeds.reseal(database, seals=[OLD], index=NEW_INDEX)
    deeds.require_unneeded(database, "index", OLD_INDEX, seals=[OLD], index=NEW_INDEX)
    with database.read() as session, everyone(session):
        values = session.scalars(select(ContactRow.email)).all()
    assert {key_id(value) for value in values if value} == {"old"}


def test_a_key_of_checkpoints_stays_while_one_bears_it(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        audit.record(session, "verb", organisation_id="", actor="operator", about="thing", now=NOW)
    make_checkpoint(database, Notary((signing_key(OLD.secret),), tmp_path / "checkpoints"), now=NOW)
    with pytest.raises(Refused, match="key-needed"):
        deeds.require_unneeded(database, "audit", OLD, seals=[NEW], index=NEW_INDEX)
    deeds.require_unneeded(database, "audit", NEW, seals=[NEW], index=NEW_INDEX)
    for purpose in ("session", "certificate"):
        deeds.require_unneeded(database, purpose, OLD, seals=[NEW], index=NEW_INDEX)
