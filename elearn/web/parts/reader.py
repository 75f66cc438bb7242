"""What the reader chose without needing an account: the country. Reads the request, writes nothing."""

from typing import Final, Literal

from flask import request

from elearn.lang import Country, is_country
from elearn.web.auth import person, runtime

_COOKIE: Final = "country"


def country_cookie() -> str:
    """Give the name of the cookie with a visitor's country: bound to the host where cookies travel over TLS."""
    return f"__Host-{_COOKIE}" if runtime().settings.secure else _COOKIE


def reader_country() -> Country | Literal[""]:
    """Give the country of the person signed in, of the cookie for a visitor; empty: all three are of interest."""
    signed_in = person().signed_in
    chosen = signed_in.country if signed_in else request.cookies.get(country_cookie(), "")
    return chosen if is_country(chosen) else ""
