"""One issued certificate for an admin: whose it is, and withdrawing or replacing it with a reason after a second look."""

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from elearn.access.permission import Permission
from elearn.actions import approval, certify
from elearn.actions.once import once
from elearn.errors import Conflict, NotFound, Refused
from elearn.store.credentials import CredentialRow, get_credential
from elearn.store.people import get_person
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import OnceForm
from elearn.web.i18n import format_day, gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.signing import signer
from elearn.web.parts.status import holder_text, reason_text, status_text, title_of
from elearn.web.render import leave_notice, render

#: The ways to end a certificate.
_WAYS: Final = ("withdraw", "replace")


class ReasonForm(OnceForm):
    """Why a certificate is withdrawn or replaced; the reason is published with it."""

    reason = RadioField(lazy_gettext("Reason, shown to everybody who checks the certificate"), validate_choice=False)

    def fill(self) -> None:
        """Offer the reasons."""
        self.reason.choices = {reason: reason_text(reason) for reason in certify.REASONS}


@dataclass(frozen=True, slots=True)
class IssuedView:
    """One certificate in words."""

    serial: str
    holder: str
    course: str
    day: str
    status: str
    reason: str
    valid: bool
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPage(Page):
    """One issued certificate with the ways to end it."""

    template: ClassVar[str] = "admin/issued.html"

    one: IssuedView
    verify_href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPage(Page):
    """The second look before a certificate ends; `how`: withdraw or replace; `together`: the one after `bulk` of a day, which takes two."""

    template: ClassVar[str] = "admin/end.html"

    one: IssuedView
    how: str
    form: ReasonForm
    bulk: int
    a_day: int
    together: bool


def _read(serial: str) -> IssuedView:
    with runtime().database.read(identity().organisation_id) as session:
        row = get_credential(session, serial)
        pseudonym = get_person(session, row.person_id).pseudonym if row.person_id else None
    return _view(row, pseudonym)


def _view(row: CredentialRow, pseudonym: str | None) -> IssuedView:
    return IssuedView(
        serial=row.id,
        holder=holder_text(pseudonym),
        course=title_of(row),
        day=format_day(row.issued_at),
        status=status_text(row, now()),
        reason=reason_text(row.reason),
        valid=row.status == "valid",
        erased=pseudonym is None,
    )


def _way(values: Any) -> str:  # noqa: ANN401 - a multi-dict of the request
    how = str(values.get("how", ""))
    if how not in _WAYS:
        raise NotFound("no-page")
    return how


def _end_page(one: IssuedView, how: str, form: ReasonForm) -> EndPage:
    form.fill()
    title = gettext("Withdraw this certificate?") if how == "withdraw" else gettext("Replace this certificate?")
    with runtime().database.read(identity().organisation_id) as session:
        together = approval.takes_two(session, identity(), approval.WITHDRAW, 1, now=now())
    return EndPage(title=title, one=one, how=how, form=form, bulk=approval.BULK, a_day=approval.A_DAY, together=together)


@blueprint.get("/admin/certificates/<serial>/")
@requires(Permission.SEE_DUE_CERTIFICATES)
def issued(serial: str) -> str:
    """Show one certificate with the ways to end it."""
    one = _read(serial)
    title = gettext("Certificate %(number)s", number=one.serial)
    return render(IssuedPage(title=title, one=one, verify_href=href("public.verdict", serial=one.serial)))


@blueprint.get("/admin/certificates/<serial>/end")
@requires(Permission.WITHDRAW_CERTIFICATE)
def end(serial: str) -> ResponseReturnValue:
    """Say what ending a certificate does and ask why."""
    how, one = _way(request.args), _read(serial)
    if not one.valid:
        return redirect(href("admin.issued", serial=one.serial), 303)
    page = _end_page(one, how, ReasonForm())
    if page.together and how == "replace":
        leave_notice(sentence("ended-enough", {"most": page.bulk}), "bad")
        return redirect(href("admin.issued", serial=one.serial), 303)
    return render(page)


@blueprint.post("/admin/certificates/<serial>/end")
@requires(Permission.WITHDRAW_CERTIFICATE)
def end_submit(serial: str) -> ResponseReturnValue:
    """Withdraw a certificate, or replace it by a new one."""
    form, how = ReasonForm(), _way(request.form)
    form.fill()
    if form.reason.data not in certify.REASONS:
        one = _read(serial)
        form.validate()
        form.add_error("reason", gettext("Choose a reason: it is shown to everybody who checks this certificate."))
        return make_response(render(_end_page(one, how, form)), 422)
    try:
        asked = _withdraw(serial, form) if how == "withdraw" else _replace(serial, form)
    except Refused as error:
        leave_notice(sentence(error.code, error.params), "bad")
        return redirect(href("admin.issued", serial=serial), 303)
    if asked:
        leave_notice(gettext("Another admin must agree within three days."))
        return redirect(href("admin.asked", approval_id=asked), 303)
    leave_notice(gettext("The certificate was replaced by a new one.") if how == "replace" else gettext("The certificate was withdrawn."))
    return redirect(href("admin.issued", serial=serial), 303)


def _withdraw(serial: str, form: ReasonForm) -> str:
    """Withdraw it, or give the id of the request to do so; the same form sent twice asks once."""
    who = identity()
    if not _read(serial).valid:
        raise Conflict("certificate-not-valid")
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            made = approval.withdraw_or_ask(session, who, [serial], form.reason.data, now=now())
            if made.get("count") == 0:  # somebody ended it a moment ago
                raise Conflict("certificate-not-valid")
            return made

        made = once(session, form.key.data or "", who.person_id, f"withdraw {serial}", act, now=now())
    return str(made.get("request", ""))


def _replace(serial: str, form: ReasonForm) -> str:
    who, shelf, database = identity(), runtime().shelf, runtime().database
    with database.read(who.organisation_id) as session:
        unsigned = certify.propose_replacement(session, shelf, serial, random=signer().random, now=now())
    ready = certify.sign(unsigned, signer())  # others do not wait for the signer
    with database.transaction(who.organisation_id) as session:
        approval.replace_certificate(session, who, serial, form.reason.data, shelf=shelf, ready=ready, now=now())
    return ""
