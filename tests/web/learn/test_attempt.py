"""An attempt through HTTP: begin, resume, save by form and by script, two tabs, lost sessions, time over, other people's attempts."""

import json
from typing import Any

import pytest

from elearn.runtime import Runtime
from elearn.store.attempts import AttemptRow, AttemptStepRow, list_attempts, list_steps
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_organisation, make_person
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.teaching import BEFORE, DRILL, FINAL, Fields, publish_open

#: One drawn question after the other: its fields, answered right.
ANSWERS: dict[str, Fields] = {
    "f-holder": {"choice": "state"},
    "f-one": {"choice": "yes"},
    "f-two": {"choice": "no"},
    "f-three": {"text": "ICCPR"},
    "f-case": {"text": "Ask who owes the duty."},
}


def _begin(who: Visitor, quiz: str = FINAL) -> Seen:
    return who.submit(who.get(quiz), "/start")


def _question(page: Seen) -> str:
    return page.one("input", name="question").get("value", "")


def _right(page: Seen) -> Fields:
    name = _question(page)
    return {f"{name}:{field}": value for field, value in ANSWERS[name].items()}


def _answer_all(who: Visitor, page: Seen) -> Seen:
    for _ in range(4):
        page = who.submit(page, "/answer", _right(page))
    return page


def _rows(database: Database, person: PersonRow) -> list[AttemptRow]:
    with database.read(person.organisation_id) as session:
        return list_attempts(session, person.id, "every-kind")


def _steps(database: Database, person: PersonRow) -> list[AttemptStepRow]:
    row = _rows(database, person)[0]
    with database.read(person.organisation_id) as session:
        return list_steps(session, row.id)


def _by_script(who: Visitor, page: Seen, fields: Fields, **more: Any) -> tuple[int, dict[str, Any]]:  # noqa: ANN401 - JSON
    form = page.form("/answer")
    data = {**filled(form), **fields, "save": "1", **more}
    answer = who.client.post(form.get("action", ""), data=data, headers={"Accept": "application/json"})
    return answer.status_code, json.loads(answer.get_data())


@pytest.fixture
def release(every_kind: int) -> int:
    return every_kind


def test_whoever_has_no_account_is_asked_to_sign_in_before_a_quiz(visitor: Visitor, release: int) -> None:
    page = visitor.get(FINAL)
    assert "You need an account to take this quiz" in page.text
    assert not [form for form in page.all("form") if (form.get("action") or "").endswith("/start")]
    assert f"/en/account/sign-in?next={FINAL}" in page.links()


def test_a_quiz_says_what_it_is_before_it_begins(member: Visitor, release: int) -> None:
    text = member.get(FINAL).text
    for fact in ("4 questions", "about 18 minutes", "passed from 70%", "3 tries", "time limit: 30 minutes"):
        assert fact in text
    text = member.get(DRILL).text
    assert "as many tries as you want" in text
    assert "no time limit" in text


def test_a_quiz_shows_one_question_a_page(member: Visitor, release: int) -> None:
    page = _begin(member)
    assert len(page.all("fieldset", class_="question__body stack")) == 1
    assert "Question 1 of 4" in page.text
    assert "Time left:" in page.text


def test_a_quiz_shows_all_questions_on_one_page_where_its_course_says_so(member: Visitor, release: int) -> None:
    page = _begin(member, BEFORE)
    assert len(page.all("fieldset", class_="question__body stack")) == 2
    assert "Time left" not in page.text
    page = member.submit(page, "/answer", {"confidence:choice": "very", "all-people:choice": "yes"})
    assert "Saved." in page.text
    assert "Every question is answered and saved." in page.text


def test_saving_leads_to_the_next_question_and_at_last_to_the_look_back(member: Visitor, release: int) -> None:
    page = _begin(member)
    seen = []
    for _ in range(4):
        seen.append(_question(page))
        page = member.submit(page, "/answer", _right(page))
    assert len(set(seen)) == 4
    assert page.heading == "The final quiz"
    assert "Every question is answered and saved." in page.text


def test_the_look_back_names_what_is_still_open(member: Visitor, release: int) -> None:
    page = _begin(member)
    page = member.submit(page, "/answer", _right(page))
    page = member.get(f"{page.address}?q=end")
    assert "3 questions are not answered yet" in page.text
    assert page.form("/hand-in") is not None


def test_beginning_again_resumes_where_the_attempt_was_left(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = _begin(member)
    first = page.address
    member.submit(page, "/answer", _right(page))
    start = member.get(FINAL)
    assert "not handed in yet" in start.text
    link = next(one for one in start.all("a", class_="button") if one.get("href", "").startswith(first))
    page = member.get(link.get("href", ""))
    assert "Question 2 of 4" in page.text
    assert len(_rows(database, learner)) == 1


def test_starting_twice_is_one_attempt(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = member.get(FINAL)
    assert member.submit(page, "/start").address == member.submit(page, "/start").address
    assert len(_rows(database, learner)) == 1


@pytest.mark.parametrize("asked", ["0", "5", "-1", "x", "²", "9" * 5000, "٣", ""])
def test_a_question_number_beyond_measure_shows_a_question_all_the_same(member: Visitor, release: int, asked: str) -> None:
    page = _begin(member)
    assert "of 4" in member.get(f"{page.address}?q={asked}").text
    form = page.form("/answer")
    target = form.get("action", "").partition("?")[0]
    answer = member.client.post(f"{target}?q={asked}", data={**filled(form), **_right(page)})
    assert answer.status_code == 303


def test_a_map_shows_which_questions_are_answered(member: Visitor, release: int) -> None:
    page = _begin(member)
    page = member.submit(page, "/answer", _right(page))
    assert page.text.count("(answered)") == 1
    assert "Saved." in member.get(f"{page.address}?q=1").text
    back = [link for link in page.links() if link.endswith("?q=1")]
    assert len(back) == 2


def test_an_answer_can_be_changed_and_taken_back_until_handing_in(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = _begin(member, BEFORE)
    name = "all-people:choice"
    member.submit(page, "/answer", {name: "yes"})
    member.submit(member.get(page.address), "/answer", {name: "no"})
    again = member.get(page.address)
    assert filled(again.form("/answer"))[name] == ["no"]
    member.submit(again, "/answer", {name: []})
    assert name not in filled(member.get(page.address).form("/answer"))


def test_what_cannot_be_used_stays_typed_and_the_rest_is_saved(member: Visitor, learner: PersonRow, release: int) -> None:
    page = _begin(member, BEFORE)
    page = member.submit(page, "/answer", {"confidence:choice": "dragon", "all-people:choice": "no"}, status=422)
    assert "This choice is not on the list any more." in page.text
    saved = filled(member.get(page.address.removesuffix("answer")).form("/answer"))
    assert saved["all-people:choice"] == ["no"]
    assert "confidence:choice" not in saved


def test_a_typed_slip_is_shown_again(member: Visitor, release: int) -> None:
    page = member.submit(_begin(member, DRILL), "/answer", {"columns:text": "two or so"}, status=422)
    assert page.one("input", name="columns:text").get("value") == "two or so"


def test_practice_counts_tries_and_asks_for_an_answer(member: Visitor, release: int) -> None:
    page = _begin(member, DRILL)
    page = member.submit(page, "/answer", status=200)
    assert "Choose or write an answer first." in page.text


def test_a_script_saves_and_gets_a_new_key(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = _begin(member, BEFORE)
    status, told = _by_script(member, page, {"all-people:choice": "yes"})
    assert (status, told["saved"]) == (200, True)
    assert told["key"] != filled(page.form("/answer"))["key"][0]
    status, again = _by_script(member, page, {"all-people:choice": "no"}, key=told["key"])
    assert status == 200
    assert again["key"] != told["key"]
    assert [step.response for step in _steps(database, learner)][-1] == {"kind": "true-false", "value": "no"}


def test_a_script_is_told_what_is_wrong(member: Visitor, release: int) -> None:
    status, told = _by_script(member, _begin(member, DRILL), {"columns:text": "two"})
    assert (status, told) == (422, {"error": "Please write a number, for example 12 or 3.5."})


def test_a_script_is_told_that_the_session_is_over(member: Visitor, release: int) -> None:
    page = _begin(member, BEFORE)
    member.client.delete_cookie("session")
    status, told = _by_script(member, page, {"all-people:choice": "yes"})
    assert status == 401
    assert "sign in again" in told["error"]


def test_a_script_is_told_that_the_form_is_old(member: Visitor, release: int) -> None:
    page = _begin(member, BEFORE)
    status, told = _by_script(member, page, {"all-people:choice": "yes"}, csrf_token="old")
    assert status == 403
    assert "grown old" in told["error"]


def test_a_script_is_told_that_the_attempt_is_over(member: Visitor, release: int) -> None:
    page = _begin(member, BEFORE)
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    status, told = _by_script(member, page, {"all-people:choice": "yes"})
    assert status == 403
    assert "already handed in" in told["error"]


def test_two_tabs_save_both_and_the_later_answer_wins(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = _begin(member, BEFORE)
    one, other = member.get(page.address), member.get(page.address)
    member.submit(one, "/answer", {"all-people:choice": "yes"})
    member.submit(other, "/answer", {"all-people:choice": "no"})
    assert filled(member.get(page.address).form("/answer"))["all-people:choice"] == ["no"]


def test_the_same_form_sent_twice_is_saved_once(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = _begin(member)
    for _ in range(2):
        member.submit(page, "/answer", _right(page))
    assert len(_steps(database, learner)) == 1


def test_a_question_of_another_attempt_is_not_there(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = _begin(member, BEFORE)
    form = page.form("/answer")
    data = {**filled(form), "question": "columns", "columns:text": "2"}
    assert member.client.post(form.get("action", ""), data=data).status_code == 404
    assert _steps(database, learner) == []


def test_an_answer_under_the_address_of_another_page_is_not_taken(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = _begin(member, BEFORE)
    wrong = page.address.replace("/before/", "/final/")
    data = {**filled(page.form("/answer")), "all-people:choice": "yes"}
    assert member.client.post(f"{wrong}answer", data=data).status_code == 404
    assert member.client.post(f"{wrong}hand-in", data=data).status_code == 404
    assert member.client.get(wrong).status_code == 404
    assert member.client.get(f"{wrong}result/").status_code == 404
    assert _steps(database, learner) == []


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
    page = _begin(member)
    missing = FINAL + f"attempt/{'0' * 32}/"
    for tail in ("", "result/"):
        foreign = other.get(page.address + tail, status=404)
        unknown = other.get(missing + tail, status=404)
        assert foreign.heading == unknown.heading == "There is no page here"
        assert _body(foreign, page.address) == _body(unknown, missing)
    form = page.form("/answer")
    token = filled(other.get("/en/account/").form("/account/sign-out"))["csrf_token"]
    for deed in ("answer", "hand-in"):
        data = {**filled(form), **_right(page), "csrf_token": token}
        assert other.client.post(page.address + deed, data=data).status_code == 404
    assert _rows(database, learner)[0].state == "open"
    assert _steps(database, learner) == []


def _body(page: Seen, address: str) -> str:
    token = page.all("input", name="csrf_token")[0].get("value", "")
    return page.response.get_data(as_text=True).replace(token, "").replace(address.split("/")[-2], "")


def test_when_the_time_is_over_the_attempt_is_handed_in_as_it_was_saved(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = _begin(member)
    page = member.submit(page, "/answer", _right(page))
    clock.move(minutes=29)
    member.get(page.address)
    clock.move(minutes=2, seconds=1)
    page = member.submit(page, "/answer", _right(page))
    assert page.address.endswith("/result/")
    assert "The time was over, so this last answer could not be taken." in page.text
    assert "1 of 4 questions is fully right." in page.text or "1 of 4 questions are fully right." in page.text
    assert _rows(database, learner)[0].state == "expired"


def test_looking_at_an_attempt_whose_time_is_over_shows_its_result(member: Visitor, release: int, clock: StandingClock) -> None:
    page = _begin(member)
    for _ in range(2):
        clock.move(minutes=16)
        member.get(FINAL)
    assert member.get(page.address).address.endswith("/result/")


def test_a_late_click_within_the_minute_of_grace_counts(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = _begin(member)
    clock.move(minutes=15)
    member.get(FINAL)
    clock.move(minutes=15, seconds=50)
    member.submit(page, "/answer", _right(page))
    assert len(_steps(database, learner)) == 1


def test_answering_after_handing_in_changes_nothing_and_says_so(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = _begin(member, BEFORE)
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    page = member.submit(page, "/answer", {"all-people:choice": "yes"})
    assert page.address.endswith("/result/")
    assert "This attempt was already handed in" in page.text
    assert [step.kind for step in _steps(database, learner)] == ["submit"]


def test_handing_in_twice_is_handing_in_once(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    end = member.get(f"{_begin(member, BEFORE).address}?q=end")
    first, second = (member.submit(end, "/hand-in").address for _ in range(2))
    assert first == second
    assert len(_steps(database, learner)) == 1


def test_a_form_whose_token_was_lost_is_offered_for_sending_again(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = _begin(member)
    member.client.delete_cookie("form")
    page = member.submit(page, "/answer", _right(page), status=400)
    assert page.heading == "Please send this again"
    page = member.submit(page, "/answer")
    assert "Question 2 of 4" in page.text
    assert len(_steps(database, learner)) == 1


def test_a_session_that_ended_in_the_middle_loses_no_answer(
    member: Visitor, learner: PersonRow, release: int, clock: StandingClock, database: Database
) -> None:
    page = _begin(member, BEFORE)
    clock.move(hours=13)
    page = member.submit(page, "/answer", {"all-people:choice": "yes"}, status=401)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    member.submit(page, "/answer")
    assert [step.question_id for step in _steps(database, learner)] == ["all-people"]


def test_every_try_used_up_is_said_and_no_further_one_begins(member: Visitor, release: int) -> None:
    start = member.get(BEFORE)
    page = member.submit(start, "/start")
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    assert "All tries at this quiz are used up." in member.get(BEFORE).text
    refused = member.submit(start, "/start", status=403)
    assert "All tries at this quiz are used up." in refused.text


def test_a_lesson_cannot_be_started_as_a_quiz(member: Visitor, release: int) -> None:
    token = filled(member.get(FINAL).form("/start"))["csrf_token"]
    address = "/en/courses/every-kind/lessons/practice/start"
    assert member.client.post(address, data={"csrf_token": token}).status_code == 404


def test_the_scenes_of_a_scenario_come_step_by_step_in_a_quiz(member: Visitor, runtime: Runtime) -> None:
    scenario = (
        "::: branching {#river}\nYou see it.\n\n@ start\nIt smells.\n- Ask {#ask -> next fraction=1}\n- Wait {#wait -> end}\n"
        "@ next\nThey refuse.\n- Write {#write -> end fraction=1}\n- Stop {#stop -> end}\n:::\n\n::: single {#f-holder"
    )
    publish_open(runtime, ("::: single {#f-holder", scenario), ("paging: one\nshuffle: yes", "paging: one\nshuffle: no"))
    page = _begin(member)
    assert "They refuse." not in page.text
    page = member.submit(page, "/answer", {"river:scene-start": "ask"})
    assert "Question 1 of 5" in page.text
    assert "They refuse." in page.text
    page = member.submit(page, "/answer", {"river:scene-next": "write"})
    assert "Question 2 of 5" in page.text


def test_an_attempt_goes_on_with_the_release_it_began_with(member: Visitor, runtime: Runtime, release: int) -> None:
    page = _begin(member, BEFORE)
    publish_open(runtime, ("Everybody has rights.", "Everybody has many rights."))
    assert "Everybody has rights." in member.get(page.address).text


def test_a_question_is_read_in_the_language_of_the_page(member: Visitor, release: int) -> None:
    page = _begin(member, BEFORE)
    russian = member.get(page.address.replace("/en/", "/ru/"))
    assert "Вопрос 1 из 2" in russian.text
    links = [one.get("href") for one in page.all("a", hreflang="tk")]
    assert links == [page.address.replace("/en/", "/tk/")]
