"""The name and e-mail address that a person lets her organisation keep: entering, changing and deleting them, by herself alone."""

from dataclasses import dataclass
from typing import ClassVar

from flask import redirect
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, StringField

from elearn.access.permission import Permission
from elearn.actions import contact as deeds
from elearn.actions import mail
from elearn.actions.contact import Contact, Kept, kept_by
from elearn.errors import Invalid, NotFound
from elearn.store.contacts import wants_mail
from elearn.web.account.blueprint import blueprint
from elearn.web.auth import now, requires, runtime, signed_in
from elearn.web.forms import Form, short
from elearn.web.i18n import gettext, lazy_gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.parts.seals import seals
from elearn.web.render import leave_notice, render


class ContactForm(Form):
    """What she lets be kept, and that she agrees."""

    name = StringField(lazy_gettext("Name"), [short(200)], render_kw={"autocomplete": "off"})
    email = StringField(lazy_gettext("E-mail address"), [short(300)], render_kw={"autocomplete": "off", "inputmode": "email"})
    mails = BooleanField(lazy_gettext("Send me an e-mail when there is something new in my account"))
    agreed = BooleanField(lazy_gettext("Yes, my organisation may keep this"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactPage(Page):
    """The form; `kept`: what the organisation keeps, `mails`: it can be written to, `filled`: something is kept of her now."""

    template: ClassVar[str] = "account/contact.html"

    form: ContactForm
    kept: Kept
    mails: bool
    filled: bool
    organisation: str


@blueprint.get("/account/contact")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def contact() -> str:
    """Show what is kept, for changing; not there where nothing is kept."""
    given = _given()
    return render(_page(ContactForm(data=given.data()), given))


@blueprint.post("/account/contact")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def contact_submit() -> ResponseReturnValue:
    """Keep what was typed, sealed."""
    form, who, given = ContactForm(), signed_in(), _given()
    if not form.validate():
        return render(_page(form, given)), 422
    typed = Contact(form.name.data or "", form.email.data or "")
    mails = bool(form.mails.data) if given.offered else None
    try:
        with runtime().database.transaction(who.organisation_id) as session:
            deeds.keep(session, who, typed, agreed=bool(form.agreed.data), mails=mails, seals=seals(), now=now())
    except Invalid as error:
        form.show_problems(error, {})
        return render(_page(form, given)), 422
    leave_notice(gettext("Saved."))
    return redirect(href("account.profile"), 303)


@blueprint.post("/account/contact/delete")
@requires(Permission.MANAGE_OWN_ACCOUNT)
def contact_delete_submit() -> ResponseReturnValue:
    """Delete what is kept."""
    who = signed_in()
    with runtime().database.transaction(who.organisation_id) as session:
        deeds.drop(session, who, now=now())
    leave_notice(gettext("Your name and e-mail address were deleted."))
    return redirect(href("account.profile"), 303)


@dataclass(frozen=True, slots=True)
class _Given:
    """What is kept of her, if anything is; `mails`: she wants mails, `offered`: somebody here sends any."""

    own: Contact | None
    mails: bool
    offered: bool

    def data(self) -> dict[str, object]:
        """Give what fills the form; her consent is asked for anew each time."""
        return {"name": self.own.name, "email": self.own.email, "mails": self.mails} if self.own else {}


def _given() -> _Given:
    """Give what is kept of her; NotFound where nothing is and nothing could be."""
    who = signed_in()
    with runtime().database.read(who.organisation_id) as session:
        given = _Given(deeds.find_own(session, who, seals=seals()), wants_mail(session, who.person_id), mail.is_on(session))
    if given.own is None and not kept_by(who.settings).anything:
        raise NotFound("no-page")
    return given


def _page(form: ContactForm, given: _Given) -> ContactPage:
    who = signed_in()
    return ContactPage(
        title=gettext("My name and e-mail address"),
        form=form,
        kept=kept_by(who.settings),
        mails=given.offered,
        filled=given.own is not None,
        organisation=who.organisation_name,
    )
