"""What is kept of people, what for and how long, in words for admins; and what stands in logs, which is next to nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from elearn.access.permission import Permission
from elearn.store.personal import OPAQUE, PERSONAL
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import requires
from elearn.web.i18n import gettext
from elearn.web.pages import Page
from elearn.web.render import render


def _(message: str) -> str:
    """Mark a text for extraction; it is translated when it is shown."""
    return message


_ACCOUNT: Final = _("Until the account is erased.")

#: Table: what is kept, what for, how long. One entry for each table of elearn.store.personal, those that name nobody included.
WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "person": (
        _("Account: handle, pseudonym, scrambled passphrase, role, languages, country"),
        _("Signing in, and being called by something."),
        _("Until the person asks for erasure, and seven days more."),
    ),
    "enrolment": (_("Courses taken"), _("Showing the way on."), _ACCOUNT),
    "progress_fact": (_("Steps of learning, to the hour"), _("Working out progress."), _ACCOUNT),
    "progress_summary": (_("Where somebody stands in a course"), _("Fast pages, and the progress that trainers see."), _ACCOUNT),
    "attempt": (_("Tries at quizzes and their results"), _("Marking, feedback and certificates."), _ACCOUNT),
    "attempt_step": (_("Answers as they were given"), _("Marking, feedback, and mending marks later."), _ACCOUNT),
    "credential": (
        _("Certificates, without a name"),
        _("Checking them."),
        _("The certificate for ever; whose it is, until the account is erased."),
    ),
    "credential_print": (
        _("Scrambled forms of names that were printed on certificates"),
        _("Confirming a name that somebody types; the name itself cannot be read from them."),
        _("As long as the certificate."),
    ),
    "contact": (
        _("Name and e-mail address, sealed"),
        _("Only where your organisation keeps them and the person agreed."),
        _("Until the person or your organisation deletes them, or the account is erased."),
    ),
    "cohort": (_("Cohorts and their trainers"), _("Learning together."), _("Until your organisation deletes the cohort.")),
    "cohort_member": (_("Who learns in which cohort"), _("The trainer sees how they get on."), _("Until they leave the cohort.")),
    "web_session": (_("Browsers that are signed in, by the person's own word for them"), _("Staying signed in."), _("12 hours at most.")),
    "trusted_device": (
        _("Marks of browsers that signed in before"),
        _("Letting somebody in while others guess the passphrase."),
        _("180 days after the last sign-in."),
    ),
    "second_factor": (_("What codes from an app are made from, sealed"), _("The second proof at sign-in."), _("Until it is switched off.")),
    "passkey": (_("Public halves of passkeys"), _("Another second proof at sign-in."), _("Until the person removes it.")),
    "recovery_code": (
        _("Scrambled forms of recovery codes"),
        _("Coming in when the passphrase is lost."),
        _("Until the sheet is replaced."),
    ),
    "sign_in_step": (_("Sign-ins that wait for the second proof"), _("Finishing them."), _("Ten minutes.")),
    "sign_in_counter": (_("Counts of failed tries, by scrambled handles"), _("Slowing down whoever guesses."), _("One day.")),
    "one_time_key": (_("Keys of forms that were sent"), _("A form sent twice counts once."), _("One day.")),
    "invite": (
        _("Scrambled forms of invite codes"),
        _("Letting people in; they name nobody."),
        _("Until they are used up or too old."),
    ),
    "approval": (_("Requests that need a second admin"), _("Two people decide what would be dangerous alone."), _("90 days.")),
    "account_notice": (
        _("What somebody must be told about the account"),
        _("Noticing what others did."),
        _("Until it was read, 90 days at most."),
    ),
    "job": (
        _("E-mails that wait to be sent, without text and address"),
        _("Saying that there is something new in an account, where the person asked for that."),
        _("One day after it was sent."),
    ),
    "audit_key": (
        _("The key behind somebody's sign in the record"),
        _("The same sign for the same person; without it the record names nobody."),
        _ACCOUNT,
    ),
    "audit_entry": (_("The record: what happened, to the hour, with signs in place of names"), _("Noticing misuse."), _("For ever.")),
    "tombstone": (
        _("Random numbers of erased accounts"),
        _("Erasing them again when an old backup is restored."),
        _("For ever; they lead nowhere."),
    ),
}


@dataclass(frozen=True, slots=True)
class KeptLine:
    """One sort of thing that is kept."""

    what: str
    purpose: str
    retention: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionPage(Page):
    """What is kept about people, and what names nobody."""

    template: ClassVar[str] = "admin/retention.html"

    personal: tuple[KeptLine, ...]
    opaque: tuple[KeptLine, ...]


@blueprint.get("/admin/retention")
@requires(Permission.SEE_RETENTION)
def retention() -> str:
    """Show what is kept, what for and how long."""
    personal = tuple(_line(part.table) for part in reversed(PERSONAL))
    return render(RetentionPage(title=gettext("What is kept, and how long"), personal=personal, opaque=tuple(map(_line, OPAQUE))))


def _line(table: str) -> KeptLine:
    what, purpose, kept = WORDS[table]
    return KeptLine(gettext(what), gettext(purpose), gettext(kept))
