"""Odd turns of an attempt: sent empty, sent from a tab that lags behind, addressed wrongly."""

import pytest

from tests.visitor import Visitor, filled
from tests.web.teaching import BEFORE


def test_a_quiz_sent_empty_is_not_called_saved(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    page = member.submit(page, "/answer")
    assert "2 questions are not answered yet" in page.text
    assert "Saved." not in page.text


def test_an_answer_after_handing_in_elsewhere_leads_to_the_result(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    page = member.submit(page, "/answer", {"all-people:choice": "yes", "save": "1"})
    assert page.address.endswith("/result/")
    assert "This attempt was already handed in" in page.text


@pytest.mark.parametrize("tail", ["", "result/"])
def test_an_attempt_under_another_module_is_not_there(member: Visitor, every_kind: int, tail: str) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    member.get(page.address + tail)
    member.get(page.address.replace("/quizzes/", "/lessons/") + tail, status=404)
    member.get(page.address.replace("/quizzes/", "/nowhere/") + tail, status=404)


def test_an_answer_to_no_question_is_not_called_saved(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    form = page.form("/answer")
    data = {name: value for name, value in filled(form).items() if name != "question"}
    answer = member.client.post(form.get("action", ""), data={**data, "save": "1"}, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.get_json()) == (422, {"error": "This form was not whole. Please load the page again and repeat."})


def test_reading_the_address_that_takes_answers_leads_back_to_the_question(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    assert member.get(f"{page.address}answer?q=1").address == page.address
    assert member.get(f"{page.address}hand-in").address == page.address
