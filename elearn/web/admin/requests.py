"""What needs a second admin: the list of requests, one request with what it would do, agreeing and refusing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.actions import approval, certify
from elearn.actions.approval import Means
from elearn.actions.once import once
from elearn.errors import Conflict
from elearn.store.approvals import ApprovalRow, count_approvals, get_approval, list_approvals
from elearn.store.people import get_person, list_people_by_id
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import OnceForm
from elearn.web.i18n import format_day, gettext, ngettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.cohort import cohort_course
from elearn.web.parts.paging import Paging, paging
from elearn.web.parts.signing import signer
from elearn.web.render import leave_notice, render

#: Requests on one page of the list.
_SHOWN: Final = 50


class DecideForm(OnceForm):
    """A decision, which counts once though it is sent twice."""


@dataclass(frozen=True, slots=True)
class RequestView:
    """One request in words; `own`: the reader asked, `waiting`: it can be decided, `open`: its file can be taken by the reader."""

    id: str
    href: str
    what: str
    asker: str
    day: str
    ends: str
    state: str
    decider: str
    own: bool
    waiting: bool
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestsPage(Page):
    """A page of the list."""

    template: ClassVar[str] = "admin/requests.html"

    requests: tuple[RequestView, ...]
    paging: Paging


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPage(Page):
    """One request; `lines` say one by one whom or what it is about."""

    template: ClassVar[str] = "admin/asked.html"

    one: RequestView
    lines: tuple[tuple[str, str], ...]
    form: DecideForm


@blueprint.get("/admin/requests/")
@requires(Permission.SEE_REQUESTS)
def requests() -> str:
    """Show the requests of the last 90 days."""
    with runtime().database.read(identity().organisation_id) as session:
        here = paging(count_approvals(session), _SHOWN, lambda number: href("admin.requests", page=number))
        rows = list_approvals(session, start=here.start, limit=_SHOWN)
        views = _views(session, rows)
    return render(RequestsPage(title=gettext("Requests"), requests=views, paging=here))


@blueprint.get("/admin/requests/<approval_id>/")
@requires(Permission.SEE_REQUESTS)
def asked(approval_id: str) -> str:
    """Show one request."""
    with runtime().database.read(identity().organisation_id) as session:
        row = get_approval(session, approval_id)
        (view,) = _views(session, [row])
        lines = _lines(session, row)
    return render(AskedPage(title=view.what, one=view, lines=lines, form=DecideForm()))


@blueprint.post("/admin/requests/<approval_id>/agree")
@requires(Permission.DECIDE_REQUEST)
def agree_submit(approval_id: str) -> ResponseReturnValue:
    """Agree, which carries the deed out."""
    who, means = identity(), _means(approval_id)
    try:
        with runtime().database.transaction(who.organisation_id) as session:

            def act() -> dict[str, object]:
                approval.agree(session, who, approval_id, means=means, now=now())
                return {}

            once(session, request.form.get("key", ""), who.person_id, f"agree {approval_id}", act, now=now())
    except Conflict as error:
        leave_notice(sentence(error.code, error.params), "bad")
    else:
        leave_notice(gettext("You have agreed, and it is done. Both of you stand in the record."))
    return redirect(href("admin.asked", approval_id=approval_id), 303)


def _means(approval_id: str) -> Means:
    """Have signed what agreeing would issue: before the transaction, for which others wait."""
    shelf, signs = runtime().shelf, signer()
    with runtime().database.read(identity().organisation_id) as session:
        due = approval.propose(session, approval_id, shelf=shelf, random=signs.random, now=now())
    return Means(shelf, {one: certify.sign(unsigned, signs) for one, unsigned in due.items()})


@blueprint.post("/admin/requests/<approval_id>/refuse")
@requires(Permission.DECIDE_REQUEST)
def refuse_submit(approval_id: str) -> ResponseReturnValue:
    """Refuse, or take one's own request back."""
    who = identity()
    try:
        with runtime().database.transaction(who.organisation_id) as session:

            def act() -> dict[str, object]:
                approval.refuse(session, who, approval_id, now=now())
                return {}

            once(session, request.form.get("key", ""), who.person_id, f"refuse {approval_id}", act, now=now())
    except Conflict as error:
        leave_notice(sentence(error.code, error.params), "bad")
    else:
        leave_notice(gettext("Nothing will be done. That you decided so stands in the record."))
    return redirect(href("admin.asked", approval_id=approval_id), 303)


def _views(session: Session, rows: Sequence[ApprovalRow]) -> tuple[RequestView, ...]:
    """Write requests in words; whom they name is read at once for all of them."""
    ids = {one for row in rows for one in (row.asked_by, row.decided_by, row.person_id) if one}
    people = {one.id: one.pseudonym for one in list_people_by_id(session, list(ids))}
    return tuple(_view(row, people) for row in rows)


def _view(row: ApprovalRow, people: Mapping[str, str]) -> RequestView:
    state, own = approval.state_of(row, now=now()), row.asked_by == identity().person_id
    return RequestView(
        id=row.id,
        href=href("admin.asked", approval_id=row.id),
        what=_what(row, people),
        asker=people.get(row.asked_by or "", gettext("The account is erased")),
        day=format_day(row.asked_at),
        ends=format_day(row.ends_at),
        state=_state_text(state),
        decider="" if state in ("waiting", "over") else people.get(row.decided_by or "", gettext("The account is erased")),
        own=own,
        waiting=state == "waiting",
        open=own and row.deed == approval.EXPORT and state == "agreed" and now() < row.ends_at,
    )


def _what(row: ApprovalRow, people: Mapping[str, str]) -> str:
    """Say what would be done, or was."""
    if row.deed == approval.REMOVE_FACTOR:
        name = people.get(row.person_id or "", gettext("The account is erased"))
        return gettext("Remove the second factor of %(name)s", name=name)
    if row.deed == approval.ISSUE:
        return ngettext("Issue %(num)s certificate", "Issue %(num)s certificates", approval.count_chosen(row))
    if row.deed == approval.WITHDRAW:
        return ngettext("Withdraw %(num)s certificate", "Withdraw %(num)s certificates", len(approval.serials_of(row)))
    return (
        gettext("Take the list of people as a file, with names") if row.facts.get("names") else gettext("Take the list of people as a file")
    )


def _lines(session: Session, row: ApprovalRow) -> tuple[tuple[str, str], ...]:
    """Give whom or what it is about, each with an address if there is a page for it; certificates by number, people while they wait."""
    if row.deed == approval.REMOVE_FACTOR and row.person_id:
        return ((get_person(session, row.person_id).pseudonym, href("admin.person", person_id=row.person_id)),)
    if row.deed == approval.WITHDRAW:
        return tuple((serial, href("admin.issued", serial=serial)) for serial in approval.serials_of(row))
    if row.deed == approval.ISSUE and row.state == "waiting":
        due = approval.chosen_of(session, row)
        titles = {course_id: cohort_course(session, course_id).title for course_id in {one.course_id for one in due}}
        return tuple((f"{one.pseudonym}: {titles[one.course_id]}", href("admin.person", person_id=one.person_id)) for one in due)
    return ()


def _state_text(state: str) -> str:
    return {
        "waiting": gettext("waiting"),
        "agreed": gettext("agreed"),
        "refused": gettext("refused"),
        "over": gettext("not decided in time"),
    }[state]
