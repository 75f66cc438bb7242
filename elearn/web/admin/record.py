"""The record of acts: what happened in the organisation, by days, without names; for the operator, what happened to the server."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Final

from flask import request
from sqlalchemy.orm import Session
from wtforms import SelectField

from elearn.access.identity import Role
from elearn.access.permission import Permission
from elearn.actions.record import State, find_state
from elearn.store.audit import AuditEntryRow, count_entries, find_first_entry, find_mark, find_number, list_entries, list_verbs
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.record_words import verb_text
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form
from elearn.web.i18n import format_day, format_month, gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging
from elearn.web.render import render

#: Entries on one page, months offered to look at, signs of a mark that are shown.
_SHOWN: Final = 50
_MONTHS: Final = 36
_MARK: Final = 6
_OPERATOR: Final = "operator"
_YEAR: Final = 12
#: No place lies beyond: some databases count no further.
_FARTHEST: Final = 2**31


class LookForm(Form):
    """Which entries to show: of one verb, of one month, or all."""

    verb = SelectField(lazy_gettext("What happened"), default="", validate_choice=False)
    month = SelectField(lazy_gettext("When"), default="", validate_choice=False)


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry in words: who and about whom by marks only. Only the operator sees numbers: gaps would tell what others do."""

    number: int
    day: str
    text: str
    who: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage(Page):
    """A page of the record; `server`: it is the operator's; `state` says whether the whole record was found sound, `broken` if not."""

    template: ClassVar[str] = "admin/record.html"

    server: bool
    state: str
    broken: bool
    form: LookForm
    lines: tuple[EntryLine, ...]
    asked: bool
    paging: Paging


@blueprint.get("/admin/record/")
@requires(Permission.SEE_AUDIT)
def record() -> str:
    """Show a page of the record, the newest entries first."""
    who, form = identity(), LookForm(request.args)
    server = Role.OPERATOR in who.roles
    of = "" if server else who.organisation_id
    with runtime().database.read(who.organisation_id) as session:
        _fill(session, form, of)
        found = _entries(session, form, of)
        lines = _lines(found[:_SHOWN], find_mark(session, who.person_id))
        (state, broken), paging = _state_text(session, of), _paging(session, form, found, of)
    return render(
        RecordPage(
            title=gettext("Record of the server") if server else gettext("Record"),
            server=server,
            state=state,
            broken=broken,
            form=form,
            lines=lines,
            asked=bool(form.verb.data or form.month.data),
            paging=paging,
        )
    )


def _fill(session: Session, form: LookForm, of: str) -> None:
    """Offer the verbs that occur and the months since the first entry; anything else that was asked for means all."""
    verbs = {"": gettext("Everything")} | {verb: verb_text(verb) for verb in list_verbs(session, of)}
    first = find_first_entry(session, of)
    months = {"": gettext("At any time")} | (_months(first.hour) if first else {})
    for field, choices in ((form.verb, verbs), (form.month, months)):
        field.choices = choices
        field.data = field.data if field.data in choices else ""


def _months(first: datetime) -> dict[str, str]:
    """Give the months from now back to the first entry, at most three years of them."""
    last = now().year * _YEAR + now().month - 1
    count = min(_MONTHS, last - (first.year * _YEAR + first.month - 1) + 1)
    months = [_month(last - back) for back in range(count)]
    return {f"{month.year}-{month.month:02}": format_month(month) for month in months}


def _month(number: int) -> datetime:
    return datetime(number // _YEAR, number % _YEAR + 1, 1, tzinfo=UTC)


def _entries(session: Session, form: LookForm, of: str) -> list[AuditEntryRow]:
    since = datetime.strptime(f"{form.month.data}-01 +0000", "%Y-%m-%d %z") if form.month.data else None
    until = _month(since.year * _YEAR + since.month) if since else None
    place = request.args.get("before", 0, type=int)
    before = find_number(session, of, place) if 0 < place < _FARTHEST else None
    return list_entries(session, of, before=before, verb=form.verb.data, since=since, until=until, limit=_SHOWN + 1)


def _lines(found: list[AuditEntryRow], own: str | None) -> tuple[EntryLine, ...]:
    return tuple(
        EntryLine(
            number=entry.number,
            day=format_day(entry.hour),
            text=verb_text(entry.verb),
            who=_mark(entry.actor, own),
            about="" if entry.object in (entry.actor, entry.organisation) else _mark(entry.object, own),
        )
        for entry in found
    )


def _mark(mark: str, own: str | None) -> str:
    """Write who or what: you, the operator, or the first signs of a mark."""
    if mark == own:
        return gettext("you")
    return gettext("the operator") if mark == _OPERATOR else mark[:_MARK].rstrip("-")


def _paging(session: Session, form: LookForm, found: list[AuditEntryRow], of: str) -> Paging:
    """Lead on by the place among the organisation's own entries: the number of an entry would tell how much all others do."""
    asked = {"verb": form.verb.data or None, "month": form.month.data or None}
    newest = href("admin.record", **asked) if "before" in request.args else ""
    more = len(found) > _SHOWN
    older = href("admin.record", before=count_entries(session, of, up_to=found[_SHOWN - 1].number), **asked) if more else ""
    return Paging(count=0, start=0, before=newest, after=older)


def _state_text(session: Session, of: str) -> tuple[str, bool]:
    """Say what the last look found, and whether that was bad; to an organisation with no number but that of its own entries."""
    state = find_state(session)
    if state is None or (state.whole and not state.size):
        return gettext("The record has not been checked yet: this is done once a day."), False
    day = format_day(datetime.fromisoformat(state.hour))
    if of:
        return _state_for_organisation(session, state, of, day), not state.whole
    if not state.whole:
        return gettext(
            "On %(day)s the record was found altered, from entry %(number)s on. Speak with whoever runs the server.",
            day=day,
            number=state.broken_at,
        ), True
    return gettext(
        "On %(day)s all %(count)s entries were found as they were written. Checkpoint: %(short)s",
        day=day,
        count=state.size,
        short=state.short or "–",
    ), False


def _state_for_organisation(session: Session, state: State, of: str, day: str) -> str:
    if not state.whole:
        return gettext("On %(day)s the record of this server was found altered. Speak with whoever runs the server.", day=day)
    return ngettext(
        "On %(day)s the record was found as it was written, with %(num)s entry of your organisation. Checkpoint: %(root)s",
        "On %(day)s the record was found as it was written, with %(num)s entries of your organisation. Checkpoint: %(root)s",
        count_entries(session, of, up_to=state.size),
        day=day,
        root=state.root or "–",
    )
