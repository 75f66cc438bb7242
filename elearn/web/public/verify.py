"""Checking a certificate: by its number, and its name only if the asker types it with the name code. Nothing is logged."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Response, g, redirect, request
from flask.typing import ResponseReturnValue
from wtforms import StringField

from elearn.access.permission import Permission
from elearn.actions.certify import confirms_name
from elearn.credential import name
from elearn.credential import serial as serials
from elearn.credential.keys import write_keys
from elearn.errors import Invalid
from elearn.store.credentials import CredentialRow, find_credential, list_credentials
from elearn.store.tenancy import everyone
from elearn.web.auth import now, requires, runtime
from elearn.web.forms import Form, needed, short
from elearn.web.i18n import format_day, gettext, language, lazy_gettext
from elearn.web.limits import count_miss
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.signing import public_keys, signed_status
from elearn.web.parts.status import reason_text, state_of, status_text
from elearn.web.public.blueprint import blueprint
from elearn.web.public.entry import blueprint as entry
from elearn.web.render import render


class NumberForm(Form):
    """The number on the certificate."""

    number = StringField(lazy_gettext("Number of the certificate"), needed())


class NameForm(Form):
    """The name and the name code, both printed on the certificate."""

    name = StringField(lazy_gettext("Name on the certificate"), [*needed(), short(300)])
    code = StringField(lazy_gettext("Name code on the certificate"), [*needed(), short(100)])


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyPage(Page):
    """Where a number is typed in."""

    template: ClassVar[str] = "public/verify.html"

    form: NumberForm


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPage(Page):
    """What is known of a certificate; `state` is unknown when there is none with this number."""

    template: ClassVar[str] = "public/verdict.html"

    state: str
    status: str
    reason: str
    serial: str
    course: str
    organisations: tuple[str, ...]
    issued: str
    expires: str
    hours: int
    replaced_by: str
    name_form: NameForm | None
    name_answer: str


@blueprint.get("/verify/")
@requires(Permission.VERIFY_CERTIFICATE)
def verify() -> ResponseReturnValue:
    """Ask for the number; a number in the address leads on."""
    g.public = True
    form = NumberForm(request.args) if request.args.get("number") is not None else NumberForm()
    if form.number.data and form.validate():
        try:
            return redirect(href("public.verdict", serial=serials.parse(form.number.data)), 303)
        except Invalid:
            form.add_error(
                "number", gettext("This is not a number of ours. Look at the certificate again: five groups of five letters and digits.")
            )
    return render(VerifyPage(title=gettext("Check a certificate"), form=form))


def _find(typed: str) -> CredentialRow | None:
    """Find a certificate; what cannot be a number asks nothing of the database, and only a number that is nobody's is counted."""
    try:
        serial = serials.parse(typed)
    except Invalid:
        return None
    with runtime().database.read() as session, everyone(session):
        found = find_credential(session, serial)
    if found is None:
        count_miss()
    return found


def _confirms(serial: str, typed: str, code: str) -> bool:
    """Whether a typed name belongs to the certificate; names are counted by the code, which strangers do not know."""
    try:
        known_by = name.read_name_code(code)
    except Invalid:
        return False
    count_miss(f"{serial} {known_by}")
    with runtime().database.read() as session, everyone(session):
        return confirms_name(session, serial, typed, code)


def _page(row: CredentialRow | None, typed: str, *, name_form: NameForm | None = None, answer: str = "") -> VerdictPage:
    if row is None:
        return VerdictPage(
            title=gettext("No certificate with this number"), state="unknown", status="", reason="", serial=typed[:40], course="",
            organisations=(), issued="", expires="", hours=0, replaced_by="", name_form=None, name_answer="",
        )  # fmt: skip
    facts: Any = row.facts
    titles = facts["titles"]
    return VerdictPage(
        title=gettext("Certificate %(number)s", number=row.id),
        state=state_of(row, now()),
        status=status_text(row, now()),
        reason=reason_text(row.reason),
        serial=row.id,
        course=titles.get(language()) or next(iter(titles.values())),
        organisations=tuple(facts["organisations"]),
        issued=format_day(row.issued_at),
        expires=format_day(row.ends_at) if row.ends_at else "",
        hours=facts["hours"],
        replaced_by=row.replaced_by or "",
        name_form=name_form or NameForm(),
        name_answer=answer,
    )


@blueprint.get("/verify/<serial>")
@requires(Permission.VERIFY_CERTIFICATE)
def verdict(serial: str) -> ResponseReturnValue:
    """Say what is known of a certificate."""
    g.public = False
    row = _find(serial)
    return render(_page(row, serial)), 200 if row else 404


@blueprint.post("/verify/<serial>")
@requires(Permission.VERIFY_CERTIFICATE)
def verdict_submit(serial: str) -> ResponseReturnValue:
    """Say whether a typed name belongs to the certificate; the name is not kept."""
    row = _find(serial)
    form = NameForm()
    if row is None:
        return render(_page(None, serial)), 404
    if not form.validate():
        return render(_page(row, serial, name_form=form)), 422
    fits = _confirms(row.id, form.name.data or "", form.code.data or "")
    answer = (
        gettext("Yes: this name belongs to this certificate.")
        if fits
        else gettext("No: this name and name code do not belong to this certificate.")
    )
    return render(_page(row, serial, name_form=form, answer=answer))


@entry.get("/certificates/keys.json")
@requires(Permission.VERIFY_CERTIFICATE)
def keys() -> ResponseReturnValue:
    """Give the public keys, with which anybody can check a certificate without us."""
    return Response(json.dumps(write_keys(public_keys()), indent=1), content_type="application/json")


@entry.get("/certificates/status.json")
@requires(Permission.VERIFY_CERTIFICATE)
def status_list() -> ResponseReturnValue:
    """Give the signed list of certificates that are no longer good, by hash of their number."""
    with runtime().database.read() as session, everyone(session):
        rows = [row for state in ("withdrawn", "replaced") for row in list_credentials(session, status=state, limit=100_000)]
    states: Any = {row.id: row.status for row in rows}
    return Response(signed_status(states, now().date()), content_type="application/json")
