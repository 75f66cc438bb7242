"""Certificates of an organisation: who is due, a preview, issuing one or all, finding issued ones. Ending one is in issued."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions import approval, certify
from elearn.actions.once import has_come, once
from elearn.actions.record import find_state
from elearn.store.credentials import CredentialRow, count_issued, list_issued
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form, OnceForm
from elearn.web.i18n import format_day, gettext, language, lazy_gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.signing import signer
from elearn.web.parts.status import holder_text, status_text, title_of
from elearn.web.parts.told import Told, told
from elearn.web.render import carry_query, leave_notice, render

#: Issued certificates on one page of the list.
_SHOWN: Final = 50


class IssueForm(OnceForm):
    """Which certificates to issue: the ticked ones come as `due` fields `person:course`."""


class FindForm(Form):
    """Whose certificate to look for."""

    q = StringField(lazy_gettext("Name or number"))


@dataclass(frozen=True, slots=True)
class DueLine:
    """One certificate that is due; `value` is what the form sends back."""

    value: str
    pseudonym: str
    course: str
    day: str


@dataclass(frozen=True, slots=True)
class IssuedLine:
    """One certificate that was issued."""

    serial: str
    href: str
    holder: str
    course: str
    day: str
    status: str
    valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage(Page):
    """What is due, and a page of what was issued."""

    template: ClassVar[str] = "admin/due.html"

    told: Told | None
    due: tuple[DueLine, ...]
    form: FindForm
    asked: str
    issued: tuple[IssuedLine, ...]
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage(Page):
    """The certificates about to be issued, to be looked at before; `together`: so many (more than `bulk` a day) that two admins do it.

    `checkpoint` is the last of the record in its short form, to stand on the printed page; empty before the first.
    """

    template: ClassVar[str] = "admin/preview.html"

    form: IssueForm
    due: tuple[DueLine, ...]
    bulk: int
    a_day: int
    together: bool
    checkpoint: str


def _course_title(session: Any, course_id: str) -> str:  # noqa: ANN401 - a session, handed on
    shelf = runtime().shelf
    published = shelf.course(session, course_id, now=now())
    return str(shelf.outline(session, published.release_id, language())["title"]["text"])


def _due_lines(session: Any) -> tuple[DueLine, ...]:  # noqa: ANN401 - as above
    return tuple(
        DueLine(f"{one.person_id}:{one.course_id}", one.pseudonym, _course_title(session, one.course_id), format_day(one.completed))
        for one in certify.list_due(session)
    )


def _issued_line(row: CredentialRow, pseudonym: str | None) -> IssuedLine:
    return IssuedLine(
        serial=row.id,
        href=href("admin.issued", serial=row.id),
        holder=holder_text(pseudonym),
        course=title_of(row),
        day=format_day(row.issued_at),
        status=status_text(row, now()),
        valid=row.status == "valid",
    )


@blueprint.get("/admin/")
@requires(Permission.SEE_DUE_CERTIFICATES)
def due() -> str:
    """Show what is due, and a page of what was issued or of what is looked for."""
    form = FindForm(request.args)
    asked = (form.q.data or "").strip()
    with runtime().database.read(identity().organisation_id) as session:
        lines = _due_lines(session)
        here = paging(count_issued(session, about=asked), _SHOWN, lambda number: _list_href(asked, number))
        rows = list_issued(session, about=asked, start=here.start, limit=_SHOWN)
        news = told(session)
    issued = tuple(_issued_line(row, pseudonym) for row, pseudonym in rows)
    return render(DuePage(title=gettext("Certificates"), told=news, due=lines, form=form, asked=asked, issued=issued, paging=here))


def _list_href(asked: str, number: int) -> str:
    return href("admin.due", q=asked or None, page=number, _anchor="issued")


@blueprint.get("/admin/certificates/preview")
@requires(Permission.SEE_DUE_CERTIFICATES)
def preview() -> ResponseReturnValue:
    """Show which certificates would be issued: the ticked ones, or all if all are asked for."""
    who = identity()
    carry_query()
    ticked = set(request.args.getlist("due"))
    every = "all" in request.args
    if not ticked and not every:
        leave_notice(gettext("Nobody is ticked. Tick the people whose certificates you want to issue."), "bad")
        return redirect(href("admin.due"), 303)
    with runtime().database.read(who.organisation_id) as session:
        lines = tuple(line for line in _due_lines(session) if every or line.value in ticked)
        state, together = find_state(session), approval.takes_two(session, who, approval.ISSUE, len(lines), now=now())
    title = ngettext("%(num)s certificate to issue", "%(num)s certificates to issue", len(lines))
    page = PreviewPage(
        title=title,
        form=IssueForm(),
        due=lines,
        bulk=approval.BULK,
        a_day=approval.A_DAY,
        together=together,
        checkpoint=state.root if state else "",
    )
    return render(page)


@blueprint.post("/admin/certificates/issue")
@requires(Permission.ISSUE_CERTIFICATE)
def issue_submit() -> ResponseReturnValue:
    """Issue the certificates of the preview, or ask another admin if they are many; the same form sent twice does nothing twice."""
    who = identity()
    chosen = [(person_id, course_id) for person_id, _, course_id in (value.partition(":") for value in request.form.getlist("due"))]
    means = approval.Means(runtime().shelf, _sign(chosen) if len(set(chosen)) <= approval.BULK else {})
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            return approval.issue_or_ask(session, who, chosen, means=means, now=now())

        result: Any = once(session, request.form.get("key", ""), who.person_id, "issue-certificates", act, now=now())
    if "request" in result:
        leave_notice(gettext("Another admin must agree within three days."))
        return redirect(href("admin.asked", approval_id=result["request"]), 303)
    leave_notice(ngettext("%(num)s certificate was issued.", "%(num)s certificates were issued.", len(result["serials"])))
    return redirect(href("admin.due"), 303)


def _sign(chosen: list[tuple[str, str]]) -> certify.ReadyOnes:
    """Have certificates signed, unless this form has come before: before the transaction, for which others wait."""
    signs = signer()
    with runtime().database.read(identity().organisation_id) as session:
        if has_come(session, request.form.get("key", "")):
            return {}
        due = certify.propose(session, runtime().shelf, chosen, random=signs.random, now=now())
    return {one: certify.sign(unsigned, signs) for one, unsigned in due.items()}
