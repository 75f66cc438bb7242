"""Several certificates are withdrawn with one reason after a second look; more than ten take two admins."""

from elearn.runtime import Runtime
from elearn.store.base import new_id
from elearn.store.credentials import list_credentials
from elearn.store.engine import Database
from tests.factories import make_person
from tests.visitor import Seen, Visitor
from tests.web.admin.office import Office, post
from tests.web.teaching import certificate, publish_open

PAGE = "/en/admin/certificates/withdrawals"


def issue(runtime: Runtime, organisation_id: str, count: int) -> list[str]:
    release = publish_open(runtime)
    with runtime.database.transaction() as session:
        people = [make_person(session, organisation_id, f"pupil-{number:02}") for number in range(count)]
    return [certificate(runtime, person, release) for person in people]


def look(who: Visitor, serials: list[str]) -> Seen:
    return who.get(f"{PAGE}?{'&'.join(f'serial={serial}' for serial in serials)}")


def states(database: Database, organisation_id: str) -> list[tuple[str, str]]:
    with database.read(organisation_id) as session:
        return [(row.status, row.reason) for row in list_credentials(session)]


def test_ticked_certificates_are_withdrawn_once(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    serials = issue(runtime, organisation_id, 3)
    boxes = [box.get("value", "") for box in office.admin.get("/en/admin/").all("input", name="serial")]
    assert sorted(boxes) == sorted(serials)
    page = look(office.admin, serials[:2])
    assert page.heading == "Withdraw 2 certificates?"
    for _ in range(2):
        assert "2 certificates were withdrawn." in office.admin.submit(page, "/withdrawals", {"reason": "mistake"}).text
    assert sorted(states(database, organisation_id)) == [("valid", ""), ("withdrawn", "mistake"), ("withdrawn", "mistake")]
    assert len(office.admin.get("/en/admin/").all("input", name="serial")) == 1


def test_where_none_can_be_ticked_no_button_asks_for_ticks(office: Office, runtime: Runtime, organisation_id: str) -> None:
    serials = issue(runtime, organisation_id, 1)
    assert "Withdraw the ticked ones" in office.admin.get("/en/admin/").text
    page = office.admin.submit(look(office.admin, serials), "/withdrawals", {"reason": "mistake"})
    assert serials[0] in page.text
    assert "Withdraw the ticked ones" not in page.text


def test_nothing_ticked_is_said_to_be_so(office: Office) -> None:
    assert "Nothing is ticked." in office.admin.get(PAGE).text


def test_a_reason_is_needed(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    page = look(office.admin, issue(runtime, organisation_id, 1))
    page = office.admin.submit(page, "/withdrawals", status=422)
    assert "Choose a reason" in page.text
    assert states(database, organisation_id) == [("valid", "")]


def test_more_than_ten_take_two_admins(office: Office, runtime: Runtime, organisation_id: str, database: Database) -> None:
    serials = issue(runtime, organisation_id, 11)
    page = look(office.admin, serials)
    assert "One admin withdraws up to 10 certificates at once and 30 within a day." in page.text
    page = office.admin.submit(page, "/withdrawals", {"reason": "mistake"})
    assert set(states(database, organisation_id)) == {("valid", "")}
    page = office.second.get(page.address)
    assert (page.heading, all(serial in page.text for serial in serials)) == ("Withdraw 11 certificates", True)
    office.second.submit(page, "/agree")
    assert states(database, organisation_id) == [("withdrawn", "mistake")] * 11


def test_certificates_of_another_organisation_are_as_if_not_there(
    office: Office, runtime: Runtime, organisation_id: str, database: Database
) -> None:
    (serial,) = issue(runtime, organisation_id, 1)
    for name in (serial, new_id()):
        office.outside.get(f"{PAGE}?serial={name}", status=404)
        fields = {"serial": name, "reason": "mistake", "key": new_id()}
        assert post(office.outside, PAGE, fields)[0] == 404
    assert states(database, organisation_id) == [("valid", "")]
