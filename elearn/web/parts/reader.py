"""What the reader chose without needing an account: the country. Reads the request, writes nothing."""

from typing import Final, Literal

from flask import request

from elearn.lang import Country, is_country
from elearn.web.auth import person

COUNTRY_COOKIE: Final = "country"


def reader_country() -> Country | Literal[""]:
    """Give the country of the person signed in, of the cookie for a visitor; empty: all three are of interest."""
    signed_in = person().signed_in
    chosen = signed_in.country if signed_in else request.cookies.get(COUNTRY_COOKIE, "")
    return chosen if is_country(chosen) else ""
