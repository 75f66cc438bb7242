"""Addresses of our own pages, typed: `url_for` with parts that are always texts or numbers."""

from typing import Any

from flask import url_for


def href(endpoint: str, **parts: str | int) -> str:
    """Give the address of an endpoint in the reader's language, unless `lang` is among the parts."""
    values: dict[str, Any] = dict(parts)
    return url_for(endpoint, **values)
