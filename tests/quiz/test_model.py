from elearn.quiz.model import Pool, Quiz
from tests.quiz.questions import NUMBER, OPEN, SINGLE

QUIZ = Quiz(id="final", form="test", slots=(SINGLE, Pool("pool", 1, (NUMBER, OPEN))))


def test_a_quiz_knows_its_questions_those_of_pools_too() -> None:
    assert list(QUIZ.questions()) == [SINGLE, NUMBER, OPEN]


def test_a_question_is_found_by_its_id() -> None:
    assert QUIZ.question("open") is OPEN
    assert QUIZ.question("gone") is None
