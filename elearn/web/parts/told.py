"""What a person is told about her own account until she says that she has read it, in her language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from elearn.store.account_notices import list_notices
from elearn.web.auth import identity
from elearn.web.i18n import format_day, gettext


@dataclass(frozen=True, slots=True)
class ToldView:
    """One sentence; `id` goes back with the button that puts it away."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told now, and the page to come back to."""

    views: tuple[ToldView, ...]
    back: str


#: Code of a notice to its sentence, filled with the day.
_SENTENCES: Final[Mapping[str, Callable[[str], str]]] = {
    "reset-started": lambda day: gettext(
        "An admin of your organisation started a reset of your passphrase on %(day)s. If you did not ask for it, speak with them.", day=day
    ),
    "factor-added": lambda day: gettext(
        "A second factor was added to your account on %(day)s. If it was not you, speak with an admin.", day=day
    ),
    "factor-removed": lambda day: gettext("A second factor of your account was removed on %(day)s. Add one again if you use one.", day=day),
    "passphrase-changed": lambda day: gettext("Your passphrase was changed on %(day)s. If it was not you, speak with an admin.", day=day),
    "role-changed": lambda day: gettext("An admin of your organisation changed your role on %(day)s.", day=day),
    "sessions-ended-by-admin": lambda day: gettext("An admin of your organisation ended all your sessions on %(day)s.", day=day),
    "name-viewed": lambda day: gettext("An admin of your organisation looked at your name or e-mail address on %(day)s.", day=day),
    "restored": lambda day: gettext(
        "This site was brought back from a backup on %(day)s. If you changed your passphrase, your app or your codes shortly before,"
        " please do it again.",
        day=day,
    ),
}


def told(session: Session) -> Told | None:
    """Give what the person signed in has not yet said she has read, or None."""
    views = tuple(ToldView(row.id, told_text(row.code, row.on)) for row in list_notices(session, identity().person_id))
    return Told(views, request.path) if views else None


def told_text(code: str, on: date) -> str:
    """Give the sentence of a notice; an unknown code stays as it is."""
    return _SENTENCES[code](format_day(on)) if code in _SENTENCES else f"{code} {format_day(on)}"
