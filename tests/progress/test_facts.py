from dataclasses import replace

from elearn.progress.facts import Fact, graded
from elearn.quiz.draw import draw
from elearn.quiz.grade import Grade, grade
from elearn.quiz.model import Quiz
from tests.progress.courses import HOUR
from tests.quiz.questions import SINGLE, make_quiz, said

QUIZ = make_quiz(SINGLE)


def _grade(quiz: Quiz, choice: str) -> Grade:
    return grade(quiz, draw(quiz, 1), {"single": said(SINGLE, choice)})


def test_a_passed_attempt_gives_the_facts_that_it_was_made_passed_and_right_where_critical() -> None:
    facts = graded("final", release=3, attempt="a1", grade=_grade(QUIZ, "a"), at=HOUR)
    assert facts[0] == Fact("attempted", "final", 3, HOUR, ref="a1", fraction_e4=10_000)
    assert [fact.kind for fact in facts] == ["attempted", "passed", "critical"]


def test_a_failed_attempt_is_only_an_attempt() -> None:
    critical = make_quiz(replace(SINGLE, critical=True))
    facts = graded("final", release=1, attempt="a1", grade=_grade(critical, "b"), at=HOUR)
    assert [fact.kind for fact in facts] == ["attempted"]


def test_marks_by_hand_give_a_fact_of_their_own() -> None:
    facts = graded("final", release=1, attempt="a1", grade=_grade(QUIZ, "a"), at=HOUR, again=True)
    assert [fact.kind for fact in facts] == ["marked", "passed", "critical"]
