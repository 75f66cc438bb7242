"""Review of one's mistakes: questions that were not right, with the answer and the reason, and the lesson to read again."""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.actions.attempt import Sitting, list_mistakes, list_withheld
from elearn.quiz.behaviour import ALL
from elearn.store import enrolments
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import gettext
from elearn.web.learn.attempt import body_of
from elearn.web.learn.blueprint import blueprint
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.blocks import trusted
from elearn.web.parts.question import Given, QuestionView, question_view
from elearn.web.render import render


@dataclass(frozen=True, slots=True)
class Withheld:
    """A test that was not passed, and until when its answers are kept back."""

    href: str
    title: str
    lang: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakesPage(Page):
    """Mistakes over all courses, the latest first, and the tests whose mistakes cannot be shown yet."""

    template: ClassVar[str] = "learn/mistakes.html"

    questions: tuple[QuestionView, ...]
    withheld: tuple[Withheld, ...]


@blueprint.get("/learn/mistakes/")
@requires(Permission.SEE_OWN_LEARNING)
def mistakes() -> str:
    """Show the questions that were not right and may be explained."""
    who = identity()
    shelf = runtime().shelf
    views: list[QuestionView | None] = []
    withheld: list[Withheld | None] = []
    with runtime().database.read(who.organisation_id) as session:
        current = shelf.current(session, now=now())
        for row in enrolments.list_enrolments(session, who.person_id):
            if row.course_id in current:
                views += [_view(session, *one) for one in list_mistakes(session, shelf, who, row.course_id)]
                withheld += [_withheld(session, one) for one in list_withheld(session, shelf, who, row.course_id)]
    return render(
        MistakesPage(title=gettext("Review my mistakes"), questions=tuple(filter(None, views)), withheld=tuple(filter(None, withheld)))
    )


def _view(session: Session, sitting: Sitting, question_id: str) -> QuestionView | None:
    """Make one question with its answer and the reason."""
    question = sitting.quiz.question(question_id)
    if question is None:
        return None
    body = body_of(session, sitting)
    drawn = next(one for one in sitting.drawn if one.question_id == question_id)
    marks = {mark.question_id: mark for mark in sitting.grade().by_question}
    given = Given(response=sitting.state.responses.get(question_id), mark=marks[question_id])
    return question_view(trusted(body["questions"][question_id]), question, drawn, given, reveal=ALL, closed=True)


def _withheld(session: Session, sitting: Sitting) -> Withheld | None:
    """Say of a test until when its answers are kept back; None if the course has it no more."""
    course_id, page_id = sitting.row.course_id, sitting.row.page_id
    place = runtime().shelf.course(session, course_id, now=now()).places.get(page_id)
    if place is None:
        return None
    title = body_of(session, sitting)["title"]
    until = gettext("They are shown after you pass.")
    if sitting.quiz.tries:
        until = gettext("They are shown after you pass or have used your last try.")
    return Withheld(href("learn.page", course_id=course_id, module_id=place[0].id, page_id=page_id), title["text"], title["lang"], until)
