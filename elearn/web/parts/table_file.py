"""Tables as files: CSV that no spreadsheet takes for formulas, and the header that names a download (safety requirement 20)."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from flask import Response

#: Where a cell begins, here or for a spreadsheet that divides at semicolons (as in Russian) or tabs, with a sign that it would work out
#: instead of showing: the wide ones of Asian keyboards too, and behind quotes, which it may drop.
_FORMULA: Final = re.compile('(^|[;|\t\r\n])(?="*[=+@\t\r\n\uff1d\uff0b\uff0d\uff20-])')
_PLAIN: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_"


def cell(text: str) -> str:
    """Give a cell that is shown as it is: with an apostrophe before what would be a formula.

    >>> cell("=1+1"), cell("Mirava;=1+1"), cell("1 + 1 = 2")
    ("'=1+1", "Mirava;'=1+1", '1 + 1 = 2')
    """
    return _FORMULA.sub(r"\1'", text)


def csv_text(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table as RFC 4180 says; a mark in front tells spreadsheets that it is UTF-8."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([cell(text) for text in row] for row in (head, *rows))
    return "\ufeff" + buffer.getvalue()


def attached(text: str, content_type: str, name: str) -> Response:
    """Give a text as a file to be kept, named in ASCII in both ways of RFC 6266."""
    safe = "".join(sign if sign in _PLAIN else "-" for sign in name)
    response = Response(text, content_type=f"{content_type}; charset=utf-8")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(safe)}"
    return response
