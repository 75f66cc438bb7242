"""A certificate in words: its course, its holder, what became of it; also used by the public page."""

from datetime import datetime
from typing import Any

from elearn.store.credentials import CredentialRow
from elearn.web.i18n import gettext, language


def title_of(row: CredentialRow) -> str:
    """Give the title of its course in the reader's language where the certificate has it, else in its first one."""
    titles: Any = row.facts["titles"]
    return str(titles.get(language()) or next(iter(titles.values())))


def holder_text(pseudonym: str | None) -> str:
    """Give whose it is: an erased account left no name."""
    return pseudonym or gettext("The account is erased")


def state_of(row: CredentialRow, now: datetime) -> str:
    """Give valid, expired, replaced or withdrawn."""
    if row.status == "valid" and row.ends_at is not None and now > row.ends_at:
        return "expired"
    return row.status


def status_text(row: CredentialRow, now: datetime) -> str:
    """Give the state in the reader's language."""
    return {
        "valid": gettext("Valid"),
        "expired": gettext("Expired"),
        "replaced": gettext("Replaced by a newer one"),
        "withdrawn": gettext("Withdrawn"),
    }[state_of(row, now)]


def reason_text(reason: str) -> str:
    """Give the published reason of a withdrawal in the reader's language."""
    return {
        "": "",
        "mistake": gettext("It was issued by mistake."),
        "rules-broken": gettext("The rules of the course were broken."),
        "asked-by-holder": gettext("Its holder asked for it."),
        "lost": gettext("It was lost."),
    }.get(reason, "")
