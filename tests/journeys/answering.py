"""Answering questions in a browser as the key says: the one thing a journey takes from the course and not from the page."""

from playwright.sync_api import Locator, Page

from elearn.course.model import Course, page_questions
from elearn.quiz.model import Question
from elearn.quiz.response import redisplay, right_response


def questions_by_id(course: Course) -> dict[str, Question]:
    """Every question of a course by its id."""
    return {question.id: question for _, page in course.pages() for question in page_questions(page)}


def give_right_answer(question: Question, box: Locator) -> None:
    """Fill the controls of one question with the key; a scenario shows its scenes one by one, so only what is there is filled."""
    for field, values in redisplay(question, right_response(question)).items():
        name = f"{question.id}:{field}"
        controls = box.locator(f'[name="{name}"]')
        if not controls.count():
            continue
        kind = controls.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            for value in values:
                box.locator(f'[name="{name}"][value="{value}"]').check()
        elif box.locator(f'select[name="{name}"]').count():
            controls.select_option(values[0])
        else:
            controls.fill(values[0])


def answer_page(page: Page, known: dict[str, Question]) -> None:
    """Answer every question on the page and go on, until the scenario of each has ended."""
    for box in page.locator(".question").all():
        question = known[box.locator("input[name=question]").get_attribute("value") or ""]
        give_right_answer(question, box)
