"""The home page and what the platform promises and does not promise about safety."""

from dataclasses import dataclass
from typing import ClassVar

from flask import g

from elearn.access.permission import Permission
from elearn.web.auth import identity, now, requires, runtime, site
from elearn.web.i18n import gettext, language
from elearn.web.pages import Page
from elearn.web.parts.courses import CourseCard
from elearn.web.public.blueprint import blueprint
from elearn.web.public.cards import course_cards
from elearn.web.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """What this is, the first courses, the way in."""

    template: ClassVar[str] = "public/home.html"

    courses: tuple[CourseCard, ...]
    can_join: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SafetyPage(Page):
    """What is promised and what is not, before anybody joins; `mirrors`: other addresses of this site."""

    template: ClassVar[str] = "public/safety.html"

    mirrors: tuple[str, ...]


@blueprint.get("/")
@requires(Permission.VIEW_PUBLIC)
def home() -> str:
    """Show the home page."""
    g.public = True
    with runtime().database.read() as session:
        cards = course_cards(session, runtime().shelf, language(), now=now())
    return render(HomePage(title=gettext("Human rights, step by step"), courses=cards[:6], can_join=identity().anonymous))


@blueprint.get("/safety")
@requires(Permission.VIEW_PUBLIC)
def safety() -> str:
    """Show what the platform protects from and what not."""
    g.public = True
    return render(SafetyPage(title=gettext("Your safety here"), mirrors=site().mirrors))
