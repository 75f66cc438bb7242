"""The record page: sentences, days and marks, page by page, of one's own organisation only."""

import re

from elearn.actions.record import make_checkpoint
from elearn.runtime import Runtime, open_notary
from elearn.store import audit
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.tenancy import everyone
from tests.actions.test_record import ENTRY, full_rights
from tests.conftest import StandingClock
from tests.factories import NOW, make_organisation, make_person
from tests.visitor import Visitor, text_of
from tests.web.conftest import SignInAs

RECORD = "/en/admin/record/"
DELAY = {"days": 40}


def write(database: Database, verb: str, organisation_id: str, *, actor: str = "a" * 32, about: str = "b" * 32, times: int = 1) -> None:
    with database.transaction() as session:
        for _ in range(times):
            audit.record(session, verb, organisation_id=organisation_id, actor=actor, about=about, now=NOW)


def rows(visitor: Visitor, query: str = "") -> list[list[str]]:
    page = visitor.get(RECORD + query)
    return [[text_of(cell) for cell in row.iter("td")] for row in page.tree.iter("tr") if list(row.iter("td"))]


def test_an_empty_record_says_so(admin: Visitor) -> None:
    page = admin.get(RECORD)
    assert "Nothing has been recorded yet." in page.text
    assert "has not been checked yet" in page.text


def test_a_look_at_an_empty_record_is_no_proof_of_anything(
    admin: Visitor, database: Database, runtime: Runtime, organisation_id: str
) -> None:
    make_checkpoint(database, open_notary(runtime.settings), now=NOW)
    write(database, "invite.made", organisation_id, times=3)
    page = admin.get(RECORD)
    assert "has not been checked yet" in page.text
    assert "all 0 entries" not in page.text


def test_entries_are_sentences_with_day_and_marks(admin: Visitor, row: PersonRow, database: Database, organisation_id: str) -> None:
    with database.transaction() as session, everyone(session):
        own = audit.mark(session, row.id, organisation_id=organisation_id)
        other = audit.mark(session, make_person(session, organisation_id).id, organisation_id=organisation_id)
    write(database, "role.changed", organisation_id, actor=own, about=other)
    write(database, "passphrase.changed", organisation_id, actor=other, about=other)
    write(database, "invite.made", organisation_id, actor="operator", about=own)
    write(database, "of-another-version", organisation_id)
    assert rows(admin) == [
        ["2 March 2026", "of-another-version", "aaaaaa", "bbbbbb"],
        ["2 March 2026", "Invite codes were made.", "the operator", "you"],
        ["2 March 2026", "Somebody changed the passphrase.", other[:6], ""],
        ["2 March 2026", "Somebody's role was changed.", "you", other[:6]],
    ]
    page = admin.get(RECORD)
    assert own not in page.response.get_data(as_text=True)
    assert "09:" not in page.text


def test_of_a_certificate_the_first_block_of_its_number_is_shown(admin: Visitor, database: Database, organisation_id: str) -> None:
    write(database, "certificate.issued", organisation_id, about="9RF7N-JGC9T-CMA6Y-MF4MD-FG64K")
    assert rows(admin)[0][3] == "9RF7N"


def test_a_long_record_has_pages_and_can_be_looked_through(
    admin: Visitor, database: Database, organisation_id: str, clock: StandingClock
) -> None:
    write(database, "invite.made", organisation_id, times=60)
    write(database, "role.changed", organisation_id)
    clock.move(minutes=1)
    assert len(rows(admin)) == 50
    older = next(link for link in admin.get(RECORD).links() if "before=" in link)
    assert len(rows(admin, "?" + older.partition("?")[2])) == 11
    assert rows(admin, "?before=62") == rows(admin, f"?before={2**62}") == rows(admin)
    assert [row[1] for row in rows(admin, "?verb=role.changed")] == ["Somebody's role was changed."]
    assert len(rows(admin, "?month=2026-03&verb=invite.made")) == 50
    assert len(rows(admin, "?verb=unknown&month=1999-13&before=-3")) == 50


def test_months_are_offered_from_the_first_entry_to_now(
    admin: Visitor, database: Database, organisation_id: str, clock: StandingClock, sign_in_as: SignInAs, row: PersonRow
) -> None:
    write(database, "invite.made", organisation_id)
    clock.move(**DELAY)
    later = sign_in_as(row)
    months = [text_of(option) for option in later.get(RECORD).tree.iter("option")]
    assert months == ["Everything", "Invite codes were made.", "At any time", "April 2026", "March 2026"]
    assert "No entry fits." in later.get(RECORD + "?month=2026-04").text


def test_another_organisation_and_the_server_are_not_seen(admin: Visitor, database: Database, organisation_id: str) -> None:
    with database.transaction() as session:
        other = make_organisation(session).id
    write(database, "invite.made", other)
    write(database, "site.name", "")
    assert rows(admin) == []


def test_the_operator_sees_the_server_s_entries_only(database: Database, organisation_id: str, sign_in_as: SignInAs) -> None:
    with database.transaction() as session:
        operator = make_person(session, organisation_id, role="operator")
    write(database, "invite.made", organisation_id)
    write(database, "site.name", "")
    visitor = sign_in_as(operator)
    assert [row[:3] for row in rows(visitor)] == [["2", "2 March 2026", "The name of the site was changed."]]
    assert visitor.get(RECORD).heading == "Record of the server"


def test_learners_find_nothing(member: Visitor) -> None:
    member.get(RECORD, status=404)


def test_it_says_whether_the_record_was_found_whole(
    admin: Visitor, database: Database, runtime: Runtime, organisation_id: str, sign_in_as: SignInAs
) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role="operator")
    operator = sign_in_as(person)
    write(database, "site.name", "", times=4)
    write(database, "invite.made", organisation_id, times=3)
    notary = open_notary(runtime.settings)
    head = make_checkpoint(database, notary, now=NOW).head
    assert head is not None
    said = "On 2 March 2026 the record was found as it was written, with 3 entries of your organisation."
    assert f"{said} Checkpoint: {head.root.hex()[:16]}" in admin.get(RECORD).text
    assert f"On 2 March 2026 all 7 entries were found as they were written. Checkpoint: {head.short}" in operator.get(RECORD).text
    with full_rights(database) as connection:
        connection.execute(ENTRY.update().where(ENTRY.c.number == 2).values(verb="other"))
    make_checkpoint(database, notary, now=NOW)
    assert "found altered. Speak with" in text_of(admin.get(RECORD).one("p", role="alert"))
    assert "found altered, from entry 2 on" in text_of(operator.get(RECORD).one("p", role="alert"))


def test_what_others_do_changes_nothing_on_the_pages_of_an_organisation(
    admin: Visitor, database: Database, runtime: Runtime, organisation_id: str
) -> None:
    """Neither the state nor a link tells how many entries the whole record has, or where among them one's own stand."""
    with database.transaction() as session:
        other = make_organisation(session).id
    write(database, "invite.made", organisation_id, times=60)
    links = [link for link in admin.get(RECORD).links() if "before=" in link]
    assert links == ["/en/admin/record/?before=11"]
    write(database, "invite.made", other, times=871)
    write(database, "invite.made", organisation_id)
    make_checkpoint(database, open_notary(runtime.settings), now=NOW)
    for address in (RECORD, RECORD + "?before=12", "/en/admin/certificates/preview?all=1"):
        page = admin.get(address)
        assert re.findall(r"\b(871|931|932)\b", " ".join((page.text, *page.links()))) == []
    assert [link for link in admin.get(RECORD).links() if "before=" in link] == ["/en/admin/record/?before=12"]
