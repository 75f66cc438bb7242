"""A small course whose rule and pages a test may choose, and facts about it."""

from datetime import UTC, datetime

from elearn.course.model import CompletionRule, Course, Lesson, Module, Page, QuizPage
from elearn.progress.facts import Fact, FactKind
from elearn.quiz.model import Form
from tests.quiz.questions import SINGLE, make_quiz

HOUR = datetime(2026, 3, 1, 12, tzinfo=UTC)


def make_quiz_page(page_id: str, form: Form = "test") -> QuizPage:
    """A quiz page with one question."""
    return QuizPage(id=page_id, title=page_id, minutes=5, quiz=make_quiz(SINGLE, form=form))


def make_lesson(page_id: str) -> Lesson:
    """A lesson without questions."""
    return Lesson(id=page_id, title=page_id, minutes=5)


def make_course(*pages: Page, completion: CompletionRule | None = None) -> Course:
    """A course of two modules: the first page, and the others."""
    return Course(
        id="course",
        code="C00",
        title="Course",
        summary="",
        language="en",
        licence="CC-BY-SA-4.0",
        minutes=10,
        level="foundation",
        topics=(),
        countries=(),
        public=True,
        modules=(Module("m1", "One", pages[:1]), Module("m2", "Two", pages[1:])),
        completion=completion or CompletionRule(quizzes=("final",)),
    )


def make_fact(kind: FactKind, page: str, ref: str = "", release: int = 1) -> Fact:
    """A fact at noon."""
    return Fact(kind, page, release, HOUR, ref=ref)
