"""A new passphrase, offered or one's own: the fields, the offer, and which of the two counts. Judges nothing."""

from typing import Final

from wtforms import HiddenField, PasswordField
from wtforms.widgets import PasswordInput

from elearn.actions import suggest
from elearn.web.auth import runtime
from elearn.web.forms import OnceForm, short
from elearn.web.i18n import language, lazy_gettext

_LONGEST_TYPED: Final = 1000


def passphrase_field() -> PasswordField:
    """Give the field for one's own new passphrase; a good one stays typed while another field is mended."""
    return PasswordField(
        lazy_gettext("My own passphrase"),
        [short(_LONGEST_TYPED)],
        widget=PasswordInput(hide_value=False),
        render_kw={"autocomplete": "new-password"},
    )


class OfferForm(OnceForm):
    """The base of forms that set a passphrase: the offer travels along, so that it stays while the form is mended."""

    offered = HiddenField()

    def offer(self) -> None:
        """Think of a passphrase in the reader's language."""
        self.offered.data = suggest.passphrase(language(), runtime().chance)

    def chosen(self, field: str) -> str:
        """Give the passphrase that counts: one's own if typed, else the offered one."""
        return self[field].data or self.offered.data or ""
