import pytest
from hypothesis import given

from elearn.quiz.kinds import KINDS, kind_of
from elearn.quiz.model import Question
from elearn.quiz.response import is_complete, parse, redisplay, right_response
from tests.quiz.questions import EXAMPLES, OPEN, SCALE, SINGLE, TRUE_FALSE, WITH_KEY, answered, said


def test_every_kind_has_its_word_of_the_course_format() -> None:
    names = "single multiple true-false matching ordering gaps short-text number scale branching open"
    assert [kind.name for kind in KINDS.values()] == names.split()
    assert [type(question) for question in EXAMPLES] == list(KINDS)


@given(answered())
def test_what_was_read_can_be_shown_and_read_again(given_: tuple[Question, dict[str, list[str]]]) -> None:
    question, post = given_
    response, _ = parse(question, post)
    assert parse(question, redisplay(question, response))[0] == response


@given(answered())
def test_a_response_holds_ids_of_its_question_only(given_: tuple[Question, dict[str, list[str]]]) -> None:
    question, post = given_
    response, problems = parse(question, post)
    assert "forged" not in str(response) or kind_of(question).option_groups(question) == {}
    assert {p.code for p in problems} <= {"unknown-choice", "repeated-place", "not-a-number", "too-long"}
    assert all(p.params["field"] in post and p.where.file == question.id for p in problems)


@pytest.mark.parametrize("question", EXAMPLES, ids=lambda q: q.id)
def test_an_empty_form_is_no_answer(question: Question) -> None:
    assert parse(question, {}) == (None, ())
    assert redisplay(question, None) == {}
    assert not is_complete(question, None)


@pytest.mark.parametrize("question", WITH_KEY, ids=lambda q: q.id)
def test_the_key_is_a_complete_response_without_problems(question: Question) -> None:
    right = right_response(question)
    assert parse(question, redisplay(question, right)) == (right, ())
    assert is_complete(question, right)


def test_a_scale_and_an_open_answer_have_no_key() -> None:
    assert right_response(SCALE) is None
    assert right_response(OPEN) is None


def test_an_answer_to_another_kind_is_neither_shown_nor_complete() -> None:
    foreign = said(TRUE_FALSE, "yes")
    assert redisplay(SINGLE, foreign) == {}
    assert not is_complete(SINGLE, foreign)
