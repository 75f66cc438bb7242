"""A session that ends in the middle of a quiz loses no answer, and goes on where the answer would have led."""

from elearn.store.people import PersonRow
from tests.factories import PASSPHRASE
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import Publish

QUIZ = "/en/courses/every-kind/quizzes/final/"


def _second_question(member: Visitor, publish_course: Publish) -> tuple[Seen, dict[str, str | list[str]]]:
    """Give the page of the second question and an answer to it."""
    publish_course("minimal")
    publish_course("every_kind")
    page = member.submit(member.get(QUIZ), "/start")
    page = member.get(f"{page.address}?q=2")
    choices = [field for field in page.form("/answer").iter("input") if field.get("type") == "radio"]
    return page, {choices[0].get("name", ""): choices[0].get("value", "")}


def test_an_answer_waits_on_the_sign_in_page_and_is_saved(member: Visitor, learner: PersonRow, publish_course: Publish) -> None:
    page, answer = _second_question(member, publish_course)
    question = page.address
    member.client.delete_cookie("session")
    page = member.submit(page, "/answer", answer, status=401)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    assert page.form("/answer").get("data-module") == "again"
    page = member.submit(page, "/answer")
    assert page.response.request.query_string == b"q=3"
    saved = filled(member.get(f"{question}?q=2").form("/answer"))
    assert {name: saved[name] for name in answer} == {name: [value] for name, value in answer.items()}


def _speak(member: Visitor, page: Seen, language: str, form: str, status: int = 200) -> Seen:
    """Press a language on a page where a form waits: the button sends that form."""
    button = page.one("button", lang=language)
    assert (button.get("form"), button.get("formnovalidate")) == (form, "")
    (waiting,) = page.all("form", id=form)
    data = {**filled(waiting), button.get("name", ""): [button.get("value", "")]}
    return member._seen(member.client.post(button.get("formaction", ""), data=data, follow_redirects=True), status)


def test_choosing_a_language_on_the_sign_in_page_loses_no_answer(member: Visitor, learner: PersonRow, publish_course: Publish) -> None:
    page, answer = _second_question(member, publish_course)
    member.client.delete_cookie("session")
    page = member.submit(page, "/answer", answer, status=401)
    page = _speak(member, page, "ru", "sign-in")
    assert (page.address, len(page.all("a", hreflang="kk"))) == ("/ru/account/sign-in", 0)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    page = _speak(member, page, "tg", "kept")
    assert (page.address[:4], page.response.request.query_string) == ("/tg/", b"q=2"), "the same question, in the language chosen"
    saved = filled(member.get(f"{page.address}?q=2").form("/answer"))
    assert {name: saved[name] for name in answer} == {name: [value] for name, value in answer.items()}


def test_choosing_a_language_where_a_form_had_grown_old_sends_it_too(member: Visitor, publish_course: Publish) -> None:
    page, answer = _second_question(member, publish_course)
    member.client.delete_cookie("form")
    page = member.submit(page, "/answer", answer, status=400)
    page = _speak(member, page, "ru", "kept")
    assert (page.address[:4], page.response.request.query_string) == ("/ru/", b"q=2"), "the same question, in the language chosen"
    saved = filled(page.form("/answer"))
    assert {name: saved[name] for name in answer} == {name: [value] for name, value in answer.items()}


def test_an_answer_survives_the_loss_of_every_cookie(member: Visitor, learner: PersonRow, publish_course: Publish) -> None:
    page, answer = _second_question(member, publish_course)
    member.client.delete_cookie("session")
    member.client.delete_cookie("form")
    page = member.submit(page, "/answer", answer, status=400)
    page = member.submit(page, "/answer", status=401)
    page = member.submit(page, "/account/sign-in", {"handle": learner.handle, "passphrase": PASSPHRASE})
    page = member.submit(page, "/answer")
    assert page.response.request.query_string == b"q=3"
