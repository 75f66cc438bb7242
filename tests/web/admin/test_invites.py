"""Invites of the office: made by the sheet and shown once, listed, taken back; a slip's code opens the joining form in any language."""

import pytest

from elearn.actions import handle
from elearn.lang import LANGUAGES
from elearn.runtime import Runtime
from elearn.store.cohorts import list_members
from elearn.store.invites import list_invites, list_sheets
from elearn.store.people import PersonRow, find_person_by_handle
from elearn.store.tenancy import everyone
from tests.conftest import StandingClock
from tests.factories import make_cohort, make_person
from tests.visitor import Seen, Visitor, filled, text_of
from tests.web.admin.office import post
from tests.web.conftest import SignInAs

LIST = "/en/admin/invites/"
NEW = "/en/admin/invites/new"


def make(admin: Visitor, **fields: str) -> Seen:
    return admin.submit(admin.get(NEW), "/new", {"people": "3", **fields})


def codes(page: Seen) -> list[str]:
    return [text_of(part) for part in page.tree.iter("p") if part.get("class") == "slip__code"]


def rows(page: Seen) -> list[list[str]]:
    return [[text_of(cell) for cell in line.iter("td")] for line in page.tree.iter("tr")][1:]


def marks(page: Seen) -> list[str]:
    return [text_of(part) for part in page.tree.iter("p") if part.get("class") == "slip__mark"]


def test_an_empty_list_says_what_to_do(admin: Visitor) -> None:
    page = admin.get(LIST)
    assert "No invite is waiting." in page.text
    assert any(link.endswith("/admin/invites/new") for link in page.links())


def test_a_sheet_has_a_slip_for_each_code_in_five_languages(admin: Visitor) -> None:
    page = make(admin)
    assert page.heading == "3 invite codes"
    assert len(set(codes(page))) == len(set(marks(page))) == 3
    for slip in (item for item in page.tree.iter("li") if item.get("class") == "slip"):
        assert [part.get("lang") for part in slip.iter("p") if part.get("lang")] == list(LANGUAGES)
        assert "You need no name, no e-mail address and no phone number." in text_of(slip)
        assert "until 9 March 2026" in text_of(slip)
        assert "9 марта 2026 года" in text_of(slip)
        assert "Demo" not in text_of(slip)
    assert len([part for part in page.tree.iter() if str(part.tag).endswith("svg") and part.get("role") == "img"]) == 3
    assert page.response.headers["Cache-Control"] == "no-store"


def test_the_sheet_sent_again_shows_no_code_and_says_how_to_make_new_ones(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    form = admin.get(NEW)
    first = admin.submit(form, "/new", {"people": "3"})
    again = admin.submit(form, "/new", {"people": "3"})
    assert "These codes were made already and are shown only once." in again.text
    assert not any(code in again.response.get_data(as_text=True) for code in codes(first))
    with runtime.database.read(row.organisation_id) as session:
        assert len(list_invites(session)) == 3


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"people": ""}, "Write a whole number"),
        ({"people": "many"}, "Write a whole number"),
        ({"people": "0"}, "1 to 100 codes"),
        ({"people": "101"}, "1 to 100 codes"),
        ({"people": "201", "how": "one"}, "1 to 200 people"),
        ({"role": "admin"}, "Please choose one of the roles."),
    ],
)
def test_what_is_wrong_is_said_and_makes_nothing(
    admin: Visitor, runtime: Runtime, row: PersonRow, fields: dict[str, str], told: str
) -> None:
    page = admin.submit(admin.get(NEW), "/new", {"people": "3", **fields}, status=422)
    assert told in page.text
    kept = filled(page.form("/new"))
    assert all(kept[name] == [value] for name, value in fields.items() if value and name != "role")
    with runtime.database.read(row.organisation_id) as session:
        assert list_invites(session) == []


def test_one_code_for_many_is_one_slip_and_one_line(admin: Visitor) -> None:
    page = make(admin, how="one", people="40", role="trainer")
    assert len(codes(page)) == 1
    assert "works once" not in page.text
    (line,) = rows(admin.get(LIST))
    assert line[1:] == ["Trainer", "–", "9 March 2026", "1", "40"]


def test_a_slip_brings_its_holder_into_the_cohort(admin: Visitor, visitor: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction() as session:
        cohort = make_cohort(session, row.organisation_id, name="Spring")
    page = admin.get(f"{NEW}?cohort={cohort.id}")
    assert filled(page.form("/new"))["cohort"] == [cohort.id]
    code = codes(admin.submit(page, "/new", {"people": "2"}))[0]
    form = visitor.get("/?invite=" + code)
    assert form.address == "/en/account/join"
    visitor.submit(form, "/account/join", {"handle": "oguz-one"})
    with runtime.database.read() as session, everyone(session):
        person = find_person_by_handle(session, handle.fold("oguz-one"))
        assert person is not None
        assert [one.id for one in list_members(session, cohort.id)] == [person.id]
    sheets = admin.get(LIST)
    assert "Spring" in sheets.text
    late = visitor.client.application.test_client()
    other = Visitor(late)
    other.submit(other.get("/?invite=" + code), "/account/join", {"handle": "oguz-two"}, status=422)


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_a_slip_opens_the_form_in_the_language_of_its_holder_with_the_code_in_it(app_visitor: Visitor, tongue: str) -> None:
    code = "abcd-" * 7 + "abcd"
    answer = app_visitor.client.get("/?invite=" + code, headers={"Accept-Language": f"{tongue};q=0.9"})
    assert answer.status_code == 302
    assert answer.headers["Cache-Control"] == "no-store"
    page = app_visitor.get(answer.headers["Location"])
    assert page.address == f"/{tongue}/account/join"
    assert filled(page.form("/account/join"))["invite"] == [code]
    # the other languages keep the code
    others = [link for link in page.links() if "invite=" in link]
    assert {link.split("/")[1] for link in others} >= set(LANGUAGES)


@pytest.fixture
def app_visitor(visitor: Visitor, organisation_id: str) -> Visitor:
    return visitor


def test_a_slip_is_taken_back_by_its_mark_and_a_sheet_whole(admin: Visitor, visitor: Visitor) -> None:
    page = make(admin)
    lost, mark = codes(page)[1], marks(page)[1]
    sheet = admin.get(next(link for link in page.links() if "/admin/invites/" in link and not link.endswith(("/invites/", "/new"))))
    button = next(part for part in sheet.tree.iter("button") if part.get("aria-label") == f"Take back the slip {mark}")
    page = admin.submit(sheet, "/take-back", {"one": button.get("value", "")})
    assert "1 code was taken back" in page.text
    visitor.submit(visitor.get("/?invite=" + lost), "/account/join", status=422)
    page = admin.submit(page, "/take-back")
    assert page.address == LIST
    assert "2 codes were taken back" in page.text
    assert "No invite is waiting." in page.text


def test_sheets_of_others_are_not_there(admin: Visitor, outsider: Visitor, runtime: Runtime, row: PersonRow) -> None:
    make(admin)
    with runtime.database.read(row.organisation_id) as session:
        (sheet,) = list_sheets(session, runtime.clock())
        invite_id = list_invites(session)[0].id
        cohort_form = {"people": "2", "how": "each", "role": "learner", "key": "k" * 20}
    assert "No invite is waiting." in outsider.get(LIST).text
    outsider.get(f"{LIST}{sheet.id}/", status=404)
    for fields in ({}, {"one": invite_id}):
        assert post(outsider, f"{LIST}{sheet.id}/take-back", fields)[0] == 404
    own = make(outsider)
    assert post(outsider, own.address.replace("new", "nothing/take-back"))[0] == 404
    with runtime.database.transaction() as session:
        foreign = make_cohort(session, row.organisation_id)
    assert post(outsider, NEW, {**cohort_form, "cohort": foreign.id})[0] == 404
    with runtime.database.read(row.organisation_id) as session:
        assert len(list_invites(session)) == 3


def test_a_code_of_one_sheet_is_not_taken_back_by_way_of_another(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    make(admin)
    make(admin, role="trainer")
    with runtime.database.read(row.organisation_id) as session:
        first, second = list_sheets(session, runtime.clock())
        one = list_invites(session, sheet=second.id)[0].id
    assert post(admin, f"{LIST}{first.id}/take-back", {"one": one})[0] == 404


def test_making_codes_asks_for_a_fresh_sign_in(admin: Visitor, clock: StandingClock) -> None:
    clock.move(minutes=6)
    assert admin.get(NEW).address == "/en/account/sign-in"
    assert admin.get(LIST).address == LIST


@pytest.mark.parametrize("role", ["learner", "trainer", "translator", "reviewer", "operator"])
def test_nobody_else_makes_or_sees_invites(runtime: Runtime, sign_in_as: SignInAs, organisation_id: str, role: str) -> None:
    with runtime.database.transaction() as session:
        person = make_person(session, organisation_id, role=role)
    other = sign_in_as(person)
    for address in (LIST, NEW):
        other.get(address, status=404)


def test_a_closed_cohort_is_said(admin: Visitor, runtime: Runtime, row: PersonRow) -> None:
    with runtime.database.transaction(row.organisation_id) as session:
        cohort = make_cohort(session, row.organisation_id)
        cohort.closed = True
    page = admin.submit(admin.get(NEW), "/new", {"people": "3", "cohort": cohort.id}, status=422)
    assert "This cohort is closed." in page.text
