"""An attempt in trouble: two tabs, double posts, other people, time over, lost sessions and tokens. No answer is lost in silence."""

import pytest

from elearn.store.engine import Database
from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_organisation, make_person
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.learn.sitting import begin, right, rows, steps
from tests.web.teaching import BEFORE, FINAL


@pytest.fixture
def release(every_kind: int) -> int:
    return every_kind


def test_two_tabs_save_both_and_the_later_answer_wins(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = begin(member, BEFORE)
    one, other = member.get(page.address), member.get(page.address)
    member.submit(one, "/answer", {"all-people:choice": "yes"})
    member.submit(other, "/answer", {"all-people:choice": "no"})
    assert filled(member.get(page.address).form("/answer"))["all-people:choice"] == ["no"]


def test_the_same_form_sent_twice_is_saved_once(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = begin(member)
    for _ in range(2):
        member.submit(page, "/answer", right(page))
    assert len(steps(database, learner)) == 1


def test_a_question_of_another_attempt_is_not_there(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = begin(member, BEFORE)
    form = page.form("/answer")
    data = {**filled(form), "question": "columns", "columns:text": "2"}
    assert member.client.post(form.get("action", ""), data=data).status_code == 404
    assert steps(database, learner) == []


def test_an_answer_under_the_address_of_another_page_is_not_taken(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member, BEFORE)
    wrong = page.address.replace("/before/", "/final/")
    data = {**filled(page.form("/answer")), "all-people:choice": "yes"}
    assert member.client.post(f"{wrong}answer", data=data).status_code == 404
    assert member.client.post(f"{wrong}hand-in", data=data).status_code == 404
    assert member.client.get(wrong).status_code == 404
    assert member.client.get(f"{wrong}result/").status_code == 404
    assert steps(database, learner) == []


@pytest.fixture
def stranger(database: Database, organisation_id: str, sign_in_as: SignInAs) -> Visitor:
    with database.transaction() as session:
        person = make_person(session, organisation_id)
    return sign_in_as(person)


@pytest.fixture
def outsider(database: Database, sign_in_as: SignInAs) -> Visitor:
    with database.transaction() as session:
        person = make_person(session, make_organisation(session).id)
    return sign_in_as(person)


@pytest.mark.parametrize("whose", ["stranger", "outsider"])
def test_an_attempt_of_somebody_else_looks_like_one_that_never_was(
    member: Visitor, release: int, whose: str, request: pytest.FixtureRequest, learner: PersonRow, database: Database
) -> None:
    other: Visitor = request.getfixturevalue(whose)
    page = begin(member)
    missing = FINAL + f"attempt/{'0' * 32}/"
    for tail in ("", "result/"):
        foreign = other.get(page.address + tail, status=404)
        unknown = other.get(missing + tail, status=404)
        assert foreign.heading == unknown.heading == "There is no page here"
        assert _body(foreign, page.address) == _body(unknown, missing)
    form = page.form("/answer")
    token = filled(other.get("/en/account/").form("/account/sign-out"))["csrf_token"]
    for deed in ("answer", "hand-in"):
        data = {**filled(form), **right(page), "csrf_token": token}
        assert other.client.post(page.address + deed, data=data).status_code == 404
    assert rows(database, learner)[0].state == "open"
    assert steps(database, learner) == []


def _body(page: Seen, address: str) -> str:
    token = page.all("input", name="csrf_token")[0].get("value", "")
    return page.response.get_data(as_text=True).replace(token, "").replace(address.split("/")[-2], "")


def test_when_the_time_is_over_the_attempt_is_handed_in_as_it_was_saved(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = begin(member)
    page = member.submit(page, "/answer", right(page))
    clock.move(minutes=29)
    member.get(page.address)
    clock.move(minutes=2, seconds=1)
    page = member.submit(page, "/answer", right(page))
    assert page.address.endswith("/result/")
    assert "The time was over, so this last answer could not be taken." in page.text
    assert "1 of 4 questions is fully right." in page.text or "1 of 4 questions are fully right." in page.text
    assert rows(database, learner)[0].state == "expired"


def test_in_the_minute_after_the_time_a_learner_is_told_to_hand_in(member: Visitor, release: int, clock: StandingClock) -> None:
    page = begin(member)
    clock.move(minutes=29)
    member.get(page.address)
    clock.move(minutes=1, seconds=5)
    page = member.get(page.address)
    assert "The time is over. What is saved counts: please hand in now." in page.text
    assert "Time left:" not in page.text


def test_looking_at_an_attempt_whose_time_is_over_shows_its_result(member: Visitor, release: int, clock: StandingClock) -> None:
    page = begin(member)
    for _ in range(2):
        clock.move(minutes=16)
        member.get(FINAL)
    assert member.get(page.address).address.endswith("/result/")


def test_a_late_click_within_the_minute_of_grace_counts(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = begin(member)
    clock.move(minutes=15)
    member.get(FINAL)
    clock.move(minutes=15, seconds=50)
    member.submit(page, "/answer", right(page))
    assert len(steps(database, learner)) == 1


def test_answering_after_handing_in_changes_nothing_and_says_so(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member, BEFORE)
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    page = member.submit(page, "/answer", {"all-people:choice": "yes"})
    assert page.address.endswith("/result/")
    assert "This attempt was already handed in" in page.text
    assert [step.kind for step in steps(database, learner)] == ["submit"]


def test_handing_in_twice_is_handing_in_once(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    end = member.get(f"{begin(member, BEFORE).address}?q=end")
    first, second = (member.submit(end, "/hand-in").address for _ in range(2))
    assert first == second
    assert len(steps(database, learner)) == 1


def test_a_form_whose_token_was_lost_is_offered_for_sending_again(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member)
    member.client.delete_cookie("form")
    page = member.submit(page, "/answer", right(page), status=400)
    assert page.heading == "Please send this again"
    page = member.submit(page, "/answer")
    assert "Question 2 of 4" in page.text
    assert len(steps(database, learner)) == 1


def test_a_session_that_ended_in_the_middle_loses_no_answer(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = begin(member, BEFORE)
    clock.move(hours=13)
    page = member.submit(page, "/answer", {"all-people:choice": "yes"}, status=401)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    member.submit(page, "/answer")
    assert [step.question_id for step in steps(database, learner)] == ["all-people"]
