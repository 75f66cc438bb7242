"""Withdrawing several certificates with one reason, after a second look; more than a few take two admins."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from elearn.access.permission import Permission
from elearn.actions import approval, certify
from elearn.actions.once import once
from elearn.store.credentials import get_credential
from elearn.store.people import get_person
from elearn.web.admin.blueprint import blueprint
from elearn.web.admin.issued import ReasonForm
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import gettext, ngettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.status import holder_text, title_of
from elearn.web.render import carry_query, leave_notice, render


@dataclass(frozen=True, slots=True)
class WithdrawalLine:
    """One certificate to be withdrawn."""

    serial: str
    holder: str
    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalsPage(Page):
    """The second look; `together`: so many (more than `bulk` a day) that two admins do it."""

    template: ClassVar[str] = "admin/withdrawals.html"

    form: ReasonForm
    lines: tuple[WithdrawalLine, ...]
    bulk: int
    a_day: int
    together: bool


@blueprint.get("/admin/certificates/withdrawals")
@requires(Permission.SEE_DUE_CERTIFICATES)
def withdrawals() -> ResponseReturnValue:
    """Show the ticked certificates and ask why."""
    serials = _ticked(request.args)
    if not serials:
        leave_notice(gettext("Nothing is ticked. Tick the certificates that you want to withdraw."), "bad")
        return redirect(href("admin.due", _anchor="issued"), 303)
    carry_query()
    return render(_page(serials, ReasonForm()))


@blueprint.post("/admin/certificates/withdrawals")
@requires(Permission.WITHDRAW_CERTIFICATE)
def withdrawals_submit() -> ResponseReturnValue:
    """Withdraw the certificates, or ask another admin if they are many; the same form sent twice does nothing twice."""
    form, who, serials = ReasonForm(), identity(), _ticked(request.form)
    form.fill()
    if form.reason.data not in certify.REASONS:
        form.add_error("reason", gettext("Choose a reason: it is shown to everybody who checks this certificate."))
        return render(_page(serials, form)), 422
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            return approval.withdraw_or_ask(session, who, serials, form.reason.data, now=now())

        made: Any = once(session, form.key.data or "", who.person_id, "withdraw-certificates", act, now=now())
    if "request" in made:
        leave_notice(gettext("Another admin must agree within three days."))
        return redirect(href("admin.asked", approval_id=made["request"]), 303)
    leave_notice(ngettext("%(num)s certificate was withdrawn.", "%(num)s certificates were withdrawn.", made["count"]))
    return redirect(href("admin.due", _anchor="issued"), 303)


def _ticked(values: Any) -> tuple[str, ...]:  # noqa: ANN401 - a multi-dict of the request
    return tuple(dict.fromkeys(values.getlist("serial")))


def _page(serials: tuple[str, ...], form: ReasonForm) -> WithdrawalsPage:
    form.fill()
    with runtime().database.read(identity().organisation_id) as session:
        lines = tuple(_line(session, serial) for serial in serials)
        together = approval.takes_two(session, identity(), approval.WITHDRAW, len(lines), now=now())
    title = ngettext("Withdraw %(num)s certificate?", "Withdraw %(num)s certificates?", len(lines))
    return WithdrawalsPage(title=title, form=form, lines=lines, bulk=approval.BULK, a_day=approval.A_DAY, together=together)


def _line(session: Session, serial: str) -> WithdrawalLine:
    row = get_credential(session, serial)
    pseudonym = get_person(session, row.person_id).pseudonym if row.person_id else None
    return WithdrawalLine(row.id, holder_text(pseudonym), title_of(row))
