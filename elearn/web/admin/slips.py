"""The printed slips of a sheet of codes: what each says in five languages, and where its QR code leads.

Where the code of a slip stands in the address was weighed. Behind a `#` it would never reach the server, so that the form could not be
filled without a script. In the path it would stand wherever addresses are shown or counted. So it is a query of the shortest address
there is, `/?invite=`: no log of ours holds a query, or any address at all; `Referrer-Policy: same-origin` keeps it from every other
site; the page it leads to is not stored. What stays is the history of the browser that opened it, as would be so with a path: there it
is a code that has been used up, if it was for one person, and is over in seven days in any case.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from elearn.actions.invite import Sheet, Slip
from elearn.credential.qr import QrDrawing, qr_drawing
from elearn.lang import LANGUAGES, Language
from elearn.web.i18n import catalogue, format_day


def _(message: str) -> str:
    """Mark a sentence for extraction; it is translated when it is printed."""
    return message


#: Whoever finds a slip learns that there is a course, not what about, nor who gives it.
_WHAT: Final = _("This is an invitation to an online course.")
_HOW: Final = _("Scan the square, or open %(address)s, choose “%(join)s” and type the code.")
_NOTHING: Final = _("You need no name, no e-mail address and no phone number.")
_ONCE: Final = _("Keep this slip safe: it works once, until %(day)s.")
_OFTEN: Final = _("It works until %(day)s.")


@dataclass(frozen=True, slots=True)
class SlipView:
    """One slip: `texts` are pairs of a language and what the slip says in it, `code` the QR code of the way in."""

    mark: str
    typed: str
    code: QrDrawing
    texts: tuple[tuple[Language, str], ...]


def slip_views(sheet: Sheet, address: str, *, once: bool) -> tuple[SlipView, ...]:
    """Give the slips of a sheet; `address` is that of the site, `once`: each code is for one person."""
    texts = tuple((tongue, _text(tongue, address, sheet.ends_at, once=once)) for tongue in LANGUAGES)
    return tuple(SlipView(slip.mark, slip.code, qr_drawing(way_in(address, slip)), texts) for slip in sheet.slips)


def way_in(address: str, slip: Slip) -> str:
    """Give the address that opens the joining form with the code filled in, in the language of whoever opens it."""
    return f"{address.rstrip('/')}/?invite={slip.code}"


def _text(tongue: Language, address: str, ends_at: datetime, *, once: bool) -> str:
    words = catalogue(tongue)
    places = {
        "address": address.partition("://")[2].rstrip("/"),
        "join": words.gettext("Join"),
        "day": format_day(ends_at, tongue),
    }
    return " ".join(words.gettext(text) % places for text in (_WHAT, _HOW, _NOTHING, _ONCE if once else _OFTEN))
