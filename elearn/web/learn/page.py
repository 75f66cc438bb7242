"""The address of a page of a course: a lesson, or the start of a quiz; and the practice answers of a lesson."""

from flask import g, redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.course.model import Lesson
from elearn.errors import Invalid, Refused
from elearn.store.progress import find_summary
from elearn.web.auth import identity, requires, runtime
from elearn.web.learn.blueprint import blueprint
from elearn.web.learn.lesson import LessonPage, lesson_page
from elearn.web.learn.place import find_place, note_opened
from elearn.web.learn.practice import judge_answer, practice_of, practice_views, save_answer, saved_steps
from elearn.web.learn.quiz import quiz_start
from elearn.web.links import href
from elearn.web.messages import problem_sentence, sentence
from elearn.web.parts.question import Given, fields_of
from elearn.web.parts.reader import reader_country
from elearn.web.render import render, render_kept


@blueprint.get("/courses/<course_id>/<module_id>/<page_id>/")
@requires(Permission.READ_LESSON)
def page(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Show a lesson, or the start of a quiz."""
    g.public = True
    who = identity()
    with runtime().database.read(who.organisation_id or None) as session:
        place = find_place(session, course_id, module_id, page_id)
        summary = None if who.anonymous else find_summary(session, who.person_id, course_id, organisation_id=who.organisation_id)
        if not isinstance(place.page, Lesson):
            return render(quiz_start(session, place))
        steps = saved_steps(session, place.published, who, page_id)
    note_opened(who, place, summary)

    def make() -> LessonPage:
        return lesson_page(place, summary, practice_views(place.body, practice_of(place.published, page_id, steps)))

    if steps:
        return render(make())
    # nothing on the page is hers but what is done
    return render_kept((place.published.release_id, reader_country(), *(summary.done if summary else ())), make)


@blueprint.post("/courses/<course_id>/<module_id>/<page_id>/practise")
@requires(Permission.PRACTISE)
def practise_submit(course_id: str, module_id: str, page_id: str) -> ResponseReturnValue:
    """Judge one practice answer; save it for a person with an account."""
    who = identity()
    question_id = request.form.get("question", "")
    fields = fields_of(request.form.to_dict(flat=False), question_id)
    try:
        if not who.anonymous:
            save_answer(who, course_id, page_id, question_id, fields)
            return redirect(href("learn.page", course_id=course_id, module_id=module_id, page_id=page_id) + f"#q-{question_id}", 303)
        problems: tuple[str, ...] = ()
    except Invalid as error:
        problems = tuple(problem_sentence(problem) for problem in error.problems)
    except Refused as error:
        problems = (sentence(error.code, error.params),)
    with runtime().database.read(who.organisation_id or None) as session:
        place = find_place(session, course_id, module_id, page_id)
        summary = None if who.anonymous else find_summary(session, who.person_id, course_id, organisation_id=who.organisation_id)
        practice = practice_of(place.published, page_id, saved_steps(session, place.published, who, page_id))
    practice, problems = judge_answer(practice, question_id, fields) if who.anonymous else (practice, problems)
    wrong = {question_id: Given(fields=fields, problems=problems)} if problems else None
    return render(lesson_page(place, summary, practice_views(place.body, practice, wrong=wrong)))
