"""Every component in every state on one page, with long words and in both directions, for whoever changes how pages look."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Final

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, TextAreaField

from elearn.access.permission import Permission
from elearn.course.model import Course, page_questions
from elearn.course.read import read
from elearn.course.render import render_page
from elearn.course.source import Source
from elearn.course.translate import Translator
from elearn.credential.qr import QrDrawing, qr_drawing
from elearn.quiz.behaviour import ALL, NOTHING, Reveal
from elearn.quiz.draw import DrawnQuestion, option_order
from elearn.quiz.grade import grade
from elearn.quiz.kinds import kind_of
from elearn.quiz.model import Question, Quiz
from elearn.quiz.response import parse, redisplay, right_response
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import requires
from elearn.web.forms import Form
from elearn.web.i18n import gettext, language
from elearn.web.pages import Page
from elearn.web.parts.blocks import CountryView, box_names, countries, country_name, partial_day, status_names, trusted
from elearn.web.parts.cohort import CohortCourse, CohortFacts
from elearn.web.parts.courses import CourseCard, OutlineEntry, OutlineModule
from elearn.web.parts.paging import Paging
from elearn.web.parts.question import Given, QuestionView, question_view
from elearn.web.parts.told import Told, ToldView
from elearn.web.render import render

_SAMPLES: Final = Path(__file__).parent / "samples"
#: Kazakh at its longest, for buttons, labels and titles.
_KAZAKH: Final = "Қанағаттандырылмағандықтарыңыздан"
_SENTENCE: Final = "Құқық қорғау ұйымдарының өкілдеріне берілетін кепілдіктердің қанағаттандырылмағандығы туралы."
#: Answers that are wrong or partly right, as form fields of each kind; kinds without a key have none.
_WRONG: Final[dict[str, dict[str, list[str]]]] = {
    "single": {"choice": ["b"]},
    "multiple": {"choice": ["c"]},
    "true-false": {"choice": ["no"]},
    "matching": {"stem-s": ["y"], "stem-t": ["x"]},
    "ordering": {"place-a": ["3"], "place-b": ["2"], "place-c": ["1"]},
    "gaps": {"gap-g": ["b"], "gap-h": ["d"]},
    "short-text": {"text": [_KAZAKH]},
    "number": {"text": ["7"]},
    "branching": {"scene-start": ["nothing"]},
}
_PARTLY: Final[dict[str, dict[str, list[str]]]] = {
    "multiple": {"choice": ["a"]},
    "matching": {"stem-s": ["x"], "stem-t": ["x"]},
    "ordering": {"place-a": ["1"], "place-b": ["3"], "place-c": ["2"]},
    "gaps": {"gap-g": ["a"], "gap-h": ["d"]},
    "short-text": {"text": ["Komitet"]},
    "branching": {"scene-start": ["ask"], "scene-answer": ["give-up"]},
}
_KEYLESS: Final[dict[str, dict[str, list[str]]]] = {"scale": {"choice": ["a"]}, "open": {"text": [_SENTENCE]}}


class PatternForm(Form):
    """One field of each sort."""

    text = StringField(_KAZAKH)
    secret = PasswordField(_KAZAKH)
    long = TextAreaField(_KAZAKH)
    one = SelectField(_KAZAKH, choices={"": "…", "a": _SENTENCE}, validate_choice=False)
    tick = BooleanField(_KAZAKH)
    radio = RadioField(_KAZAKH, choices={"a": _KAZAKH, "b": _SENTENCE}, validate_choice=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternsPage(Page):
    """The samples: `questions` by kind, each kind in all its states; the callables are what the templates of a lesson's body ask for."""

    template: ClassVar[str] = "admin/patterns.html"

    word: str
    sentence: str
    form: PatternForm
    wrong_form: PatternForm
    cards: tuple[CourseCard, ...]
    modules: tuple[OutlineModule, ...]
    entry: OutlineEntry
    told: Told
    paging: Paging = field(default_factory=lambda: Paging(3, 1, "#pages", "#pages"))
    code: QrDrawing = field(default_factory=lambda: qr_drawing(_SENTENCE))
    cohort: CohortFacts = field(default_factory=lambda: _cohort())  # noqa: PLW0108 - it stands below
    countries: tuple[CountryView, ...]
    body: dict[str, Any]
    box_names: Callable[[], dict[str, str]]
    status_names: Callable[[], dict[str, str]]
    country_name: Callable[[str], str]
    partial_day: Callable[[str], str]
    questions: tuple[tuple[str, tuple[QuestionView, ...]], ...]
    mirrored: tuple[QuestionView, ...]


@cache
def _sample_course() -> Course:
    course, problems = read(Source.from_folder(_SAMPLES))
    if course is None:
        raise ValueError(problems)
    return course


def _rendered(page_id: str) -> dict[str, Any]:
    course = _sample_course()
    module, page = next(place for place in course.pages() if place[1].id == page_id)
    return render_page(course, Translator(course, language(), {}), module, page, media=str)


def _state(question: Question, rendered: dict[str, Any], name: str, given: dict[str, list[str]], shown: Reveal = NOTHING) -> QuestionView:
    """Make one view under an id of its own, since all states stand on one page."""
    own = replace(question, id=f"{question.id}-{name}")
    response, _ = parse(own, given)
    drawn = DrawnQuestion(own.id, option_order(own, 1))
    outcome = grade(Quiz(id="samples", form="test", slots=(own,)), (drawn,), {own.id: response} if response else {}, {})
    known = Given(response=response, mark=outcome.by_question[0], hints=1 if name == "wrong" else 0)
    return question_view(trusted(rendered), own, drawn, known, reveal=shown, closed=shown.right_answer)


def _states(question: Question, rendered: dict[str, Any]) -> tuple[QuestionView, ...]:
    """Give a question open, answered, and marked in each way that its kind knows; the first with something wrong in it."""
    kind = kind_of(question).name
    right = redisplay(question, right_response(question)) or _KEYLESS[kind]
    opened = replace(_state(question, rendered, "open", {}), problems=(_SENTENCE,))
    ways = {"wrong": _WRONG.get(kind), "partly": _PARTLY.get(kind), "right": right}
    marked = tuple(_state(question, rendered, name, fields, ALL) for name, fields in ways.items() if fields)
    return (opened, _state(question, rendered, "answered", right).numbered(3, 12), *marked)


def _questions() -> tuple[tuple[str, tuple[QuestionView, ...]], ...]:
    page = next(page for _, page in _sample_course().pages() if page.id == "questions")
    texts = _rendered("questions")["questions"]
    return tuple((kind_of(one).name, _states(one, texts[one.id])) for one in page_questions(page))


def _mirrored() -> tuple[QuestionView, ...]:
    page = next(page for _, page in _sample_course().pages() if page.id == "questions")
    texts = _rendered("questions")["questions"]
    chosen = [one for one in page_questions(page) if one.id in ("single", "matching", "ordering")]
    return tuple(_state(one, texts[one.id], "mirrored", _WRONG[one.id], ALL) for one in chosen)


def _entry(name: str, kind: str, *, done: bool = False, current: bool = False) -> OutlineEntry:
    title = _SENTENCE if kind == "lesson" else _KAZAKH
    return OutlineEntry(id=name, href=f"#{name}", title=title, lang="kk", kind=kind, length="20", done=done, current=current)


def _modules() -> tuple[OutlineModule, ...]:
    entries = (
        _entry("outline", "baseline", done=True),
        _entry("outline", "lesson", done=True),
        _entry("outline", "lesson", current=True),
        _entry("outline", "practice"),
        _entry("outline", "test"),
    )
    return (OutlineModule(_KAZAKH, "kk", entries), OutlineModule(_SENTENCE, "kk", entries[3:]))


def _card(percent: int | None) -> CourseCard:
    tongues: Any = (("kk", "Қазақша"), ("tk", "Türkmençe"))
    course = _sample_course()
    return CourseCard(
        id=course.id, href="#card", code=course.code, title=course.title, lang="tk", summary=course.summary, length="2 h 35",
        minutes=course.minutes, topics=(), countries=(), languages=tongues, percent=percent,
    )  # fmt: skip


def _cohort() -> CohortFacts:
    courses = (CohortCourse("sample", _SENTENCE, "kk", "#card"), CohortCourse("gone", _KAZAKH, "kk", ""))
    return CohortFacts(_SENTENCE, (("kk", "Қазақша"), ("tk", "Türkmençe")), courses)


def _wrong_form() -> PatternForm:
    form = PatternForm(formdata=None, prefix="wrong")
    for one in form:
        form.add_error(one.short_name, _SENTENCE)
    return form


@blueprint.get("/admin/patterns")
@requires(Permission.SEE_PATTERNS)
def patterns() -> str:
    """Show every component."""
    body = _rendered("blocks")
    page = PatternsPage(
        title=gettext("Patterns"),
        word=_KAZAKH,
        sentence=_SENTENCE,
        form=PatternForm(formdata=None),
        wrong_form=_wrong_form(),
        cards=(_card(None), _card(0), _card(85)),
        modules=_modules(),
        entry=_entry("pager", "lesson"),
        told=Told((ToldView("1", _SENTENCE), ToldView("2", _SENTENCE)), ""),
        countries=countries(),
        body={"pieces": trusted(body["pieces"]), "terms": body["terms"], "sources": body["sources"]},
        box_names=box_names,
        status_names=status_names,
        country_name=country_name,
        partial_day=partial_day,
        questions=_questions(),
        mirrored=_mirrored(),
    )
    return render(page)
