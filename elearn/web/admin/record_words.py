"""The verbs of the record as sentences. A test demands one for each verb that a deed writes."""

from collections.abc import Mapping
from typing import Final

from elearn.web.i18n import gettext


def _(message: str) -> str:
    """Mark a sentence for extraction; it is translated when it is shown."""
    return message


VERBS: Final[Mapping[str, str]] = {
    "certificate-issued": _("A certificate was issued."),
    "certificate-replaced": _("A certificate was replaced by a new one."),
    "certificate-withdrawn": _("A certificate was withdrawn."),
    "cohort.changed": _("A cohort was changed."),
    "cohort.closed": _("A cohort was closed."),
    "cohort.joined": _("Somebody was brought into a cohort."),
    "cohort.left": _("Somebody was taken out of a cohort."),
    "cohort.made": _("A cohort was founded."),
    "cohort.opened": _("A cohort was opened again."),
    "contact.deleted": _("Somebody deleted the name or e-mail address that was kept."),
    "contact.kept": _("Somebody left a name or an e-mail address."),
    "contact.searched": _("An e-mail address was searched for."),
    "contact.viewed": _("A kept name or e-mail address was looked at."),
    "factor.added": _("Codes from an app were switched on."),
    "factor.code-used": _("A code of the sheet was used in place of the app."),
    "factor.codes": _("A new sheet of codes in place of the app was made."),
    "factor.removed": _("Codes from an app were switched off."),
    "installation.restored": _("The server was restored from a backup."),
    "invite.made": _("Invite codes were made."),
    "invite.taken_back": _("Invite codes were taken back."),
    "organisation.code": _("A setup code for an organisation was made."),
    "organisation.emails": _("It was decided anew whether e-mail addresses may be kept."),
    "organisation.founded": _("The organisation was founded."),
    "organisation.idle-time": _("The time until people are signed out was changed."),
    "organisation.joining": _("It was decided anew who may join."),
    "organisation.names": _("It was decided anew whether names may be kept."),
    "organisation.renamed": _("The organisation was renamed."),
    "organisation.session-time": _("The longest time of a session was changed."),
    "passphrase.changed": _("Somebody changed the passphrase."),
    "passphrase.recovered": _("Somebody came in with a recovery code and a new passphrase."),
    "passphrase.reset": _("Somebody came in with a reset code and a new passphrase."),
    "people.exported": _("A list of the people was taken out."),
    "person.erased": _("An account was erased."),
    "person.joined": _("Somebody joined."),
    "person.leaving": _("Somebody asked for the account to be erased."),
    "person.reinstated": _("A closed account was opened again."),
    "person.suspended": _("An account was closed for now."),
    "recovery.renewed": _("Somebody made a new recovery sheet."),
    "request.agreed": _("A second admin agreed to a request."),
    "request.asked": _("An admin asked a second one to agree."),
    "request.refused": _("A request was refused or taken back."),
    "reset.started": _("An admin started the reset of somebody's passphrase."),
    "role.changed": _("Somebody's role was changed."),
    "sessions.ended": _("An admin ended somebody's sessions."),
    "site.codes": _("What apps for codes show was changed."),
    "site.exit": _("Where the quick exit leads was changed."),
    "site.mirrors": _("The list of other addresses was changed."),
    "site.name": _("The name of the site was changed."),
    "site.titles": _("It was decided anew what titles of pages say."),
}


def verb_text(verb: str) -> str:
    """Give the sentence of a verb; one of another version keeps its own name."""
    return gettext(VERBS[verb]) if verb in VERBS else verb
