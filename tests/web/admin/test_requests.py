"""What needs two admins, on the pages: asking, agreeing, refusing, once; the file that was agreed to; nobody outside sees any of it."""

import csv
import io
import json

import pytest
from sqlalchemy import event

from elearn.actions import approval
from elearn.actions.contact import Contact, Seals, keep
from elearn.runtime import Runtime
from elearn.store import audit
from elearn.store.account_notices import list_notices
from elearn.store.base import new_id
from elearn.store.credentials import count_credentials, list_credentials
from elearn.store.engine import Database
from elearn.store.factors import SecondFactorRow, has_factor
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow, get_person
from tests.conftest import StandingClock
from tests.factories import make_cohort, make_person, make_signed_in
from tests.visitor import Seen, Visitor
from tests.web.admin.office import Office, post
from tests.web.conftest import SignInAs
from tests.web.teaching import certificate, complete, publish_open

LIST = "/en/admin/requests/"
EXPORT = "/en/admin/people/export"


@pytest.fixture
def lost(learner: PersonRow, database: Database, clock: StandingClock) -> PersonRow:
    """The learner, whose second factor is lost."""
    with database.transaction(learner.organisation_id) as session:
        hers = {"person_id": learner.id, "organisation_id": learner.organisation_id}
        session.add(SecondFactorRow(**hers, seed=b"sealed", last_step=1, confirmed_on=clock.now.date()))
    return learner


def ask(office: Office, lost: PersonRow) -> Seen:
    return office.admin.submit(office.admin.get(f"/en/admin/people/{lost.id}/"), "/factor")


def verbs(database: Database, row: PersonRow) -> list[str]:
    with database.read() as session:
        return [entry.verb for entry in reversed(audit.list_entries(session, row.organisation_id))]


def factor_is_on(database: Database, row: PersonRow) -> bool:
    with database.read(row.organisation_id) as session:
        return has_factor(session, row.id)


def test_a_lost_factor_is_removed_when_another_admin_agrees(office: Office, lost: PersonRow, database: Database) -> None:
    page = ask(office, lost)
    assert (page.heading, "another admin has to agree" in page.text) == (f"Remove the second factor of {lost.pseudonym}", True)
    assert [form.get("action", "")[-7:] for form in page.one("main").iter("form")] == ["/refuse"]
    page = office.second.get(LIST)
    assert ("Admin-Number-1" in page.text, "waiting" in page.text) == (True, True)
    page = office.second.get(next(link for link in page.links() if link.startswith(LIST) and link != LIST))
    agreed = office.second.submit(page, "/agree")
    assert "You have agreed, and it is done." in agreed.text
    assert "You have agreed, and it is done." in office.second.submit(page, "/agree").text
    assert not factor_is_on(database, lost)
    assert verbs(database, lost) == ["request.asked", "factor.removed", "request.agreed"]


def test_asking_twice_asks_once(office: Office, lost: PersonRow, database: Database) -> None:
    page = office.admin.get(f"/en/admin/people/{lost.id}/")
    addresses = {office.admin.submit(page, "/factor").address for _ in range(2)} | {ask(office, lost).address}
    assert len(addresses) == 1
    assert verbs(database, lost) == ["request.asked"]


def test_a_request_is_refused_or_taken_back(office: Office, lost: PersonRow, database: Database) -> None:
    for who in (office.second, office.admin):
        page = who.get(ask(office, lost).address)
        for _ in range(2):
            assert "Nothing will be done." in who.submit(page, "/refuse").text
    assert factor_is_on(database, lost)
    assert verbs(database, lost) == ["request.asked", "request.refused"] * 2


def test_nobody_agrees_to_her_own_request(office: Office, lost: PersonRow, database: Database) -> None:
    status, body = post(office.admin, f"{ask(office, lost).address}agree", {"key": "k" * 20})
    assert (status, "another admin has to agree" in body) == (403, True)
    assert factor_is_on(database, lost)


def test_a_decision_that_comes_too_late_changes_nothing(
    office: Office, lost: PersonRow, database: Database, clock: StandingClock, sign_in_as: SignInAs
) -> None:
    address = ask(office, lost).address
    late = office.second.get(address)
    office.admin.submit(office.admin.get(address), "/refuse")
    for action in ("/agree", "/refuse"):
        assert "Somebody has decided on this request already" in office.second.submit(late, action).text
    address = ask(office, lost).address
    clock.move(days=3)
    second = sign_in_as(office.rows[1])
    page = second.get(address)
    assert "not decided in time" in page.text
    for action in ("agree", "refuse"):
        assert post(second, f"{address}{action}", {"key": f"{action}-{'k' * 20}"})[0] == 303
        assert "it is over" in second.get(address).text
    assert factor_is_on(database, lost)


def test_a_single_admin_is_told_to_appoint_a_second(office: Office, lost: PersonRow, database: Database) -> None:
    with database.transaction(lost.organisation_id) as session:
        get_person(session, office.rows[1].id).role = "trainer"
    page = office.admin.submit(office.admin.get(f"/en/admin/people/{lost.id}/"), "/factor", status=403)
    assert "Give another person the role of admin first" in page.text
    assert "Give another person the role of admin first" in office.admin.submit(office.admin.get(EXPORT), "/export", status=403).text


@pytest.mark.parametrize("deed", ["", "agree", "refuse", "file"])
def test_another_organisation_finds_no_request(office: Office, lost: PersonRow, database: Database, deed: str) -> None:
    own = ask(office, lost).address
    answers = []
    for address in (own, f"{LIST}{new_id()}/"):
        if deed:
            answers.append(post(office.outside, f"{address}{deed}", {"key": "k" * 20}))
        else:
            answers.append((404, office.outside.get(address, status=404).text))
    assert [status for status, _ in answers] == [404, 404]
    assert all(lost.pseudonym not in body for _, body in answers)
    assert "Nothing has been asked for" in office.outside.get(LIST).text
    assert factor_is_on(database, lost)


def due(runtime: Runtime, organisation_id: str, count: int) -> list[PersonRow]:
    release = publish_open(runtime)
    with runtime.database.transaction() as session:
        people = [make_person(session, organisation_id, f"pupil-{number:02}") for number in range(count)]
    for person in people:
        complete(runtime, person, release)
    return people


def count(database: Database, organisation_id: str) -> int:
    with database.read(organisation_id) as session:
        return count_credentials(session)


def test_up_to_ten_certificates_are_issued_at_once(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    due(runtime, organisation_id, 10)
    page = office.admin.get("/en/admin/certificates/preview?all=1")
    assert "10 certificates were issued." in office.admin.submit(page, "/issue").text


def test_more_than_ten_certificates_take_two_admins(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    people = due(runtime, organisation_id, 11)
    page = office.admin.get("/en/admin/certificates/preview?all=1")
    assert "One admin issues up to 10 certificates at once and 30 within a day." in page.text
    asked = {office.admin.submit(page, "/issue").address for _ in range(2)}
    assert (len(asked), count(database, organisation_id)) == (1, 0)
    page = office.second.get(asked.pop())
    assert page.heading == "Issue 11 certificates"
    assert all(person.pseudonym in page.text for person in people)
    page = office.second.submit(page, "/agree")
    assert (page.heading, count(database, organisation_id)) == ("Issue 11 certificates", 11)
    assert people[0].pseudonym not in page.text


@pytest.fixture
def short_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many in a day as at once, so that few certificates show what holds for many."""
    monkeypatch.setattr(approval, "A_DAY", 10)


@pytest.mark.usefixtures("short_day")
def test_what_is_one_too_many_in_a_day_takes_two_admins(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    release = publish_open(runtime)
    with runtime.database.transaction() as session:
        people = [make_person(session, organisation_id, f"pupil-{number:02}") for number in range(11)]
    for person in people[:10]:
        complete(runtime, person, release)
    office.admin.submit(office.admin.get("/en/admin/certificates/preview?all=1"), "/issue")
    complete(runtime, people[10], release)
    page = office.admin.get("/en/admin/certificates/preview?all=1")
    assert "One admin issues up to 10 certificates at once and 10 within a day." in page.text
    page = office.admin.submit(page, "/issue")
    assert (page.heading, count(database, organisation_id)) == ("Issue 1 certificate", 10)
    office.second.submit(office.second.get(page.address), "/agree")
    assert count(database, organisation_id) == 11


@pytest.mark.usefixtures("short_day")
def test_what_is_one_too_many_that_ends_in_a_day_takes_two_admins(
    office: Office, runtime: Runtime, organisation_id: str, database: Database
) -> None:
    release = publish_open(runtime)
    with runtime.database.transaction() as session:
        people = [make_person(session, organisation_id, f"pupil-{number:02}") for number in range(11)]
    *ten, last = [certificate(runtime, person, release) for person in people]
    for serial in ten:
        office.admin.submit(office.admin.get(f"/en/admin/certificates/{serial}/end?how=withdraw"), "/end", {"reason": "mistake"})
    page = office.admin.get(f"/en/admin/certificates/{last}/end?how=replace")
    assert page.address == f"/en/admin/certificates/{last}/"
    assert "Another admin can replace this one, or you can tomorrow." in page.text
    page = office.admin.get(f"/en/admin/certificates/{last}/end?how=withdraw")
    assert "One admin withdraws up to 10 certificates at once and 10 within a day." in page.text
    replacing = {"reason": "lost", "how": "replace"}
    assert "Another admin can replace this one" in office.admin.submit(page, "/end", replacing).text
    asked = {office.admin.submit(page, "/end", {"reason": "mistake"}).address for _ in range(2)}
    assert len(asked) == 1
    page = office.second.get(asked.pop())
    assert page.heading == "Withdraw 1 certificate"
    office.second.submit(page, "/agree")
    with database.read(organisation_id) as session:
        assert {row.status for row in list_credentials(session)} == {"withdrawn"}


def agreed_file(office: Office, *, names: bool = False) -> Seen:
    page = office.admin.submit(office.admin.get(EXPORT), "/export", {"names": "y"} if names else {})
    office.second.submit(office.second.get(page.address), "/agree")
    return office.admin.get(page.address)


def take(who: Visitor, page: Seen, kind: str) -> tuple[int, str, str]:
    status, body = post(who, f"{page.address}file", {"kind": kind})
    return status, body, who.client.get(page.address).headers.get("Content-Type", "")


@pytest.fixture
def full(runtime: Runtime, learner: PersonRow, database: Database) -> str:
    """A certificate of a learner who is in a cohort whose name could be a formula."""
    release = publish_open(runtime)
    with database.transaction(learner.organisation_id) as session:
        make_cohort(session, learner.organisation_id, learner, name="=cmd()")
    return certificate(runtime, learner, release)


def test_the_file_holds_progress_and_no_handles(office: Office, learner: PersonRow, full: str, database: Database) -> None:
    page = agreed_file(office)
    with database.transaction(learner.organisation_id) as session:
        get_person(session, learner.id).pseudonym = "+Gülşat"
    answer = office.admin.client.post(f"{page.address}file", data={"kind": "csv", **_token(page)})
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"people-2026-03-02.csv\"; filename*=UTF-8''people-2026-03-02.csv"
    )
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/csv", "no-store")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    row = next(row for row in rows if "Gülşat" in row[0])
    assert row[:9] == ["'+Gülşat", "Learner", "active", "2026-03-02", "'=cmd()", 'Everything "once"', "100", "yes", full]
    status, body, _ = take(office.admin, page, "json")
    assert status == 200
    person = next(one for one in json.loads(body)["people"] if one["pseudonym"] == "+Gülşat")
    assert person["courses"] == [{"course": "every-kind", "percent": 100, "complete": True, "certificates": [full]}]
    assert "name" not in person
    assert learner.handle not in body
    assert verbs(database, learner)[-2:] == ["people.exported", "people.exported"]


def _token(page: Seen) -> dict[str, str]:
    return {"csrf_token": page.form("/account/exit").find("input").get("value", "")}  # type: ignore[union-attr]


def test_only_whoever_asked_takes_the_file_and_only_for_a_day(
    office: Office, learner: PersonRow, clock: StandingClock, sign_in_as: SignInAs
) -> None:
    page = office.admin.submit(office.admin.get(EXPORT), "/export")
    assert take(office.admin, page, "csv")[0] == 404
    office.second.submit(office.second.get(page.address), "/agree")
    assert take(office.second, page, "csv")[0] == 404
    assert take(office.admin, page, "csv")[0] == 200
    clock.move(days=1)
    assert take(sign_in_as(office.rows[0]), page, "csv")[0] == 404


@pytest.mark.parametrize("names", [True, False])
def test_names_are_in_the_file_only_if_that_was_agreed_to(
    office: Office, learner: PersonRow, runtime: Runtime, database: Database, names: bool
) -> None:
    with database.transaction(learner.organisation_id) as session:
        get_organisation(session, learner.organisation_id).settings = {"keep_names": True}
    seals = Seals(runtime.keys.seal, runtime.keys.index)
    with database.transaction(learner.organisation_id) as session:
        keep(session, make_signed_in(learner), Contact("Aýna Öwezowa"), agreed=True, seals=seals, now=runtime.clock())
    page = agreed_file(office, names=names)
    assert page.heading == ("Take the list of people as a file, with names" if names else "Take the list of people as a file")
    assert ("Aýna" in take(office.admin, page, "csv")[1], "Aýna" in take(office.admin, page, "json")[1]) == (names, names)
    with database.read(learner.organisation_id) as session:
        assert [row.code for row in list_notices(session, learner.id)] == (["name-viewed"] if names else [])


def test_a_page_of_requests_is_read_by_a_few_statements(office: Office, database: Database) -> None:
    for _ in range(12):
        office.admin.submit(office.admin.get(EXPORT), "/export")
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda _c, _k, statement, *_a: statements.append(statement))
    assert office.admin.get(LIST).text.count("Take the list of people as a file") == 12
    assert 0 < len(statements) < 12
