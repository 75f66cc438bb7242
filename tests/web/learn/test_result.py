"""The result of an attempt: what is told when, the rule in words, what is left to do."""

import pytest

from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from tests.visitor import Seen, Visitor
from tests.web.teaching import BEFORE, COURSE, DRILL, FINAL, PRACTICE, QUESTIONS, Fields, form_of, named, publish_open

RIGHT: dict[str, Fields] = {
    "f-holder": {"choice": "state"},
    "f-one": {"choice": "yes"},
    "f-two": {"choice": "no"},
    "f-three": {"text": "ICCPR"},
    "f-case": {"text": "Ask who owes the duty."},
}
WRONG: dict[str, Fields] = {
    "f-holder": {"choice": "child"},
    "f-one": {"choice": "no"},
    "f-two": {"choice": "yes"},
    "f-three": {"text": "UN"},
    "f-case": {},
}
_KEY = "Right answer"


def _take(who: Visitor, answers: dict[str, Fields], quiz: str = FINAL) -> Seen:
    page = who.submit(who.get(quiz), "/start")
    for _ in range(len(page.all("ol", class_="question-map")[0])):
        name = page.one("input", name="question").get("value", "")
        page = who.submit(page, "/answer", named(name, answers[name]))
    return who.submit(who.get(f"{page.address}?q=end"), "/hand-in")


@pytest.fixture
def without_case(runtime: Runtime) -> int:
    """The course with a final test that a machine can mark."""
    case = "\n::: open {#f-case words=200}\nWhat would you do first?\n\nrubric: names a duty-bearer\n:::\n"
    return publish_open(runtime, (case, ""))


def test_a_passed_test_shows_score_rule_and_every_answer(member: Visitor, without_case: int) -> None:
    page = _take(member, RIGHT)
    assert "Passed: 100%" in page.text
    assert "3 of 3 questions are fully right." in page.text
    assert "You pass with 70% or more." in page.text
    assert len(page.all("fieldset", class_="question__body stack")) == 3
    assert _KEY in page.text
    assert "Try again" not in page.text


def test_a_failed_test_shows_the_score_but_no_answers(member: Visitor, without_case: int) -> None:
    page = _take(member, WRONG)
    assert "Not passed yet: 0%" in page.text
    assert "The right answers are shown after you pass." in page.text
    assert page.all("fieldset", class_="question__body stack") == []
    assert _KEY not in page.text
    assert "Try again" in page.text
    assert "0% · not passed" in member.get(FINAL).text


def test_the_last_try_shows_the_answers_even_if_it_failed(member: Visitor, without_case: int) -> None:
    for _ in range(3):
        page = _take(member, WRONG)
    assert _KEY in page.text
    assert "Try again" not in page.text
    assert "All tries at this quiz are used up." in member.get(FINAL).text


def test_a_wrong_safety_question_is_named_as_the_reason(member: Visitor, without_case: int) -> None:
    page = _take(member, {**RIGHT, "f-holder": {"choice": "child"}})
    assert "A question about safety was not right." in page.text


def test_no_rule_is_named_that_the_course_does_not_have(member: Visitor, runtime: Runtime) -> None:
    publish_open(runtime, ("critical = true", "critical = false"))
    assert "A question about safety" not in _take(member, WRONG).text


def test_part_of_an_answer_earns_part_of_a_mark(member: Visitor, runtime: Runtime) -> None:
    publish_open(runtime, ("= ICCPR {#iccpr}", "= ICCPR {#iccpr}\n= Covenant {#covenant fraction=0.5}"), ("draw=2", "draw=3"))
    page = _take(member, {**RIGHT, "f-three": {"text": "Covenant"}})
    assert "1 is partly right and earns a part of its mark." in page.text
    assert "Partly right" in page.text


def test_an_open_answer_waits_for_a_mark(member: Visitor, every_kind: int) -> None:
    page = _take(member, RIGHT)
    assert "Passed: 75%" in page.text
    assert "A trainer still has to mark an answer. Your result can only get better." in page.text
    assert "Saved. A trainer will mark it." in page.text


def test_a_start_check_tells_no_score_and_no_answer(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(BEFORE), "/start")
    page = member.submit(page, "/answer", {"all-people:choice": "no"})
    page = member.submit(page, "/hand-in")
    assert "This check is not graded" in page.text
    assert "%" not in page.text.replace("%%", "")
    assert page.all("fieldset", class_="question__body stack") == []
    assert "passed" not in member.get(BEFORE).text


def test_a_drill_shows_its_answers_and_can_be_done_again(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(DRILL), "/start")
    page = member.submit(page, "/answer", {"columns:text": "9"})
    page = member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    assert "0%" in page.text
    assert page.form("/account/exit") is not None
    assert len(page.all("fieldset", class_="question__body stack")) == 1
    assert "Begin again" in member.get(DRILL).text


def test_an_attempt_under_way_has_no_result_yet(member: Visitor, every_kind: int) -> None:
    page = member.submit(member.get(FINAL), "/start")
    assert member.get(f"{page.address}result/").address == page.address


def test_what_is_left_is_what_the_rule_asks_for(member: Visitor, without_case: int) -> None:
    page = _take(member, RIGHT)
    assert "What is left" in page.text
    left = [link for link in page.links() if link.startswith(f"{COURSE}lessons/")]
    assert left == [f"{COURSE}lessons/blocks/", f"{COURSE}lessons/practice/", f"{COURSE}lessons/blocks/"]


def test_lessons_are_not_left_where_the_course_asks_for_none(member: Visitor, runtime: Runtime) -> None:
    publish_open(runtime, ('lessons = "practised"', 'lessons = "none"'))
    page = _take(member, WRONG)
    assert [link for link in page.links() if link.startswith(f"{COURSE}lessons/")] == []
    assert f"{FINAL}" in page.links()


def test_a_course_is_complete_when_all_that_its_rule_asks_for_is_done(member: Visitor, without_case: int) -> None:
    page = member.get(f"{COURSE}lessons/blocks/")
    data = {**form_of(page, "table-read"), "table-read:choice": "yes"}
    assert member.client.post(f"{COURSE}lessons/blocks/practise", data=data).status_code == 303
    for question_id, known in QUESTIONS.items():
        data = {**form_of(member.get(PRACTICE), question_id), **named(question_id, known.right)}
        assert member.client.post(f"{PRACTICE}practise", data=data).status_code == 303
    page = _take(member, RIGHT)
    assert "You have completed this course." in page.text
    assert "What is left" not in page.text
    page = member.get(COURSE)
    assert "You have completed this course." in page.text
    assert "100" in page.one("progress").get("value", "")
    assert "Completed: Everything" in member.get("/en/learn/certificates/").text


def test_mistakes_are_collected_until_they_are_answered_right(member: Visitor, without_case: int, learner: PersonRow) -> None:
    assert "Nothing to review." in member.get("/en/learn/mistakes/").text
    page = member.get(PRACTICE)
    for choice in ("yes", "no"):
        data = {**form_of(page, "treaty-binds"), "treaty-binds:choice": choice}
        assert member.client.post(f"{PRACTICE}practise", data=data).status_code == 303
        page = member.get("/en/learn/mistakes/")
        assert ("A signature alone" in page.text) == (choice == "yes")
        page = member.get(PRACTICE)
    _take(member, WRONG)
    assert "Who holds the duty?" not in member.get("/en/learn/mistakes/").text
    _take(member, {**RIGHT, "f-three": {"text": "UN"}, "f-one": {"choice": "no"}})
    _take(member, WRONG)
    page = member.get("/en/learn/mistakes/")
    assert "Each question stays here until you answer it right." in page.text
    assert _KEY in page.text
    assert page.all("form", method="post") == [page.form("/account/exit"), *page.all("form", method="post")[1:]]


def test_each_mistake_leads_to_its_page(member: Visitor, runtime: Runtime, without_case: int) -> None:
    page = member.get(PRACTICE)
    data = {**form_of(page, "treaty-binds"), "treaty-binds:choice": "yes"}
    assert member.client.post(f"{PRACTICE}practise", data=data).status_code == 303
    for _ in range(3):
        _take(member, WRONG)
    links = member.get("/en/learn/mistakes/").links()
    assert {FINAL, f"{PRACTICE}#q-treaty-binds"} <= set(links)
    publish_open(runtime, (', "final"]', "]"), ('quizzes = ["final"]', "quizzes = []"))
    assert FINAL not in member.get("/en/learn/mistakes/").links()


_WAITING = "You can still pass these tests yourself, so their right answers are not shown yet."


def test_mistakes_say_of_a_failed_test_until_when_its_answers_wait(member: Visitor, without_case: int) -> None:
    _take(member, WRONG)
    page = member.get("/en/learn/mistakes/")
    assert f"{_WAITING} The final quiz · They are shown after you pass or have used your last try." in page.text
    assert "Nothing to review." not in page.text
    assert FINAL in page.links()
    _take(member, RIGHT)
    page = member.get("/en/learn/mistakes/")
    assert _WAITING not in page.text
    assert "Nothing to review." in page.text


def test_after_the_last_try_nothing_waits(member: Visitor, without_case: int) -> None:
    for _ in range(3):
        _take(member, WRONG)
    page = member.get("/en/learn/mistakes/")
    assert _WAITING not in page.text
    assert _KEY in page.text


def test_a_failed_test_that_may_always_be_tried_again_waits_for_a_pass(member: Visitor, runtime: Runtime) -> None:
    publish_open(runtime, ("tries: 3", "tries: 0"))
    _take(member, WRONG)
    assert "The final quiz · They are shown after you pass." in member.get("/en/learn/mistakes/").text


def test_of_a_test_that_the_course_has_no_more_nothing_is_promised(member: Visitor, runtime: Runtime, without_case: int) -> None:
    _take(member, WRONG)
    publish_open(runtime, (', "final"]', "]"), ('quizzes = ["final"]', "quizzes = []"))
    assert _WAITING not in member.get("/en/learn/mistakes/").text


def test_a_mistake_in_a_course_that_was_left_or_taken_away_is_no_fault(member: Visitor, runtime: Runtime, without_case: int) -> None:
    page = member.get(PRACTICE)
    data = {**form_of(page, "treaty-binds"), "treaty-binds:choice": "yes"}
    assert member.client.post(f"{PRACTICE}practise", data=data).status_code == 303
    publish_open(
        runtime,
        ("A signature alone binds a State to the whole treaty.", "A signature binds."),
        ("\n::: open {#f-case words=200}\nWhat would you do first?\n\nrubric: names a duty-bearer\n:::\n", ""),
    )
    assert "A signature" in member.get("/en/learn/mistakes/").text
