import pytest

from elearn.quiz.kinds.true_false import grade, option_groups, parse, right_response
from elearn.quiz.model import TrueFalse
from tests.quiz.questions import ENGLISH, TRUE_FALSE, said


def test_yes_and_no_are_read_and_nothing_else() -> None:
    assert parse(TRUE_FALSE, {"choice": ["no"]}) == (said(TRUE_FALSE, "no"), ())
    response, problems = parse(TRUE_FALSE, {"choice": ["maybe"]})
    assert response is None
    assert [p.code for p in problems] == ["unknown-choice"]


@pytest.mark.parametrize(("answer", "given", "fraction"), [(True, "yes", 1), (True, "no", 0), (False, "yes", 0), (False, "no", 1)])
def test_the_answer_that_says_what_the_key_says_earns(answer: bool, given: str, fraction: float) -> None:
    question = TrueFalse(id="q", prompt="?", answer=answer)
    assert grade(question, said(question, given), ENGLISH) == fraction
    assert (right_response(question) == said(question, given)) is bool(fraction)


def test_the_options_are_yes_and_no() -> None:
    assert option_groups(TRUE_FALSE) == {"choice": ("yes", "no")}
