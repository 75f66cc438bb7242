"""Review of one's mistakes: questions that were not right, with the answer and the reason, and the lesson to read again."""

from dataclasses import dataclass
from typing import ClassVar

from elearn.access.permission import Permission
from elearn.actions.attempt import list_mistakes
from elearn.quiz.behaviour import ALL
from elearn.store import enrolments
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import gettext, language
from elearn.web.learn.blueprint import blueprint
from elearn.web.pages import Page
from elearn.web.parts.blocks import trusted
from elearn.web.parts.question import Given, QuestionView, question_view
from elearn.web.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakesPage(Page):
    """Mistakes over all courses, the latest first."""

    template: ClassVar[str] = "learn/mistakes.html"

    questions: tuple[QuestionView, ...]


@blueprint.get("/learn/mistakes/")
@requires(Permission.SEE_OWN_LEARNING)
def mistakes() -> str:
    """Show the questions that were not right and may be explained."""
    who = identity()
    shelf = runtime().shelf
    views: list[QuestionView] = []
    with runtime().database.read(who.organisation_id) as session:
        current = shelf.current(session, now=now())
        for row in enrolments.list_enrolments(session, who.person_id):
            if row.course_id not in current:
                continue
            for sitting, question_id in list_mistakes(session, shelf, who, row.course_id):
                body = shelf.body(session, sitting.row.release_id, sitting.row.page_id, language())
                question = sitting.quiz.question(question_id)
                drawn = next(one for one in sitting.drawn if one.question_id == question_id)
                marks = {mark.question_id: mark for mark in sitting.grade().by_question}
                given = Given(response=sitting.state.responses.get(question_id), mark=marks[question_id])
                if question is not None:
                    text = trusted(body["questions"][question_id])
                    views.append(question_view(text, question, drawn, given, reveal=ALL, closed=True))
    return render(MistakesPage(title=gettext("Review my mistakes"), questions=tuple(views)))
