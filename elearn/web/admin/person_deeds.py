"""What an admin does about one person: role, suspension, sessions, a reset, a look at the name. Each asks what its permission says."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from flask import redirect, request
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions import approval, contact
from elearn.actions import people as deeds
from elearn.actions.once import once
from elearn.errors import Invalid
from elearn.store.people import get_person
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import identity, now, requires, runtime
from elearn.web.i18n import format_day, gettext, ngettext
from elearn.web.limits import COSTLY, limiter
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.seals import seals
from elearn.web.render import leave_notice, render


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPage(Page):
    """The code of a reset, shown once, to be handed to the person; it works up to `day`."""

    template: ClassVar[str] = "admin/reset.html"

    back: str
    pseudonym: str
    code: str
    day: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage(Page):
    """The name and the address of one person, shown once for each look."""

    template: ClassVar[str] = "admin/contact.html"

    back: str
    pseudonym: str
    name: str
    email: str


@blueprint.post("/admin/people/<person_id>/role")
@requires(Permission.CHANGE_ROLE)
def role_submit(person_id: str) -> ResponseReturnValue:
    """Give another role; all sessions of the person end."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        try:
            changed = deeds.change_role(session, who, person_id, request.form.get("role", ""), now=now())
        except Invalid:
            leave_notice(gettext("Choose one of the roles on the list."), "bad")
            return _back(person_id)
    leave_notice(gettext("The role was changed. It holds at the next sign-in.") if changed else gettext("The role is as it was."))
    return _back(person_id)


@blueprint.post("/admin/people/<person_id>/suspend")
@requires(Permission.SUSPEND_PERSON)
def suspend_submit(person_id: str) -> ResponseReturnValue:
    """Close an account for now; all its sessions end."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.suspend(session, who, person_id, now=now())
    leave_notice(gettext("The account is closed for now. Nothing in it was deleted."))
    return _back(person_id)


@blueprint.post("/admin/people/<person_id>/reinstate")
@requires(Permission.SUSPEND_PERSON)
def reinstate_submit(person_id: str) -> ResponseReturnValue:
    """Open an account again."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.reinstate(session, who, person_id, now=now())
    leave_notice(gettext("The account is open again."))
    return _back(person_id)


@blueprint.post("/admin/people/<person_id>/sessions")
@requires(Permission.END_SESSIONS)
def end_sessions_submit(person_id: str) -> ResponseReturnValue:
    """End all sessions of a person."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        ended = deeds.end_sessions(session, who, person_id, now=now())
    leave_notice(ngettext("%(num)s session has ended.", "%(num)s sessions have ended.", ended))
    return _back(person_id)


@blueprint.post("/admin/people/<person_id>/reset")
@requires(Permission.RESET_ACCESS)
@limiter.limit(COSTLY)
def reset_submit(person_id: str) -> ResponseReturnValue:
    """Start a reset and show its code, once; one started before is void."""
    who = identity()
    code = deeds.start_reset(runtime().database, who, person_id, now=now())
    with runtime().database.read(who.organisation_id) as session:
        pseudonym = get_person(session, person_id).pseudonym
    page = ResetPage(
        title=gettext("A code for %(name)s", name=pseudonym),
        back=href("admin.person", person_id=person_id),
        pseudonym=pseudonym,
        code=code,
        day=format_day(now().date() + timedelta(days=1)),
        address=runtime().settings.public_url + href("account.recover"),
    )
    return render(page)


@blueprint.post("/admin/people/<person_id>/factor")
@requires(Permission.RESET_ACCESS)
def factor_submit(person_id: str) -> ResponseReturnValue:
    """Ask another admin to agree that the second factor be removed."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:

        def act() -> dict[str, object]:
            return {"request": approval.ask_to_remove_factor(session, who, person_id, now=now())}

        result = once(session, request.form.get("key", ""), who.person_id, f"remove-factor {person_id}", act, now=now())
    leave_notice(gettext("Another admin must agree within three days."))
    return redirect(href("admin.asked", approval_id=str(result["request"])), 303)


@blueprint.post("/admin/people/<person_id>/contact")
@requires(Permission.SEE_CONTACT)
def contact_submit(person_id: str) -> ResponseReturnValue:
    """Show the name of one person; the look is recorded, and she is told."""
    who = identity()
    with runtime().database.transaction(who.organisation_id) as session:
        found = contact.view(session, who, person_id, seals=seals(), now=now())
        pseudonym = get_person(session, person_id).pseudonym
    back = href("admin.person", person_id=person_id)
    title = gettext("The name of %(name)s", name=pseudonym)
    return render(ContactPage(title=title, back=back, pseudonym=pseudonym, name=found.name, email=found.email))


def _back(person_id: str) -> ResponseReturnValue:
    return redirect(href("admin.person", person_id=person_id), 303)
