"""Invites of an organisation: the list, what is left of one sheet, and taking codes back. New ones are made in new_invites."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.actions import invite as deeds
from elearn.errors import NotFound
from elearn.store import invites as store
from elearn.store.invites import SheetLine
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime, signed_in
from elearn.web.i18n import format_day, gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.roles import role_name
from elearn.web.render import leave_notice, render

#: Sheets on one page of the list.
_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet in words; `cohort_href` is empty where the codes lead into no cohort."""

    href: str
    role: str
    cohort: str
    cohort_href: str
    made: str
    ends: str
    codes: int
    left: int


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One code of a sheet, by the mark on its slip."""

    id: str
    mark: str
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitesPage(Page):
    """A page of the list of sheets."""

    template: ClassVar[str] = "admin/invites.html"

    sheets: tuple[SheetView, ...]
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteSheetPage(Page):
    """One sheet: what it is for, and its slips; `target` takes what is taken back."""

    template: ClassVar[str] = "admin/invite_sheet.html"

    sheet: SheetView
    slips: tuple[SlipLine, ...]
    target: str


def sheet_view(line: SheetLine) -> SheetView:
    """Give a sheet in words."""
    return SheetView(
        href=href("admin.invite_sheet", sheet_id=line.id),
        role=role_name(line.role),
        cohort=line.cohort or "",
        cohort_href=href("admin.cohort", cohort_id=line.cohort_id) if line.cohort_id else "",
        made=format_day(line.made_on),
        ends=format_day(line.ends_at),
        codes=line.codes,
        left=line.uses_left,
    )


@blueprint.get("/admin/invites/")
@requires(Permission.SEE_INVITES)
def invites() -> str:
    """Show the sheets that still work."""
    with runtime().database.read(identity().organisation_id) as session:
        here = paging(store.count_sheets(session, now()), _SHOWN, lambda number: href("admin.invites", page=number))
        lines = store.list_sheets(session, now(), start=here.start, limit=_SHOWN)
    return render(InvitesPage(title=gettext("Invites"), sheets=tuple(sheet_view(line) for line in lines), paging=here))


@blueprint.get("/admin/invites/<string(length=32):sheet_id>/")
@requires(Permission.SEE_INVITES)
def invite_sheet(sheet_id: str) -> str:
    """Show what is left of one sheet."""
    with runtime().database.read(identity().organisation_id) as session:
        line, slips = _read(session, sheet_id, now())
    page = InviteSheetPage(
        title=gettext("Invites of %(day)s", day=format_day(line.made_on)),
        sheet=sheet_view(line),
        slips=slips,
        target=href("admin.take_back_submit", sheet_id=sheet_id),
    )
    return render(page)


def _read(session: Session, sheet_id: str, moment: datetime) -> tuple[SheetLine, tuple[SlipLine, ...]]:
    line = store.find_sheet(session, sheet_id, moment)
    if line is None:
        raise NotFound("no-invite")
    rows = store.list_invites(session, sheet=sheet_id)
    return line, tuple(SlipLine(row.id, deeds.mark_of(row.id), row.uses_left) for row in rows)


@blueprint.post("/admin/invites/<string(length=32):sheet_id>/take-back")
@requires(Permission.TAKE_BACK_INVITE)
def take_back_submit(sheet_id: str) -> ResponseReturnValue:
    """Make one code of a sheet void, or all of them."""
    one = request.form.get("one", "")
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        if one and not any(row.id == one for row in store.list_invites(session, sheet=sheet_id)):
            raise NotFound("no-invite")
        if one:
            deeds.take_back(session, who, one, now=now())
        count = 1 if one else deeds.take_back_sheet(session, who, sheet_id, now=now())
        left = store.find_sheet(session, sheet_id, now())
    leave_notice(ngettext("%(num)s code was taken back. It works no more.", "%(num)s codes were taken back. They work no more.", count))
    return redirect(href("admin.invite_sheet", sheet_id=sheet_id) if left else href("admin.invites"), 303)
