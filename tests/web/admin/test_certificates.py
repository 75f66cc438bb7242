"""An admin's certificates: who is due, a preview, issuing once though sent twice, ending with a reason, other organisations."""

from collections.abc import Callable

import pytest

from elearn.actions.erase import erase_person
from elearn.actions.record import make_checkpoint
from elearn.runtime import Runtime, open_notary
from elearn.store.audit import record
from elearn.store.credentials import CredentialRow, list_credentials
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.tenancy import everyone
from tests.factories import make_person
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.teaching import certificate, complete, publish_open

DUE = "/en/admin/"


@pytest.fixture
def release(runtime: Runtime) -> int:
    return publish_open(runtime)


@pytest.fixture
def done(runtime: Runtime, learner: PersonRow, release: int, database: Database, organisation_id: str) -> list[PersonRow]:
    """Two people who completed the course."""
    with database.transaction() as session:
        other = make_person(session, organisation_id, "second-learner-9")
    for person in (learner, other):
        complete(runtime, person, release)
    return [learner, other]


def _credentials(database: Database, organisation_id: str) -> list[CredentialRow]:
    with database.read(organisation_id) as session:
        return list(list_credentials(session, limit=100))


def _value(person: PersonRow) -> str:
    return f"{person.id}:every-kind"


def test_a_learner_finds_no_admin_pages(member: Visitor) -> None:
    member.get(DUE, status=404)
    member.get("/en/admin/certificates/preview", status=404)


def test_a_visitor_is_asked_to_sign_in(visitor: Visitor) -> None:
    assert visitor.get(DUE).address == "/en/account/sign-in"


def test_nothing_due_is_said_to_be_so(admin: Visitor) -> None:
    page = admin.get(DUE)
    assert "Nothing is due." in page.text
    assert "No certificate has been issued yet." in page.text
    assert "Nothing is due." in admin.get("/en/admin/certificates/preview?all=1").text


def test_who_is_due_is_listed_by_pseudonym(admin: Visitor, done: list[PersonRow]) -> None:
    page = admin.get(DUE)
    for person in done:
        assert person.pseudonym in page.text
    assert 'Everything "once"' in page.text
    assert "2 March 2026" in page.text


def test_ticked_ones_are_previewed_and_issued(admin: Visitor, done: list[PersonRow], database: Database) -> None:
    page = admin.get(f"/en/admin/certificates/preview?due={_value(done[1])}")
    assert page.heading == "1 certificate to issue"
    assert done[0].pseudonym not in page.text
    page = admin.submit(page, "/issue")
    assert "1 certificate was issued." in page.text
    assert [row.person_id for row in _credentials(database, done[0].organisation_id)] == [done[1].id]
    assert done[0].pseudonym in page.text


def test_all_are_issued_at_once(admin: Visitor, done: list[PersonRow], database: Database) -> None:
    page = admin.get("/en/admin/certificates/preview?all=1")
    assert page.heading == "2 certificates to issue"
    assert "2 certificates were issued." in admin.submit(page, "/issue").text
    assert "Nothing is due." in admin.get(DUE).text


def test_the_same_form_sent_twice_issues_once(admin: Visitor, done: list[PersonRow], database: Database) -> None:
    page = admin.get("/en/admin/certificates/preview?all=1")
    for _ in range(2):
        assert "2 certificates were issued." in admin.submit(page, "/issue").text
    assert len(_credentials(database, done[0].organisation_id)) == 2


def test_all_that_is_ticked_stays_ticked_in_another_language(admin: Visitor, done: list[PersonRow]) -> None:
    others = "".join(f"&due={number:032x}:minimal" for number in range(200))
    page = admin.get(f"/en/admin/certificates/preview?due={_value(done[1])}{others}")
    (link,) = (link for link in page.all("a", hreflang="ru"))
    assert _value(done[1]) in {field.get("value") for field in admin.get(link.get("href", "")).all("input", name="due")}


def test_two_previews_of_the_same_issue_once(admin: Visitor, done: list[PersonRow], database: Database) -> None:
    pages = [admin.get("/en/admin/certificates/preview?all=1") for _ in range(2)]
    for page in pages:
        admin.submit(page, "/issue")
    assert len(_credentials(database, done[0].organisation_id)) == 2


@pytest.mark.parametrize("key", ["", "short", "x" * 200])
def test_a_form_without_its_key_issues_nothing(admin: Visitor, done: list[PersonRow], database: Database, key: str) -> None:
    page = admin.submit(admin.get("/en/admin/certificates/preview?all=1"), "/issue", {"key": key}, status=422)
    assert "This form was not whole." in page.text
    assert _credentials(database, done[0].organisation_id) == []


def test_a_key_used_by_another_person_is_refused(
    admin: Visitor, done: list[PersonRow], database: Database, organisation_id: str, sign_in_as: SignInAs
) -> None:
    page = admin.get("/en/admin/certificates/preview?all=1")
    admin.submit(page, "/issue")
    with database.transaction() as session:
        person = make_person(session, organisation_id, role="admin")
    second = sign_in_as(person)
    key = filled(page.form("/issue"))["key"][0]
    page = second.get(DUE)
    data = {"csrf_token": filled(page.form("/account/exit"))["csrf_token"], "key": key}
    answer = second.client.post("/en/admin/certificates/issue", data=data)
    assert answer.status_code == 409
    assert "This form was sent before with other words." in answer.get_data(as_text=True)


@pytest.mark.parametrize("value", ["nobody:every-kind", "nobody", ":", "{learner}:nothing", "{learner}:minimal"])
def test_what_is_not_completed_is_not_issued(
    admin: Visitor, learner: PersonRow, done: list[PersonRow], database: Database, value: str
) -> None:
    page = admin.get("/en/admin/certificates/preview?all=1")
    page = admin.submit(page, "/issue", {"due": [_value(done[0]), value.format(learner=learner.id)]}, status=403)
    assert "This course is not completed yet" in page.text
    assert _credentials(database, learner.organisation_id) == []


def test_another_organisation_sees_and_issues_nothing(outsider: Visitor, done: list[PersonRow], database: Database) -> None:
    page = outsider.get(DUE)
    assert "Nothing is due." in page.text
    data = {"csrf_token": filled(page.form("/account/exit"))["csrf_token"], "key": "k" * 20, "due": _value(done[0])}
    assert outsider.client.post("/en/admin/certificates/issue", data=data).status_code == 403
    assert _credentials(database, done[0].organisation_id) == []


@pytest.fixture
def serial(runtime: Runtime, learner: PersonRow, release: int) -> str:
    return certificate(runtime, learner, release)


def _page(who: Visitor, serial: str, how: str = "withdraw") -> Seen:
    """The second look before a certificate ends."""
    return who.get(f"/en/admin/certificates/{serial}/end?how={how}")


def test_a_certificate_names_its_holder_and_what_ending_it_does(admin: Visitor, serial: str, learner: PersonRow) -> None:
    page = admin.get(f"/en/admin/certificates/{serial}/")
    assert learner.pseudonym in page.text
    assert {f"/en/admin/certificates/{serial}/end?how={how}" for how in ("withdraw", "replace")} <= set(page.links())
    assert learner.pseudonym in _page(admin, serial).text
    assert "this cannot be undone" in _page(admin, serial).text
    assert "a new certificate is issued" in _page(admin, serial, "replace").text.lower()


def test_a_certificate_ends_in_one_of_two_ways(admin: Visitor, serial: str) -> None:
    admin.get(f"/en/admin/certificates/{serial}/end?how=burn", status=404)
    admin.submit(_page(admin, serial), "/end", {"reason": "lost", "how": "burn"}, status=404)


def test_an_ended_certificate_is_shown_instead_of_asked_about(admin: Visitor, serial: str) -> None:
    admin.submit(_page(admin, serial), "/end", {"reason": "lost"})
    assert _page(admin, serial).address == f"/en/admin/certificates/{serial}/"


def test_nobody_ticked_is_said_and_previews_nobody(admin: Visitor, done: list[PersonRow]) -> None:
    page = admin.get("/en/admin/certificates/preview")
    assert page.address == DUE
    assert "Nobody is ticked." in page.text


@pytest.mark.parametrize("way", [str.lower, str.upper, str.title, lambda name: name[2:5]])
def test_a_certificate_is_found_by_the_name_of_its_holder(
    admin: Visitor, serial: str, learner: PersonRow, way: Callable[[str], str]
) -> None:
    page = admin.get(f"{DUE}?q={way(learner.pseudonym)}")
    assert serial in page.text
    assert "1 certificate" in page.text


def test_a_certificate_is_found_by_its_number_and_others_are_not(admin: Visitor, serial: str) -> None:
    assert serial in admin.get(f"{DUE}?q={serial[:9].lower()}").text
    assert "No certificate fits." in admin.get(f"{DUE}?q=nobody-like-this").text
    assert "No certificate fits." in admin.get(f"{DUE}?q=%25").text


def test_the_list_of_issued_ones_has_pages(
    admin: Visitor, serial: str, runtime: Runtime, database: Database, organisation_id: str, release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.transaction() as session:
        person = make_person(session, organisation_id, "second-learner-9")
    other = certificate(runtime, person, release)
    monkeypatch.setattr("elearn.web.admin.certificates._SHOWN", 1)
    first = admin.get(DUE)
    second = admin.get(f"{DUE}?page=2")
    assert {one for one in (serial, other) if one in first.text} ^ {one for one in (serial, other) if one in second.text} == {serial, other}
    assert f"{DUE}?page=2#issued" in first.links()
    assert f"{DUE}?page=1#issued" in second.links()
    assert admin.get(f"{DUE}?page=99").text == second.text
    assert admin.get(f"{DUE}?page=-3").text == first.text
    assert admin.get(f"{DUE}?page=x").text == first.text


def test_a_certificate_is_withdrawn_with_a_reason(admin: Visitor, serial: str, database: Database, learner: PersonRow) -> None:
    page = admin.submit(_page(admin, serial), "/end", {"reason": "mistake"})
    assert "The certificate was withdrawn." in page.text
    assert "It was issued by mistake." in page.text
    assert not [form for form in page.all("form") if (form.get("action") or "").endswith("/end")]
    assert _credentials(database, learner.organisation_id)[0].status == "withdrawn"
    assert learner.pseudonym in admin.get(DUE).text


def test_a_certificate_is_replaced_by_a_new_one(admin: Visitor, serial: str, database: Database, learner: PersonRow) -> None:
    page = admin.submit(_page(admin, serial, "replace"), "/end", {"reason": "lost"})
    assert "The certificate was replaced by a new one." in page.text
    states = {row.id: row.status for row in _credentials(database, learner.organisation_id)}
    assert sorted(states.values()) == ["replaced", "valid"]
    assert states[serial] == "replaced"


@pytest.mark.parametrize("reason", ["", "because", "\u202e", "x" * 5000])
def test_a_reason_has_to_be_chosen(admin: Visitor, serial: str, reason: str, database: Database, learner: PersonRow) -> None:
    page = admin.submit(_page(admin, serial), "/end", {"reason": reason, "how": "withdraw"}, status=422)
    assert "Choose a reason" in page.text
    assert _credentials(database, learner.organisation_id)[0].status == "valid"


@pytest.mark.parametrize("how", ["withdraw", "replace"])
def test_ending_twice_changes_nothing_more(admin: Visitor, serial: str, how: str, database: Database, learner: PersonRow) -> None:
    page = _page(admin, serial)
    admin.submit(page, "/end", {"reason": "lost", "how": how})
    count = len(_credentials(database, learner.organisation_id))
    again = admin.submit(page, "/end", {"reason": "mistake", "how": how}, status=409)
    assert "This certificate is not valid any more" in again.text
    assert len(_credentials(database, learner.organisation_id)) == count


def test_the_certificate_of_somebody_who_erased_the_account_can_only_be_withdrawn(
    admin: Visitor, serial: str, learner: PersonRow, runtime: Runtime, database: Database
) -> None:
    with database.transaction() as session, everyone(session):
        erase_person(session, get_person(session, learner.id), now=runtime.clock())
    page = admin.submit(_page(admin, serial, "replace"), "/end", {"reason": "lost"})
    assert "The holder has erased the account" in page.text
    assert "The account is erased" in page.text
    assert "Replace" not in page.text
    page = admin.submit(_page(admin, serial), "/end", {"reason": "lost"})
    assert "The certificate was withdrawn." in page.text


@pytest.mark.parametrize("reason", ["lost", ""])
def test_a_certificate_of_another_organisation_is_not_there(outsider: Visitor, serial: str, reason: str) -> None:
    outsider.get(f"/en/admin/certificates/{serial}/", status=404)
    data = {"csrf_token": filled(outsider.get(DUE).form("/account/exit"))["csrf_token"], "reason": reason, "how": "withdraw"}
    assert outsider.client.post(f"/en/admin/certificates/{serial}/end", data=data).status_code == 404


def test_the_page_to_print_with_a_batch_bears_the_last_checkpoint(admin: Visitor, runtime: Runtime, done: list[PersonRow]) -> None:
    assert "Checkpoint" not in admin.get("/en/admin/certificates/preview?all=1").text
    with runtime.database.transaction() as session:
        record(session, "verb", organisation_id="", actor="operator", about="thing", now=runtime.clock())
    verdict = make_checkpoint(runtime.database, open_notary(runtime.settings), now=runtime.clock())
    assert verdict.head is not None
    page = admin.get("/en/admin/certificates/preview?all=1")
    assert f"Checkpoint of the record: {verdict.head.root.hex()[:16]}." in page.text, "its size tells how much other organisations do"
    assert done
