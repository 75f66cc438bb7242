"""Search over the published pages in the reader's language."""

from dataclasses import dataclass
from typing import ClassVar

from flask import g, request
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.store import search as store
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form
from elearn.web.i18n import gettext, language, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.public.blueprint import blueprint
from elearn.web.render import render


class SearchForm(Form):
    """What to look for."""

    q = StringField(lazy_gettext("Words to look for"), render_kw={"maxlength": str(store.MOST_CHARACTERS)})


@dataclass(frozen=True, slots=True)
class Hit:
    """One page found: the excerpt in parts, each with whether it is a word that was asked for."""

    href: str
    title: str
    excerpt: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """What was asked and what was found."""

    template: ClassVar[str] = "public/search.html"

    form: SearchForm
    asked: str
    hits: tuple[Hit, ...]


@blueprint.get("/search")
@requires(Permission.VIEW_PUBLIC)
def search() -> str:
    """Search the lessons."""
    g.public = True
    form = SearchForm(request.args)
    asked = (form.q.data or "").strip()
    hits = []
    shelf = runtime().shelf
    with runtime().database.read() as session:
        for found in store.search(session, language(), asked) if asked else ():
            published = shelf.course(session, found.course_id, now=now())
            if found.page_id not in published.places or (identity().anonymous and not published.course.public):
                continue
            module, _ = published.places[found.page_id]
            address = href("learn.page", course_id=found.course_id, module_id=module.id, page_id=found.page_id)
            hits.append(Hit(address, found.title, found.excerpt))
    return render(SearchPage(title=gettext("Search"), form=form, asked=asked, hits=tuple(hits)))
