"""What a mail says, in the language of whoever gets it: that something is new in the account, and not a word about whose or where.

No name, course, organisation, site, address or link: a mailbox may be read by others, and a link could be a trap.
"""

from typing import Final

from elearn.actions.deliver import Words
from elearn.lang import is_language
from elearn.web.i18n import catalogue


def _(message: str) -> str:
    """Mark a sentence for extraction; it is translated when it is sent."""
    return message


_SUBJECT: Final = _("Something is new")
_BODY: Final = (
    _("There is something new in your account."),
    _("Open it the way you always do. There is no link in this e-mail on purpose: somebody else's could lead you astray."),
    _("You get at most one of these a day. You can switch them off in your account. Please do not answer."),
    _("If you have no account, somebody has mistyped an address: then you can forget this e-mail."),
)


def mail_words(language: str, subject: str = "") -> Words:
    """Give what a mail says; `subject`: the operator's own, the same in every language."""
    words = catalogue(language if is_language(language) else "en")
    return Words(subject or words.gettext(_SUBJECT), "\n\n".join(words.gettext(text) for text in _BODY) + "\n")
