"""My certificates: what is due, what I hold, printing one in one or two languages with the name I type now."""

from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, make_response
from flask.typing import ResponseReturnValue
from wtforms import SelectField, StringField

from elearn.access.permission import Permission
from elearn.actions import certify
from elearn.credential.print import Printed
from elearn.errors import Invalid, NotFound
from elearn.lang import OWN_NAMES, Language, is_language
from elearn.store.credentials import CredentialRow, get_credential, list_person_credentials
from elearn.store.progress import list_summaries
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.forms import Form
from elearn.web.i18n import format_day, gettext, language, lazy_gettext
from elearn.web.learn.blueprint import blueprint
from elearn.web.links import href
from elearn.web.messages import sentence
from elearn.web.pages import Page
from elearn.web.parts.signing import signer, wording
from elearn.web.parts.status import reason_text, status_text, title_of
from elearn.web.render import render


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate in a list."""

    href: str
    verify_href: str
    title: str
    serial: str
    day: str
    status: str
    reason: str
    valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatesPage(Page):
    """Certificates held, and completed courses whose certificate an admin has still to issue."""

    template: ClassVar[str] = "learn/certificates.html"

    certificates: tuple[CertificateLine, ...]
    due: tuple[str, ...]


class PrintForm(Form):
    """What a print needs: languages, and a name if one is wanted."""

    name = StringField(lazy_gettext("Name to print (optional)"))
    first = SelectField(lazy_gettext("Language"), validate_choice=False)
    second = SelectField(lazy_gettext("Second language"), validate_choice=False)

    def fill(self, titles: dict[str, str]) -> None:
        """Offer the languages in which the course has a title."""
        tongues: dict[str, Any] = {tag: OWN_NAMES[tag] for tag in titles if is_language(tag)}
        self.first.choices = tongues
        self.second.choices = {"": gettext("None"), **tongues}

    def languages(self) -> tuple[Language, ...]:
        """Give the one or two languages chosen, without repeating."""
        return tuple(dict.fromkeys(tag for tag in (self.first.data, self.second.data) if is_language(tag or "")))


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificatePage(Page):
    """One certificate and the form that prints it."""

    template: ClassVar[str] = "learn/certificate.html"

    serial: str
    day: str
    status: str
    valid: bool
    reason: str
    next_step: str
    newer_href: str
    form: PrintForm
    print_href: str
    verify_href: str


def _next_step(row: CredentialRow) -> str:
    """Give what the holder of a certificate that has ended can do."""
    if row.status != "withdrawn":
        return ""
    if row.reason in certify.FINAL:
        return gettext(
            "Your course stays completed, but no new certificate is issued by itself. Ask an admin of your organisation about it."
        )
    return gettext("Your course stays completed. An admin of your organisation can issue a new certificate.")


def _line(row: CredentialRow) -> CertificateLine:
    return CertificateLine(
        href=href("learn.certificate", serial=row.id),
        verify_href=href("public.verdict", serial=row.id),
        title=title_of(row),
        serial=row.id,
        day=format_day(row.issued_at),
        status=status_text(row, now()),
        reason=reason_text(row.reason),
        valid=row.status == "valid",
    )


@blueprint.get("/learn/certificates/")
@requires(Permission.SEE_OWN_CERTIFICATE)
def certificates() -> str:
    """Show one's certificates, the valid ones first."""
    who = identity()
    shelf = runtime().shelf
    with runtime().database.read(who.organisation_id) as session:
        rows = sorted(list_person_credentials(session, who.person_id), key=lambda row: row.status != "valid")
        settled = {row.course_id for row in rows if row.status == "valid" or row.reason in certify.FINAL}
        complete = [row for row in list_summaries(session, who.person_id) if row.complete_at and row.course_id not in settled]
        current = shelf.current(session, now=now())
        due = tuple(
            shelf.outline(session, current[row.course_id], language())["title"]["text"] for row in complete if row.course_id in current
        )
    return render(CertificatesPage(title=gettext("My certificates"), certificates=tuple(_line(row) for row in rows), due=due))


def _own(serial: str) -> CredentialRow:
    who = identity()
    with runtime().database.read(who.organisation_id) as session:
        row = get_credential(session, serial)
    if row.person_id != who.person_id:
        raise NotFound("no-page")
    return row


def _page(row: CredentialRow, form: PrintForm) -> CertificatePage:
    return CertificatePage(
        title=title_of(row),
        serial=row.id,
        day=format_day(row.issued_at),
        status=status_text(row, now()),
        valid=row.status == "valid",
        reason=reason_text(row.reason),
        next_step=_next_step(row),
        newer_href=href("learn.certificate", serial=row.replaced_by) if row.replaced_by else "",
        form=form,
        print_href=href("learn.print_submit", serial=row.id),
        verify_href=href("public.verdict", serial=row.id),
    )


@blueprint.get("/learn/certificates/<serial>/")
@requires(Permission.SEE_OWN_CERTIFICATE)
def certificate(serial: str) -> str:
    """Show one certificate and the form that prints it."""
    row = _own(serial)
    form = PrintForm(data={"first": language(), "second": ""})
    form.fill(dict(row.facts["titles"]))  # type: ignore[call-overload] # a JSON object
    return render(_page(row, form))


@blueprint.post("/learn/certificates/<serial>/print")
@requires(Permission.SEE_OWN_CERTIFICATE)
def print_submit(serial: str) -> ResponseReturnValue:
    """Make the PDF; the name goes into it and nowhere else."""
    row = _own(serial)
    form = PrintForm()
    form.fill(dict(row.facts["titles"]))  # type: ignore[call-overload] # a JSON object
    try:
        printed = _print(serial, form)
    except Invalid as error:
        form.validate()
        form.add_error("first" if error.code == "languages-needed" else "name", sentence(error.code, error.params))
        return make_response(render(_page(row, form)), 422)
    response = Response(printed.pdf, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="certificate-{serial[:5]}.pdf"'
    return response


def _print(serial: str, form: PrintForm) -> Printed:
    """Make the file while nobody waits: it is worked on between two transactions, and handed out when the second is done."""
    who, database, typed = identity(), runtime().database, form.name.data or ""
    with database.read(who.organisation_id) as session:
        draft = certify.draft_print(session, who, serial, form.languages(), typed_name=typed, wording=wording(), signer=signer(), now=now())
    printed = certify.make_print(draft)
    with database.transaction(who.organisation_id) as session:
        certify.keep_print(session, who, draft, now=now())
    return printed
