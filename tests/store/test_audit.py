import random
from datetime import timedelta

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session, make_transient

from elearn.store import audit
from elearn.store.audit import AuditEntryRow, entry_hash, find_break, find_last_entry, list_entries, mark, record
from elearn.store.base import hour
from elearn.store.engine import Database
from elearn.store.people import AuditKeyRow
from tests.factories import NOW, make_person


def chain(session: Session, length: int, organisation_id: str = "org") -> None:
    for number in range(length):
        record(session, "deed", organisation_id=organisation_id, actor=f"actor-{number}", about="thing", now=NOW)


def test_an_entry_follows_the_one_before(session: Session) -> None:
    assert find_last_entry(session) is None
    chain(session, 3)
    entries = list_entries(session, "org")
    assert [entry.number for entry in entries] == [3, 2, 1]
    assert entries[2].previous_hash == audit.GENESIS
    assert entries[0].previous_hash == entries[1].hash
    assert find_break(session) is None
    last = find_last_entry(session)
    assert last is not None
    assert last.number == 3


def test_an_act_of_a_person_bears_her_mark_and_is_about_herself_or_something_else(session: Session, organisation_id: str) -> None:
    person = make_person(session, organisation_id)
    own = audit.record_act(session, "deed", person_id=person.id, organisation_id=organisation_id, now=NOW)
    other = audit.record_act(session, "deed", person_id=person.id, organisation_id=organisation_id, about="thing", now=NOW)
    nothing = audit.record_act(session, "deed", person_id=person.id, organisation_id=organisation_id, about="", now=NOW)
    hers = mark(session, person.id, organisation_id=organisation_id)
    assert [(one.actor, one.object) for one in (own, other, nothing)] == [(hers, hers), (hers, "thing"), (hers, "")]
    assert find_break(session) is None


def test_entries_say_the_hour_only(session: Session) -> None:
    entry = record(session, "deed", organisation_id="org", actor="a", about="b", now=NOW)
    assert (entry.hour.minute, entry.hour.second) == (0, 0)


def test_entries_of_one_organisation_are_listed_page_by_page(session: Session) -> None:
    chain(session, 5)
    chain(session, 2, "other")
    assert [entry.number for entry in list_entries(session, "org", limit=2)] == [5, 4]
    assert [entry.number for entry in list_entries(session, "org", before=4, limit=2)] == [3, 2]


def test_what_somebody_did_is_counted_from_an_hour_on(session: Session) -> None:
    for hours, verb, actor, organisation_id in (
        (30, "issued", "her", "org"),
        (24, "issued", "her", "org"),
        (1, "ended", "her", "org"),
        (1, "looked", "her", "org"),
        (0, "issued", "other", "org"),
        (0, "issued", "her", "elsewhere"),
    ):
        record(session, verb, organisation_id=organisation_id, actor=actor, about="thing", now=NOW - timedelta(hours=hours))
    since = hour(NOW - timedelta(hours=24))
    assert audit.count_acts(session, "org", verbs=["issued"], actor="her", since=since) == 1
    assert audit.count_acts(session, "org", verbs=["issued", "ended"], actor="her", since=since) == 2


@pytest.mark.parametrize("seed", range(40))
def test_any_tampering_is_found(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    entries: list[AuditEntryRow] = []
    for number in range(1, 21):
        entry = AuditEntryRow(number=number, hour=NOW, organisation="o", actor=str(rng.random()), verb="v", object="x")
        entry.previous_hash = entries[-1].hash if entries else audit.GENESIS
        entry.hash = entry_hash(entry)
        entries.append(entry)
    monkeypatch.setattr(audit, "_entries", lambda _session: iter(entries))
    session = Session()
    assert find_break(session) is None
    at = rng.randrange(19)
    tamper = rng.choice(["edit", "rehash", "delete", "swap", "insert"])
    if tamper in {"edit", "rehash"}:
        setattr(entries[at], rng.choice(["actor", "verb", "object", "organisation"]), "forged")
        if tamper == "rehash":
            entries[at].hash = entry_hash(entries[at])
    elif tamper == "delete":
        del entries[at]
    elif tamper == "swap":
        entries[at], entries[at + 1] = entries[at + 1], entries[at]
    else:
        entries.insert(at, entries[at])
    assert find_break(session) is not None


def test_a_person_has_one_mark_that_does_not_name_her(database: Database, organisation_id: str) -> None:
    with database.transaction(organisation_id) as session:
        person = make_person(session, organisation_id)
        first = mark(session, person.id, organisation_id=organisation_id)
        assert first == mark(session, person.id, organisation_id=organisation_id)
        assert first != mark(session, make_person(session, organisation_id).id, organisation_id=organisation_id)
        assert person.id not in first
        key = session.get(AuditKeyRow, person.id)
        assert key is not None
        session.delete(key)
        session.flush()
        make_transient(key)
        assert first != mark(session, person.id, organisation_id=organisation_id)


def test_a_long_chain_is_read_in_pieces(session: Session) -> None:
    chain(session, 1)
    last = find_last_entry(session)
    assert last is not None
    rows = []
    for number in range(2, 1_203):
        entry = AuditEntryRow(number=number, hour=last.hour, organisation="o", actor="a", verb="v", object="x", previous_hash=last.hash)
        entry.hash = entry_hash(entry)
        rows.append(entry)
        last = entry
    session.add_all(rows)
    session.flush()
    assert find_break(session) is None


def test_the_record_of_one_organisation_is_found_without_walking_through_the_others(database: Database) -> None:
    with database.engine.connect() as connection:
        indexes = inspect(connection).get_indexes("audit_entry")
    assert [index["column_names"] for index in indexes] == [["organisation", "number", "verb"]]
