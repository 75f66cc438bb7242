"""The address of a page of a course: a lesson, or the start of a quiz; and the practice answers of a lesson."""

from collections.abc import Mapping, Sequence

from flask import g, make_response, redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.course.model import Lesson
from elearn.errors import Invalid, Refused
from elearn.web.auth import SignInNeeded, identity, requires, runtime
from elearn.web.i18n import language
from elearn.web.kept import asked_before
from elearn.web.learn.blueprint import blueprint
from elearn.web.learn.lesson import LessonPage, lesson_page
from elearn.web.learn.place import Place, find_lesson, find_place, known_place, note_opened
from elearn.web.learn.practice import chosen, judge_answer, practice_of, practice_views, save_answer, standing_of
from elearn.web.learn.quiz import quiz_start
from elearn.web.links import href
from elearn.web.messages import problem_sentences, sentence
from elearn.web.parts.question import Given, fields_of
from elearn.web.parts.reader import reader_country
from elearn.web.render import render, render_kept


@blueprint.get("/courses/<course_id>/<module_id>/<page_id>/")
@requires(Permission.READ_LESSON)
def page(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Show a lesson, or the start of a quiz."""
    g.public = True
    who = identity()
    known = known_place(course_id, module_id, page_id)
    if known is not None and isinstance(known.page, Lesson):
        place = known
    else:
        with runtime().database.read(who.organisation_id or None) as session:
            place = find_place(session, course_id, module_id, page_id)
            if not isinstance(place.page, Lesson):
                return render(quiz_start(session, place))
    return _lesson(place)


def _lesson(place: Place) -> ResponseReturnValue:
    """Show a lesson with where the reader stands: the same for all who have done the same pages and chosen the same answers."""
    who = identity()
    standing = standing_of(who, place.published.course.id, place.page.id)
    summary, steps = standing.summary, standing.steps
    note_opened(who, place, summary)

    def make() -> LessonPage:
        practice, again = practice_of(place.published, place.page.id, steps), request.args.get("again", "")
        return lesson_page(place, summary, practice_views(place.body, practice, again=again))

    own = chosen(steps)
    if own is None or (own and not asked_before((place.published.release_id, place.page.id, language(), own))):
        return render(make())
    return render_kept((place.published.release_id, reader_country(), own, *(summary.done if summary else ())), make)


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/practise")
@requires(Permission.PRACTISE)
def practise_submit(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Judge one practice answer; save it for a person with an account, who is told when her session is over."""
    who = identity()
    if who.anonymous and "mine" in request.form:  # the page said that answers are saved
        raise SignInNeeded("sign-in-needed")
    question_id = request.form.get("question", "")
    fields = fields_of(request.form.to_dict(flat=False), question_id)
    with runtime().database.read(who.organisation_id or None) as session:
        place = find_lesson(session, course_id, module_id, page_id)
    standing = standing_of(who, course_id, page_id)
    practice = practice_of(place.published, page_id, standing.steps)
    if who.anonymous:
        practice, problems = judge_answer(practice, question_id, fields)
    else:
        problems = _save(place, question_id, fields)
        if not problems:
            return redirect(href("learn.page", **place.ids) + f"#q-{question_id}", 303)
    wrong = {question_id: Given(fields=fields, problems=problems)} if problems else None
    page = lesson_page(place, standing.summary, practice_views(place.body, practice, wrong=wrong))
    return make_response(render(page), 422 if problems else 200)


def _save(place: Place, question_id: str, fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Save an answer and say what is wrong with it."""
    try:
        save_answer(identity(), place.published.course.id, place.page.id, question_id, fields)
    except Invalid as error:
        return problem_sentences(error.problems)
    except Refused as error:
        return (sentence(error.code, error.params),)
    return ()
