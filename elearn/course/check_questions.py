"""Rules for the questions of a page that need the whole course: what the key rests on, and whether the choices can be told apart."""

from collections.abc import Iterable

from elearn.course import facts
from elearn.course.check_texts import choice_lists
from elearn.course.model import Course, Page, QuizPage, page_questions
from elearn.course.problems import Report
from elearn.quiz.model import Choice, MultipleChoice, Proof, Question, Scale


def check_questions(course: Course, page: Page, report: Report) -> None:
    """Note what is wrong with the questions of a page."""
    scored = isinstance(page, QuizPage) and page.quiz.form == "test"
    questions = page_questions(page)
    for question in questions:
        for choices in choice_lists(question):
            _check_choices(choices, question.line, report)
        if isinstance(question, MultipleChoice) and all(choice.right for choice in question.choices):
            report.error("no-wrong-choice", question.line)
        for proof in question.proofs:
            _check_proof(course, proof, question.line, report, scored=scored)
    if scored and not any(_earns(question) for question in questions):
        report.error("quiz-without-marks")


def _earns(question: Question) -> bool:
    return question.weight > 0 and not isinstance(question, Scale)


def _check_choices(choices: Iterable[Choice], line: int, report: Report) -> None:
    seen: set[str] = set()
    for choice in choices:
        text = " ".join(choice.text.split()).casefold()
        if text in seen:
            report.error("choice-twice", choice.line or line, text=choice.text)
        seen.add(text)


def _check_proof(course: Course, proof: Proof, line: int, report: Report, *, scored: bool) -> None:
    found = facts.find(course, proof.row)
    if found is None:
        report.error("proof-missing-row", line, target=proof.row)
        return
    table, row = found
    if proof.column and proof.column not in table.columns:
        report.error("proof-missing-column", line, target=proof.row, column=proof.column)
    elif not facts.holds(row, proof):
        report.error("proof-mismatch", line, target=proof.row, column=proof.column, found=row.get(proof.column, ""))
    if scored and not facts.scorable(table.name, row):
        report.error("fact-not-scorable", line, target=proof.row)
