from elearn.quiz.kinds.open_answer import KIND, parse
from tests.quiz.questions import ENGLISH, OPEN, said


def test_an_open_answer_is_kept_as_written() -> None:
    assert parse(OPEN, {"text": ["  The city hall\n\nmust protect. "]}) == (said(OPEN, "  The city hall\n\nmust protect. "), ())


def test_only_a_person_can_mark_it() -> None:
    assert KIND.grade(OPEN, said(OPEN, "…"), ENGLISH) is None
    assert KIND.right_response(OPEN) is None
    assert KIND.marking == "hand"
