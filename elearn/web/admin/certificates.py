"""Certificates of an organisation: who is due, a preview, issuing one or all, withdrawing and replacing with a reason."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import RadioField

from elearn.access.permission import Permission
from elearn.actions import certify
from elearn.actions.once import once
from elearn.errors import Refused
from elearn.store.credentials import CredentialRow, get_credential, list_credentials
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import OnceForm
from elearn.web.i18n import format_day, gettext, language, lazy_gettext, ngettext
from elearn.web.pages import Page
from elearn.web.parts.signing import signer
from elearn.web.parts.status import reason_text, status_text
from elearn.web.render import leave_notice, render


class IssueForm(OnceForm):
    """Which certificates to issue: the ticked ones come as `due` fields `person:course`."""


class ReasonForm(OnceForm):
    """Why a certificate is withdrawn or replaced; the reason is published with it."""

    reason = RadioField(lazy_gettext("Reason, shown to everybody who checks the certificate"), validate_choice=False)

    def fill(self) -> None:
        """Offer the reasons."""
        self.reason.choices = {reason: reason_text(reason) for reason in certify.REASONS}


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
    course: str
    day: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage(Page):
    """What is due and what was issued."""

    template: ClassVar[str] = "admin/due.html"

    due: tuple[DueLine, ...]
    issued: tuple[IssuedLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewPage(Page):
    """The certificates about to be issued, to be looked at before."""

    template: ClassVar[str] = "admin/preview.html"

    form: IssueForm
    due: tuple[DueLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedPage(Page):
    """One issued certificate, to be withdrawn or replaced."""

    template: ClassVar[str] = "admin/issued.html"

    serial: str
    course: str
    day: str
    status: str
    reason: str
    valid: bool
    form: ReasonForm
    verify_href: str


def _course_title(session: Any, course_id: str) -> str:  # noqa: ANN401 - a session, handed on
    shelf = runtime().shelf
    published = shelf.course(session, course_id, now=now())
    return str(shelf.outline(session, published.release_id, language())["title"]["text"])


def _due_lines(session: Any) -> tuple[DueLine, ...]:  # noqa: ANN401 - as above
    return tuple(
        DueLine(f"{one.person_id}:{one.course_id}", one.pseudonym, _course_title(session, one.course_id), format_day(one.completed))
        for one in certify.list_due(session)
    )


def _title(row: CredentialRow) -> str:
    titles: Any = row.facts["titles"]
    return str(titles.get(language()) or next(iter(titles.values())))


@blueprint.get("/admin/")
@requires(Permission.SEE_DUE_CERTIFICATES)
def due() -> str:
    """Show what is due and what was issued."""
    who = identity()
    with runtime().database.read(who.organisation_id) as session:
        lines = _due_lines(session)
        issued = tuple(
            IssuedLine(row.id, url_for("admin.issued", serial=row.id), _title(row), format_day(row.issued_at), status_text(row, now()))
            for row in list_credentials(session, limit=100)
        )
    return render(DuePage(title=gettext("Certificates"), due=lines, issued=issued))


@blueprint.get("/admin/certificates/preview")
@requires(Permission.SEE_DUE_CERTIFICATES)
def preview() -> str:
    """Show which certificates would be issued: the ticked ones, or all."""
    who = identity()
    ticked = set(request.args.getlist("due"))
    with runtime().database.read(who.organisation_id) as session:
        lines = tuple(line for line in _due_lines(session) if not ticked or line.value in ticked)
    title = ngettext("%(num)s certificate to issue", "%(num)s certificates to issue", len(lines))
    return render(PreviewPage(title=title, form=IssueForm(), due=lines))


@blueprint.post("/admin/certificates/issue")
@requires(Permission.ISSUE_CERTIFICATE)
def issue_submit() -> ResponseReturnValue:
    """Issue the certificates of the preview; the same form sent twice issues nothing twice."""
    who = identity()
    chosen = [value.partition(":") for value in request.form.getlist("due")]
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            serials = [
                certify.issue(session, runtime().shelf, who, person_id, course_id, signer=signer(), now=now())
                for person_id, _, course_id in chosen
            ]
            return {"serials": serials}

        result: Any = once(session, request.form.get("key", ""), who.person_id, "issue-certificates", act, now=now())
    count = len(result["serials"])
    leave_notice(ngettext("%(num)s certificate was issued.", "%(num)s certificates were issued.", count))
    return redirect(url_for("admin.due"), 303)


def _issued_page(row: CredentialRow, form: ReasonForm) -> IssuedPage:
    form.fill()
    return IssuedPage(
        title=gettext("Certificate %(number)s", number=row.id),
        serial=row.id,
        course=_title(row),
        day=format_day(row.issued_at),
        status=status_text(row, now()),
        reason=reason_text(row.reason),
        valid=row.status == "valid",
        form=form,
        verify_href=url_for("public.verdict", serial=row.id),
    )


@blueprint.get("/admin/certificates/<serial>/")
@requires(Permission.SEE_DUE_CERTIFICATES)
def issued(serial: str) -> str:
    """Show one certificate with the ways to end it."""
    who = identity()
    with runtime().database.read(who.organisation_id) as session:
        row = get_credential(session, serial)
    return render(_issued_page(row, ReasonForm()))


@blueprint.post("/admin/certificates/<serial>/end")
@requires(Permission.WITHDRAW_CERTIFICATE)
def end_submit(serial: str) -> ResponseReturnValue:
    """Withdraw a certificate, or replace it by a new one."""
    who = identity()
    form = ReasonForm()
    form.fill()
    if form.reason.data not in certify.REASONS:
        with runtime().database.read(who.organisation_id) as session:
            row = get_credential(session, serial)
        form.validate()
        form.add_error("reason", gettext("Choose a reason: it is shown to everybody who checks this certificate."))
        return make_response(render(_issued_page(row, form)), 422)
    replacing = request.form.get("how") == "replace"
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            if replacing:
                certify.replace_certificate(session, runtime().shelf, who, serial, form.reason.data, signer=signer(), now=now())
            else:
                certify.withdraw(session, who, serial, form.reason.data, now=now())
    except Refused:
        leave_notice(gettext("The holder has erased the account: the certificate can only be withdrawn."), "bad")
        return redirect(url_for("admin.issued", serial=serial), 303)
    leave_notice(gettext("The certificate was replaced by a new one.") if replacing else gettext("The certificate was withdrawn."))
    return redirect(url_for("admin.issued", serial=serial), 303)
