"""One's own data: to see, to take away, to erase. The fresh sign-in that these ask for is part of their permissions."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import Response, redirect
from flask.typing import ResponseReturnValue
from wtforms import BooleanField
from wtforms.validators import InputRequired

from elearn.access.permission import Permission
from elearn.actions import contact
from elearn.actions import erase as erasing
from elearn.actions import export as exporting
from elearn.errors import NotFound, Refused
from elearn.web.account.blueprint import blueprint
from elearn.web.account.data_words import COUNTED, HIDDEN, Titles, cell, column_name, table_words
from elearn.web.account.entrance import forget
from elearn.web.auth import now, requires, runtime, signed_in
from elearn.web.forms import Form
from elearn.web.i18n import format_day, gettext, language, lazy_gettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.seals import seals
from elearn.web.render import leave_notice, render

#: Rows of one table that the page shows; the file has all.
_SHOWN = 100
#: A column that holds nothing else is left out.
_NOTHING: Final[tuple[object, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class TableView:
    """One kind of data in words: what it is for, how long it is kept, its rows; `more` of them stand in the file only.

    `rows` are empty where only `count` is told.
    """

    name: str
    purpose: str
    retention: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    count: int
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage(Page):
    """Everything that is kept of a person; `contact`: a name or an e-mail address is among it."""

    template: ClassVar[str] = "account/export.html"

    tables: tuple[TableView, ...]
    contact: bool


class EraseForm(Form):
    """The one tick that erasing asks for."""

    sure = BooleanField(
        lazy_gettext("Yes, erase my account and everything in it"),
        [InputRequired(lazy_gettext("Tick the box if you want your account erased."))],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePage(Page):
    """What erasing does, before it is asked for; `day`: when it would happen."""

    template: ClassVar[str] = "account/erase.html"

    form: EraseForm
    day: str


@blueprint.get("/account/export")
@requires(Permission.EXPORT_OWN_DATA)
def export() -> str:
    """Show everything that is kept."""
    titles, kept = _titles(), _everything()["tables"]
    tables = tuple(_table(name, table["rows"], titles) for name, table in kept.items())
    return render(ExportPage(title=gettext("All that is kept about me"), tables=tables, contact=bool(kept["contact"]["rows"])))


@blueprint.get("/account/export.json")
@requires(Permission.EXPORT_OWN_DATA)
def export_file() -> ResponseReturnValue:
    """Give everything that is kept as a file."""
    text = json.dumps(_everything(), ensure_ascii=False, indent=2)
    response = Response(text, content_type="application/json; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="my-data-{now().date().isoformat()}.json"'
    return response


@blueprint.get("/account/erase")
@requires(Permission.ERASE_OWN_ACCOUNT)
def erase() -> str:
    """Say what erasing does."""
    return render(_page(EraseForm()))


@blueprint.post("/account/erase")
@requires(Permission.ERASE_OWN_ACCOUNT)
def erase_submit() -> ResponseReturnValue:
    """Ask for erasure: all sessions end at once, the rest is erased after the days of grace."""
    form, who = EraseForm(), signed_in()
    if not form.validate():
        return render(_page(form)), 422
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            day = erasing.request_erasure(session, who, now=now())
    except Refused as error:
        form.add_error("sure", sentence(error.code, error.params))
        return render(_page(form)), 422
    forget()
    leave_notice(gettext("Your account will be erased on %(day)s. If you change your mind, sign in before that day.", day=format_day(day)))
    return redirect(href("public.home"), 303)


def _everything() -> dict[str, Any]:
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        opener = contact.opener(seals(), who.person_id, who.organisation_id)
        return dict(exporting.export(session, who, opener=opener, now=now()))


def _titles() -> Titles:
    """Give what the published courses and their pages are called in the reader's language."""
    shelf = runtime().shelf
    courses: dict[str, str] = {}
    pages: dict[tuple[str, str], str] = {}
    with runtime().database.read(signed_in().organisation_id) as session:
        for course_id, release_id in shelf.current(session, now=now()).items():
            try:
                outline = shelf.outline(session, release_id, language())
            except NotFound:  # her data must not depend on the texts of a course
                continue
            courses[course_id] = outline["title"]["text"]
            pages |= {(course_id, page["id"]): page["title"]["text"] for module in outline["modules"] for page in module["pages"]}
    return Titles(courses, pages)


def _table(name: str, rows: list[dict[str, Any]], titles: Titles) -> TableView:
    title, purpose, retention = table_words(name)
    shown = [] if name in COUNTED else rows[-_SHOWN:]
    columns = [column for column in (rows[0] if rows else ()) if column not in HIDDEN and any(row[column] not in _NOTHING for row in shown)]
    return TableView(
        name=title,
        purpose=purpose,
        retention=retention,
        columns=tuple(column_name(column) for column in columns),
        rows=tuple(tuple(cell(column, row[column], titles, row.get("course_id", "")) for column in columns) for row in shown),
        count=len(rows),
        more=len(rows) - len(shown) if shown else 0,
    )


def _page(form: EraseForm) -> ErasePage:
    return ErasePage(title=gettext("Erase my account"), form=form, day=format_day(now().date() + erasing.GRACE))
