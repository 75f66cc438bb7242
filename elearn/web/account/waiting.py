"""Refusals of sign-in, joining and recovery as sentences; a wait is said in words that can be counted."""

from typing import Final

from elearn.errors import ElearnError
from elearn.web.i18n import gettext, ngettext
from elearn.web.messages import sentence

_MINUTE: Final = 60
_HOUR: Final = 3600


def refusal(error: ElearnError) -> str:
    """Give the sentence of a refusal, with how long to wait if that is the reason."""
    if error.code != "too-many-tries":
        return sentence(error.code, error.params)
    return gettext("There were too many tries. Please try again in %(time)s; nothing is lost.", time=duration(int(error.params["seconds"])))


def refusal_status(error: ElearnError) -> int:
    """Give the HTTP status that fits: 429 when waiting helps, else 422 for a form to be looked at again."""
    return 429 if error.code in ("too-many-tries", "busy") else 422


def duration(seconds: int) -> str:
    """Write a time to wait in seconds, minutes or hours, rounded up."""
    if seconds <= 2 * _MINUTE:
        return ngettext("%(num)s second", "%(num)s seconds", seconds)
    if seconds <= 2 * _HOUR:
        return ngettext("%(num)s minute", "%(num)s minutes", -(-seconds // _MINUTE))
    return ngettext("%(num)s hour", "%(num)s hours", -(-seconds // _HOUR))
