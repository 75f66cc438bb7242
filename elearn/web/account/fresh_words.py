"""What a fresh sign-in is asked for, in words: by the right that the page or form behind it names."""

from collections.abc import Mapping
from typing import Final

from flask import current_app

from elearn.access.permission import Permission
from elearn.web.account.errand import Errand
from elearn.web.i18n import gettext
from elearn.web.parts.own_path import endpoint_of, posting_endpoint


def _(message: str) -> str:
    """Mark a sentence for extraction; it is translated when it is shown."""
    return message


_ACCOUNT: Final = _(
    "What comes next is about your whole account. So that nobody who finds your device open can do it, please show again that it is you."
)
_AGAIN: Final = _("So that nobody who finds your device open can do it, please show again that it is you.")
_SOMEBODY: Final = _("What comes next changes what another person may do here, or ends what she has open.")
_CERTIFICATES: Final = _("What comes next is about certificates that people will show to others.")
_ORGANISATION: Final = _("What comes next holds for your whole organisation.")
_SITE: Final = _("What comes next holds for everybody on this site.")
#: What the deeds behind a fresh sign-in do; those that are not here are about one's own account.
DEEDS: Final[Mapping[Permission, str]] = {
    Permission.INVITE_PEOPLE: _("What comes next lets other people into your organisation."),
    Permission.CHANGE_ROLE: _SOMEBODY,
    Permission.RESET_ACCESS: _SOMEBODY,
    Permission.SUSPEND_PERSON: _SOMEBODY,
    Permission.SEE_CONTACT: _("What comes next shows who somebody is. The person will be told that you looked."),
    Permission.EXPORT_PEOPLE: _("What comes next is a list of the people of your organisation."),
    Permission.DECIDE_REQUEST: _("What comes next decides on something that another admin asked for."),
    Permission.ISSUE_CERTIFICATE: _CERTIFICATES,
    Permission.WITHDRAW_CERTIFICATE: _CERTIFICATES,
    Permission.REPLACE_CERTIFICATE: _CERTIFICATES,
    Permission.CHANGE_ORGANISATION: _ORGANISATION,
    Permission.FOUND_ORGANISATION: _SITE,
    Permission.CHANGE_SERVER: _SITE,
}


def fresh_reason(way: Errand) -> str:
    """Say why a new sign-in is asked for before this errand."""
    endpoint = posting_endpoint(current_app, way.send_to) if way.send_to else endpoint_of(current_app, way.target, "GET")
    permission: Permission | None = getattr(current_app.view_functions.get(endpoint), "permission", None)
    if permission is None or permission not in DEEDS:
        return gettext(_ACCOUNT)
    return f"{gettext(DEEDS[permission])} {gettext(_AGAIN)}"
