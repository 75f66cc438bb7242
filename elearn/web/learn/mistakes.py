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


@dataclass(frozen=True, slots=True)
class Mistake:
    """A question that was not right, and the lesson to read again or the quiz; `href` is empty if the course has that page no more."""

    question: QuestionView
    href: str
    title: str
    lang: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MistakesPage(Page):
    """Mistakes over all courses, the latest first, and the tests whose mistakes cannot be shown yet."""

    template: ClassVar[str] = "learn/mistakes.html"

    mistakes: tuple[Mistake, ...]
    withheld: tuple[Withheld, ...]


@blueprint.get("/learn/mistakes/")
@requires(Permission.SEE_OWN_LEARNING)
def mistakes() -> str:
    """Show the questions that were not right and may be explained."""
    who = identity()
    shelf = runtime().shelf
    found: list[Mistake | None] = []
    withheld: list[Withheld | None] = []
    with runtime().database.read(who.organisation_id) as session:
        current = shelf.current(session, now=now())
        for row in enrolments.list_enrolments(session, who.person_id):
            if row.course_id in current:
                found += [_mistake(session, *one) for one in list_mistakes(session, shelf, who, row.course_id)]
                withheld += [_withheld(session, one) for one in list_withheld(session, shelf, who, row.course_id)]
    return render(
        MistakesPage(title=gettext("Review my mistakes"), mistakes=tuple(filter(None, found)), withheld=tuple(filter(None, withheld)))
    )


def _mistake(session: Session, sitting: Sitting, question_id: str) -> Mistake | None:
    """Make one question with its answer and the reason, and where it stands."""
    question = sitting.quiz.question(question_id)
    if question is None:
        return None
    body = body_of(session, sitting)
    drawn = next(one for one in sitting.drawn if one.question_id == question_id)
    marks = {mark.question_id: mark for mark in sitting.grade().by_question}
    given = Given(response=sitting.state.responses.get(question_id), mark=marks[question_id])
    view = question_view(trusted(body["questions"][question_id]), question, drawn, given, reveal=ALL, closed=True)
    there = _page_href(session, sitting)
    if there and sitting.row.form == "practice":
        there += f"#q-{question_id}"
    return Mistake(view, there, body["title"]["text"], body["title"]["lang"])


def _page_href(session: Session, sitting: Sitting) -> str:
    """Give the address of the page an attempt is about; empty if the course has it no more."""
    course_id, page_id = sitting.row.course_id, sitting.row.page_id
    place = runtime().shelf.course(session, course_id, now=now()).places.get(page_id)
    return href("learn.page", course_id=course_id, module_id=place[0].id, page_id=page_id) if place else ""


def _withheld(session: Session, sitting: Sitting) -> Withheld | None:
    """Say of a test until when its answers are kept back; None if the course has it no more."""
    there = _page_href(session, sitting)
    if not there:
        return None
    title = body_of(session, sitting)["title"]
    until = gettext("They are shown after you pass.")
    if sitting.quiz.tries:
        until = gettext("They are shown after you pass or have used your last try.")
    return Withheld(there, title["text"], title["lang"], until)
