"""Security headers on every answer, errors and files too. Sets headers, decides nothing else."""

from functools import cache
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, current_app

from elearn.runtime import Runtime
from elearn.web.asked import asked, memory
from elearn.web.auth import EXTENSION, now

_POLICIES: Final = {
    "default-src": "'none'",
    **dict.fromkeys(("script-src", "style-src", "img-src", "media-src", "font-src", "connect-src", "manifest-src", "worker-src"), "'self'"),
    "form-action": "'self'",
    **dict.fromkeys(("base-uri", "object-src", "frame-ancestors"), "'none'"),
}
POLICY: Final = "; ".join(f"{name} {value}" for name, value in _POLICIES.items())
MEDIA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
_PERMISSIONS: Final = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "payment",
        "usb",
    )
)
_FIXED: Final = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", _PERMISSIONS),
    ("Server", "web"),  # in place of the name that the server would put there
)
_NAMES: Final = {name.lower() for name, _ in _FIXED}
_UNKEPT: Final = ("Cache-Control", "no-store")
_YEAR: Final = "max-age=31536000; includeSubDomains"


@cache
def policy(exit_url: str) -> str:
    """Give the policy of pages. The quick exit is a form, and Chromium holds the redirect that follows against form-action too."""
    parts = urlsplit(exit_url)
    return POLICY.replace("form-action 'self'", f"form-action 'self' {parts.scheme}://{parts.netloc}") if parts.netloc else POLICY


def _page_policy() -> str:
    """Give the policy of this site's pages; an application without a runtime leads nowhere."""
    ours: Runtime | None = current_app.extensions.get(EXTENSION)
    return policy(ours.site(now()).exit_url) if ours else POLICY


def secure(response: Response) -> Response:
    """Add the headers that are missing; a view may have set a stricter policy of its own."""
    headers = response.headers
    set_already = {name.lower() for name, _ in headers}
    for name in _NAMES & set_already:
        headers.remove(name)
    missing = [*_FIXED]
    if "content-security-policy" not in set_already:
        missing.append(("Content-Security-Policy", _page_policy()))
    if "cache-control" not in set_already and memory().get("private", True):
        missing.append(_UNKEPT)
    headers._list.extend(missing)  # noqa: SLF001 - texts of ours: looking through each of them takes ten times as long
    if asked().is_secure:
        headers["Strict-Transport-Security"] = _YEAR
    return response


def private(exit_url: str, *, tls: bool) -> list[tuple[str, str]]:
    """Give the headers of an answer that is for one reader only, as `secure` adds them."""
    lasting = [("Strict-Transport-Security", _YEAR)] if tls else []
    return [*_FIXED, ("Content-Security-Policy", policy(exit_url)), _UNKEPT, *lasting]


def register(app: Flask) -> None:
    """Put the headers on every answer of the application."""
    app.after_request(secure)
