"""An attempt through HTTP: begin, resume, save by form and by script, change, look back."""

from collections.abc import Mapping

import pytest

from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from tests.visitor import Seen, Visitor, filled
from tests.web.learn.sitting import begin, by_script, question, right, rows, steps
from tests.web.teaching import BEFORE, DRILL, FINAL, publish_open


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
    page = begin(member)
    assert len(page.all("fieldset", class_="question__body stack")) == 1
    assert "Question 1 of 4" in page.text
    assert "Time left:" in page.text


def test_a_quiz_shows_all_questions_on_one_page_where_its_course_says_so(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    assert len(page.all("fieldset", class_="question__body stack")) == 2
    assert "Time left" not in page.text
    page = member.submit(page, "/answer", {"confidence:choice": "very", "all-people:choice": "yes"})
    assert "Saved." in page.text
    assert "Every question is answered and saved." in page.text


def test_saving_leads_to_the_next_question_and_at_last_to_the_look_back(member: Visitor, release: int) -> None:
    page = begin(member)
    seen = []
    for _ in range(4):
        seen.append(question(page))
        page = member.submit(page, "/answer", right(page))
    assert len(set(seen)) == 4
    assert page.heading == "The final quiz"
    assert "Every question is answered and saved." in page.text


def test_the_look_back_names_what_is_still_open(member: Visitor, release: int) -> None:
    page = begin(member)
    page = member.submit(page, "/answer", right(page))
    page = member.get(f"{page.address}?q=end")
    assert "3 questions are not answered yet" in page.text
    assert page.form("/hand-in") is not None


def test_beginning_again_resumes_where_the_attempt_was_left(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = begin(member)
    first = page.address
    member.submit(page, "/answer", right(page))
    start = member.get(FINAL)
    assert "not handed in yet" in start.text
    link = next(one for one in start.all("a", class_="button") if one.get("href", "").startswith(first))
    page = member.get(link.get("href", ""))
    assert "Question 2 of 4" in page.text
    assert len(rows(database, learner)) == 1


def test_starting_twice_is_one_attempt(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = member.get(FINAL)
    assert member.submit(page, "/start").address == member.submit(page, "/start").address
    assert len(rows(database, learner)) == 1


@pytest.mark.parametrize("asked", ["0", "5", "-1", "x", "²", "9" * 5000, "٣", ""])
def test_a_question_number_beyond_measure_shows_a_question_all_the_same(member: Visitor, release: int, asked: str) -> None:
    page = begin(member)
    assert "of 4" in member.get(f"{page.address}?q={asked}").text
    form = page.form("/answer")
    target = form.get("action", "").partition("?")[0]
    answer = member.client.post(f"{target}?q={asked}", data={**filled(form), **right(page)})
    assert answer.status_code == 303


def test_a_map_shows_which_questions_are_answered(member: Visitor, release: int) -> None:
    page = begin(member)
    page = member.submit(page, "/answer", right(page))
    assert page.text.count("(answered)") == 1
    assert "Saved." in member.get(f"{page.address}?q=1").text
    back = [link for link in page.links() if link.endswith("?q=1")]
    assert len(back) == 2


def test_an_answer_can_be_changed_and_taken_back_until_handing_in(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member, BEFORE)
    name = "all-people:choice"
    member.submit(page, "/answer", {name: "yes"})
    member.submit(member.get(page.address), "/answer", {name: "no"})
    again = member.get(page.address)
    assert filled(again.form("/answer"))[name] == ["no"]
    member.submit(again, "/answer", {name: []})
    assert name not in filled(member.get(page.address).form("/answer"))


def test_what_cannot_be_used_stays_typed_and_the_rest_is_saved(member: Visitor, learner: PersonRow, release: int) -> None:
    page = begin(member, BEFORE)
    page = member.submit(page, "/answer", {"confidence:choice": "dragon", "all-people:choice": "no"}, status=422)
    assert "This choice is not on the list any more." in page.text
    saved = filled(member.get(page.address.removesuffix("answer")).form("/answer"))
    assert saved["all-people:choice"] == ["no"]
    assert "confidence:choice" not in saved


def test_a_typed_slip_is_shown_again(member: Visitor, release: int) -> None:
    page = member.submit(begin(member, DRILL), "/answer", {"columns:text": "two or so"}, status=422)
    assert page.one("input", name="columns:text").get("value") == "two or so"


def test_practice_counts_tries_and_asks_for_an_answer(member: Visitor, release: int) -> None:
    page = begin(member, DRILL)
    page = member.submit(page, "/answer", status=200)
    assert "Choose or write an answer first." in page.text


def test_a_script_saves_and_gets_a_new_key(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    page = begin(member, BEFORE)
    status, told = by_script(member, page, {"all-people:choice": "yes"})
    assert (status, told["saved"]) == (200, True)
    assert told["key"] != filled(page.form("/answer"))["key"][0]
    status, again = by_script(member, page, {"all-people:choice": "no"}, key=told["key"])
    assert status == 200
    assert again["key"] != told["key"]
    assert [step.response for step in steps(database, learner)][-1] == {"kind": "true-false", "value": "no"}


def test_a_script_is_told_what_is_wrong(member: Visitor, release: int) -> None:
    status, told = by_script(member, begin(member, DRILL), {"columns:text": "two"})
    assert (status, told) == (422, {"error": "Please write a number, for example 12 or 3.5."})


def test_a_script_is_told_that_the_session_is_over(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    member.client.delete_cookie("session")
    status, told = by_script(member, page, {"all-people:choice": "yes"})
    assert status == 401
    assert "sign in again" in told["error"]


def test_whoever_lost_all_cookies_in_the_middle_of_a_quiz_signs_in_and_loses_no_answer(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    form = page.form("/answer")
    data = {**filled(form), "all-people:choice": "yes"}
    for cookie in ("session", "form"):
        member.client.delete_cookie(cookie)
    ours = {"Sec-Fetch-Site": "same-origin"}
    short = member.client.post(form.get("action", ""), data={**data, "save": "1"}, headers={**ours, "Accept": "application/json"})
    assert (short.status_code, "sign in again" in short.get_json()["error"]) == (401, True)
    seen = member.client.post(form.get("action", ""), data=data, headers=ours).get_data(as_text=True)
    assert 'name="passphrase"' in seen
    assert 'name="keep-all-people:choice" value="yes"' in seen
    unsure = member.client.post(form.get("action", ""), data=data).get_data(as_text=True)
    assert 'name="passphrase"' not in unsure
    assert "Send it again" in unsure


def test_a_script_is_told_that_the_form_is_old(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    status, told = by_script(member, page, {"all-people:choice": "yes"}, csrf_token="old")
    assert status == 403
    assert "grown old" in told["error"]


def test_a_script_is_told_that_the_attempt_is_over(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    status, told = by_script(member, page, {"all-people:choice": "yes"})
    assert status == 403
    assert "already handed in" in told["error"]


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
    page = begin(member)
    assert "They refuse." not in page.text
    page = member.submit(page, "/answer", {"river:scene-start": "ask"})
    assert "Question 1 of 5" in page.text
    assert "They refuse." in page.text
    page = member.submit(page, "/answer", {"river:scene-next": "write"})
    assert "Question 2 of 5" in page.text


def test_an_attempt_goes_on_with_the_release_it_began_with(member: Visitor, runtime: Runtime, release: int) -> None:
    page = begin(member, BEFORE)
    publish_open(runtime, ("Everybody has rights.", "Everybody has many rights."))
    assert "Everybody has rights." in member.get(page.address).text


def test_a_question_is_read_in_the_language_of_the_page(member: Visitor, release: int) -> None:
    page = begin(member, BEFORE)
    russian = member.get(page.address.replace("/en/", "/ru/"))
    assert "Вопрос 1 из 2" in russian.text
    assert [one.get("form") for one in page.all("button", class_="languages__button")] == ["answers"] * 5


def choose(member: Visitor, page: Seen, tag: str, fields: Mapping[str, object], status: int = 200) -> Seen:
    """Choose a language without scripts: its button sends the form as it stands."""
    button = page.one("button", name="speak", value=tag)
    data = {**filled(page.one("form", id=button.get("form", ""))), **fields, "speak": tag}
    return member._seen(member.client.post(button.get("formaction", ""), data=data, follow_redirects=True), status)


def test_choosing_a_language_saves_what_is_chosen_and_stays_with_the_question(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member)
    name = question(page)
    russian = choose(member, page, "ru", right(page))
    assert "Вопрос 1 из 4" in russian.text
    assert question(russian) == name
    kept = filled(russian.form("/answer"))
    assert {field: kept[field] for field in right(page)} == {field: [value] for field, value in right(page).items()}
    assert [(step.question_id, step.language) for step in steps(database, learner)] == [(name, "ru")]


def test_choosing_a_language_with_nothing_chosen_is_no_answer(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    russian = choose(member, begin(member), "ru", {})
    assert "Вопрос 1 из 4" in russian.text
    assert steps(database, learner) == []


def test_in_practice_choosing_a_language_is_no_try(member: Visitor, learner: PersonRow, release: int, database: Database) -> None:
    russian = choose(member, begin(member, DRILL), "ru", {"columns:text": "2"})
    assert filled(russian.form("/answer"))["columns:text"] == ["2"]
    assert russian.tree.get("lang") == "ru"
    assert steps(database, learner) == []
    english = choose(member, russian, "en", filled(russian.form("/answer")))
    assert filled(english.form("/answer"))["columns:text"] == ["2"]


def test_choosing_a_language_keeps_what_cannot_be_used_and_says_why(
    member: Visitor, learner: PersonRow, release: int, database: Database
) -> None:
    page = begin(member, BEFORE)
    russian = choose(member, page, "ru", {f"{question_of(page)}:choice": "none"}, 422)
    assert russian.all("p", class_="field__error")
    assert steps(database, learner) == []


def question_of(page: Seen) -> str:
    return page.all("input", name="question")[0].get("value", "")
