"""The catalogue: every course, filtered by language, country, topic and length."""

from dataclasses import dataclass
from typing import ClassVar

from flask import g, request
from wtforms import SelectField

from elearn.access.permission import Permission
from elearn.lang import LANGUAGES, OWN_NAMES
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import Form
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.pages import Page
from elearn.web.parts.blocks import countries
from elearn.web.parts.courses import CourseCard, topic_names
from elearn.web.public.blueprint import blueprint
from elearn.web.public.cards import course_cards
from elearn.web.render import render

_SHORT = 90
_MIDDLE = 160


class FilterForm(Form):
    """What to narrow the catalogue by; an unknown value narrows nothing."""

    language = SelectField(lazy_gettext("Language"), validate_choice=False)
    country = SelectField(lazy_gettext("Country"), validate_choice=False)
    topic = SelectField(lazy_gettext("Topic"), validate_choice=False)
    length = SelectField(lazy_gettext("Length"), validate_choice=False)

    def fill(self) -> None:
        """Give every field its choices in the reader's language."""
        anything = {"": gettext("All")}
        self.language.choices = anything | {tag: OWN_NAMES[tag] for tag in LANGUAGES}
        self.country.choices = anything | {country.code: country.name for country in countries()}
        self.topic.choices = anything | topic_names()
        self.length.choices = anything | {
            "short": gettext("Up to an hour and a half"),
            "middle": gettext("Up to two and a half hours"),
            "long": gettext("Longer"),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CataloguePage(Page):
    """The courses that fit, and how many there are in all."""

    template: ClassVar[str] = "public/catalogue.html"

    form: FilterForm
    courses: tuple[CourseCard, ...]
    total: int


def _length(minutes: int) -> str:
    return "short" if minutes <= _SHORT else "middle" if minutes <= _MIDDLE else "long"


def _fits(card: CourseCard, form: FilterForm) -> bool:
    return (
        form.language.data in ("", None, *dict(card.languages))
        and form.country.data in ("", None, *card.countries)
        and form.topic.data in ("", None, *card.topics)
        and form.length.data in ("", None, _length(card.minutes))
    )


@blueprint.get("/courses/")
@requires(Permission.VIEW_PUBLIC)
def catalogue() -> str:
    """Show the catalogue, narrowed by the filter in the address."""
    g.public = True
    form = FilterForm(request.args)
    form.fill()
    with runtime().database.read() as session:
        cards = course_cards(session, runtime().shelf, language(), now=now())
    fitting = tuple(card for card in cards if _fits(card, form))
    return render(CataloguePage(title=gettext("Courses"), form=form, courses=fitting, total=len(cards)))
