"""Addresses that a request names: only paths of this site are followed."""

from typing import Final

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_LONGEST: Final = 2000


def own_path(text: str | None) -> str:
    """Give the path with its query if it is one of this site, else an empty text; two slashes, or a backslash, lead elsewhere."""
    own = text is not None and text[:1] == "/" and text[1:2] != "/" and "\\" not in text and " " not in text
    return text if text and own and text.isprintable() and len(text) <= _LONGEST else ""


def posting_endpoint(app: Flask, path: str | None) -> str:
    """Give the endpoint that takes a form at this path of ours, else an empty text."""
    return endpoint_of(app, path, "POST")


def endpoint_of(app: Flask, path: str | None, method: str) -> str:
    """Give the endpoint behind this path of ours, else an empty text."""
    own = own_path(path)
    adapter = app.create_url_adapter(request)
    if not own or adapter is None:
        return ""
    try:
        endpoint, _values = adapter.match(own.partition("?")[0], method=method)
    except (HTTPException, RequestRedirect):
        return ""
    return str(endpoint)
