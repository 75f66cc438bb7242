"""Addresses that a request names: only paths of this site are followed (safety requirement 12)."""

from typing import Final
from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

_LONGEST: Final = 2000


def own_path(text: str | None) -> str:
    """Give the path with its query if it is one of this site, else an empty text; two slashes, or a backslash, lead elsewhere."""
    if not text or not text.startswith("/") or len(text) > _LONGEST or "\\" in text or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc or parts.path.startswith("//") else text


def posting_endpoint(app: Flask, path: str | None) -> str:
    """Give the endpoint that takes a form at this path of ours, else an empty text."""
    own = own_path(path)
    adapter = app.create_url_adapter(request)
    if not own or adapter is None:
        return ""
    try:
        endpoint, _values = adapter.match(urlsplit(own).path, method="POST")
    except (HTTPException, RequestRedirect):
        return ""
    return str(endpoint)
