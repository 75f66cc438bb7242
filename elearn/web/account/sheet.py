"""The recovery sheet: shown once, to be printed or written down. Makes no codes."""

from dataclasses import dataclass
from typing import ClassVar

from elearn.web.pages import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetPage(Page):
    """Handle, codes and, if it was offered and taken, the passphrase; `welcome`: the account is new."""

    template: ClassVar[str] = "account/sheet.html"

    handle: str
    passphrase: str
    codes: tuple[str, ...]
    welcome: bool
