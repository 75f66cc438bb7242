"""Where a person is signed in: each session with her own word for it and days only; ending one or all others."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import session as deeds
from elearn.store.sessions import SignedIn, WebSessionRow, list_sessions
from elearn.web.account.blueprint import blueprint
from elearn.web.auth import requires, runtime, signed_in
from elearn.web.forms import Form, short
from elearn.web.i18n import format_day, gettext, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import leave_notice, render

#: As much of a token's hash as names one of a person's few sessions.
_MARK = 16


class LabelForm(Form):
    """A person's own word for this session."""

    label = StringField(lazy_gettext("My word for this device"), [short(60)], render_kw={"autocomplete": "off", "maxlength": "60"})


@dataclass(frozen=True, slots=True)
class SessionView:
    """One session: `mark` names it in the form, days in words, `current`: the one of this page."""

    mark: str
    label: str
    since: str
    seen: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsPage(Page):
    """All sessions of a person."""

    template: ClassVar[str] = "account/sessions.html"

    form: LabelForm
    sessions: tuple[SessionView, ...]


@blueprint.get("/account/sessions")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def sessions() -> str:
    """List the sessions."""
    who = signed_in()
    rows = _rows(who)
    numbered = enumerate(sorted(rows, key=lambda row: row.created_at), start=1)
    views = tuple(_view(row, number, who) for number, row in sorted(numbered, key=lambda one: one[1].token_hash != who.token_hash))
    return render(SessionsPage(title=gettext("Where I am signed in"), form=LabelForm(data={"label": who.label}), sessions=views))


@blueprint.post("/account/sessions")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def sessions_submit() -> ResponseReturnValue:
    """End the session whose button was pressed, or all others."""
    who = signed_in()
    marked = request.form.get("session", "")
    found = next((row for row in _rows(who) if row.token_hash[:_MARK] == marked and row.token_hash != who.token_hash), None)
    with runtime().database.transaction(who.organisation_id) as session:
        if request.form.get("others"):
            ended = deeds.end_other_sessions(session, who)
        else:
            ended = deeds.end_session(session, who, found.token_hash) if found else 0
    leave_notice(ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", ended))
    return redirect(href("account.sessions"), 303)


@blueprint.post("/account/sessions/label")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def label_submit() -> ResponseReturnValue:
    """Name this session."""
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.label_session(session, who, LabelForm().label.data or "")
    leave_notice(gettext("Saved."))
    return redirect(href("account.sessions"), 303)


def _rows(who: SignedIn) -> list[WebSessionRow]:
    with runtime().database.read(who.organisation_id) as session:
        return list_sessions(session, who.person_id)


def _view(row: WebSessionRow, number: int, who: SignedIn) -> SessionView:
    return SessionView(
        mark=row.token_hash[:_MARK],
        label=row.label or gettext("Session %(number)s", number=number),
        since=format_day(row.created_at),
        seen=format_day(row.seen_at),
        current=row.token_hash == who.token_hash,
    )
