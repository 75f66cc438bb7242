"""Questions inside a lesson: every kind answered right, wrong, with rubbish and not at all, with and without an account."""

from xml.etree.ElementTree import Element

import pytest

from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.standing import find_standing
from elearn.web import kept
from tests.factories import make_person
from tests.visitor import Seen, Visitor
from tests.web.conftest import SignInAs
from tests.web.learn.conftest import Counted
from tests.web.teaching import PRACTICE, QUESTIONS, Fields, form_of, named, part_of, publish_changed, publish_open

KINDS = sorted(QUESTIONS)


def _answer(who: Visitor, question_id: str, fields: Fields, *, status: int = 200) -> Seen:
    page = who.get(PRACTICE)
    data = {**form_of(page, question_id), **named(question_id, fields)}
    return who._seen(who.client.post(f"{PRACTICE}practise", data=data, follow_redirects=True), status)


def _steps(runtime: Runtime, person: PersonRow) -> int:
    with runtime.database.look(person.organisation_id) as connection:
        return len(find_standing(connection, person.id, "every-kind", "practice", organisation_id=person.organisation_id).steps)


@pytest.mark.parametrize("question_id", KINDS)
def test_a_visitor_is_told_whether_she_is_right_and_nothing_is_stored(
    visitor: Visitor, every_kind: int, question_id: str, stored: Counted
) -> None:
    known = QUESTIONS[question_id]
    before = stored()
    assert known.verdict in part_of(_answer(visitor, question_id, known.right), question_id)
    assert known.other in part_of(_answer(visitor, question_id, known.wrong), question_id)
    assert stored() == before


@pytest.mark.parametrize("question_id", KINDS)
def test_a_learner_is_told_whether_she_is_right_and_finds_it_again(
    member: Visitor, learner: PersonRow, every_kind: int, question_id: str, runtime: Runtime
) -> None:
    known = QUESTIONS[question_id]
    assert known.other in part_of(_answer(member, question_id, known.wrong), question_id)
    assert known.verdict in part_of(_answer(member, question_id, known.right), question_id)
    assert known.verdict in part_of(member.get(PRACTICE), question_id)
    assert _steps(runtime, learner) == 2


@pytest.mark.parametrize("question_id", KINDS)
def test_a_page_read_again_and_again_shows_the_same_answers_and_keeps_nobodys_words(
    member: Visitor, learner: PersonRow, every_kind: int, question_id: str
) -> None:
    for fields in (QUESTIONS[question_id].wrong, QUESTIONS[question_id].right):
        first = part_of(_answer(member, question_id, fields), question_id)
        kept._pages.clear()
        for _ in range(3):
            assert part_of(member.get(PRACTICE), question_id) == first
        assert len(kept._pages) == (0 if "text" in fields else 1)


def test_whoever_chose_otherwise_sees_her_own_choice(
    database: Database, organisation_id: str, sign_in_as: SignInAs, every_kind: int
) -> None:
    with database.transaction() as session:
        people = [make_person(session, organisation_id) for _ in range(3)]
    readers, question_id = [sign_in_as(person) for person in people], "who-holds"
    known = QUESTIONS[question_id]
    for reader, fields in zip(readers, (known.right, known.wrong), strict=False):
        _answer(reader, question_id, fields)
    for _ in range(3):
        seen = [part_of(reader.get(PRACTICE), question_id) for reader in readers]
        assert known.verdict in seen[0]
        assert known.other in seen[1]
        assert known.verdict not in seen[2]
        assert known.other not in seen[2]


@pytest.mark.parametrize("question_id", KINDS)
def test_rubbish_is_refused_with_a_reason_and_stored_nowhere(
    visitor: Visitor, member: Visitor, learner: PersonRow, every_kind: int, question_id: str, runtime: Runtime
) -> None:
    for who in (visitor, member):
        page = _answer(who, question_id, QUESTIONS[question_id].rubbish, status=422)
        alerts = [part for part in page.all("p", role="alert") if part in list(page.one("fieldset", id=f"q-{question_id}").iter())]
        assert alerts
        assert "could not be done" not in part_of(page, question_id)
    assert _steps(runtime, learner) == 0


@pytest.mark.parametrize("question_id", KINDS)
def test_an_empty_answer_is_asked_for_and_costs_no_try(
    visitor: Visitor, member: Visitor, learner: PersonRow, every_kind: int, question_id: str, runtime: Runtime
) -> None:
    for who in (visitor, member):
        page = _answer(who, question_id, {}, status=422)
        assert "Choose or write an answer first." in part_of(page, question_id)
    assert _steps(runtime, learner) == 0


def test_what_was_typed_stays_beside_what_is_wrong_with_it(member: Visitor, every_kind: int) -> None:
    page = _answer(member, "core-treaties", {"text": "nine or so"}, status=422)
    assert page.one("input", name="core-treaties:text").get("value") == "nine or so"
    assert "Please write a number, for example 12 or 3.5." in part_of(page, "core-treaties")


def test_each_wrong_try_earns_a_hint_until_the_tries_are_used_up(member: Visitor, learner: PersonRow, every_kind: int) -> None:
    page = _answer(member, "who-holds", {"choice": "ministry"})
    assert "Who loses something?" in part_of(page, "who-holds")
    assert "Rights belong to people." not in part_of(page, "who-holds")
    assert "Right answer" not in part_of(page, "who-holds")
    page = _answer(member, "who-holds", {"choice": "nobody"})
    assert "Rights belong to people." in part_of(page, "who-holds")
    page = _answer(member, "who-holds", {"choice": "ministry"})
    assert "Right answer" in part_of(page, "who-holds")
    page = _answer(member, "who-holds", {"choice": "children"}, status=422)
    assert "You have used all tries at this question." in part_of(page, "who-holds")


def test_a_question_answered_right_is_closed(member: Visitor, every_kind: int) -> None:
    page = _answer(member, "treaty-binds", {"choice": "no"})
    assert all(field.get("disabled") is not None for field in page.all("input", name="treaty-binds:choice"))
    answer = member.client.post(
        f"{PRACTICE}practise",
        data={"csrf_token": form_of(page, "treaty-binds")["csrf_token"], "question": "treaty-binds", "treaty-binds:choice": "yes"},
    )
    assert answer.status_code == 422


def test_the_same_answer_sent_twice_is_one_try(member: Visitor, every_kind: int) -> None:
    for _ in range(2):
        page = _answer(member, "who-holds", {"choice": "ministry"})
    assert "Rights belong to people." not in part_of(page, "who-holds")


@pytest.mark.parametrize("signed_in", [False, True])
def test_a_scenario_goes_on_scene_by_scene(visitor: Visitor, member: Visitor, every_kind: int, signed_in: bool) -> None:
    who = member if signed_in else visitor
    page = _answer(who, "factory", {"scene-start": "ask"})
    assert "The inspector refuses." in part_of(page, "factory")
    assert "Right" not in part_of(page, "factory")


@pytest.mark.parametrize("question_id", ["", "no-such-question", "f-holder", "../secret"])
def test_a_question_of_another_page_is_not_there(member: Visitor, visitor: Visitor, every_kind: int, question_id: str) -> None:
    for who in (member, visitor):
        token = form_of(who.get(PRACTICE), "body")["csrf_token"]
        data = {"csrf_token": token, "question": question_id, f"{question_id}:choice": "state"}
        assert who.client.post(f"{PRACTICE}practise", data=data).status_code == 404


def test_a_quiz_takes_no_practice_answers(member: Visitor, visitor: Visitor, every_kind: int, stored: Counted) -> None:
    before = stored()
    for who in (member, visitor):
        token = form_of(who.get(PRACTICE), "body")["csrf_token"]
        before = stored()
        data = {"csrf_token": token, "question": "f-holder", "f-holder:choice": "state"}
        address = "/en/courses/every-kind/quizzes/final/practise"
        assert who.client.post(address, data=data).status_code == 404
        assert stored() == before


def test_practice_under_the_address_of_another_module_stores_nothing(member: Visitor, every_kind: int, stored: Counted) -> None:
    token = form_of(member.get(PRACTICE), "body")["csrf_token"]
    before = stored()
    data = {"csrf_token": token, "question": "treaty-binds", "treaty-binds:choice": "no"}
    assert member.client.post("/en/courses/every-kind/quizzes/practice/practise", data=data).status_code == 404
    assert stored() == before


def test_answers_stay_when_the_course_is_published_anew(member: Visitor, every_kind: int, runtime: Runtime) -> None:
    _answer(member, "treaty-binds", {"choice": "no"})
    _answer(member, "core-treaties", {"text": "9"})
    question = "::: true-false {#treaty-binds answer=no}\nA signature alone binds a State to the whole treaty.\n:::\n"
    publish_open(runtime, (question, ""))
    page = member.get(PRACTICE)
    assert "A signature alone" not in page.text
    assert "Right" in part_of(page, "core-treaties")


def test_a_course_for_members_asks_visitors_to_sign_in_and_keeps_the_answer(visitor: Visitor, runtime: Runtime, every_kind: int) -> None:
    page = visitor.get(PRACTICE)
    publish_changed(runtime, "every_kind", ("One thing", "A thing"))
    data = {**form_of(page, "treaty-binds"), "treaty-binds:choice": "no"}
    answer = visitor.client.post(f"{PRACTICE}practise", data=data)
    assert answer.status_code == 401
    assert 'name="keep-treaty-binds:choice" value="no"' in answer.get_data(as_text=True)


def test_an_answer_given_after_the_session_is_over_asks_to_sign_in_and_is_kept(member: Visitor, every_kind: int, stored: Counted) -> None:
    page = member.get(PRACTICE)
    member.client.delete_cookie("session")
    before = stored()
    data = {**form_of(page, "treaty-binds"), "treaty-binds:choice": "no"}
    answer = member.client.post(f"{PRACTICE}practise", data=data)
    assert answer.status_code == 401
    assert 'name="keep-treaty-binds:choice" value="no"' in answer.get_data(as_text=True)
    assert stored() == before


def test_a_told_answer_closes_the_question_until_it_is_tried_again(member: Visitor, every_kind: int) -> None:
    question_id = next(name for name in KINDS if _told(_answer(member, name, QUESTIONS[name].wrong), name))
    shut = member.get(PRACTICE)
    assert all("disabled" in field.attrib for field in _fields(shut, question_id))
    again = next(link for link in shut.links() if f"?again={question_id}#" in link)
    page = member.get(again)
    assert not any("disabled" in field.attrib or "checked" in field.attrib for field in _fields(page, question_id))
    assert not _told(page, question_id)


def _told(page: Seen, question_id: str) -> bool:
    return "Right answer" in part_of(page, question_id)


def _fields(page: Seen, question_id: str) -> list[Element]:
    part = page.one("fieldset", id=f"q-{question_id}")
    return [field for field in part.iter() if field.tag in ("input", "select") and field.get("type") != "hidden"]
