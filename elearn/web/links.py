"""Addresses of our own pages, typed: `url_for` with parts that are texts, numbers or left out. The only way of views to an address."""

from typing import Any

from flask import url_for


def href(endpoint: str, **parts: str | int | None) -> str:
    """Give the address of an endpoint in the reader's language, unless `lang` is among the parts; a part that is None is left out."""
    values: dict[str, Any] = dict(parts)
    return url_for(endpoint, **values)
