"""The page before an outside link: says where it leads and what the other side will see."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from flask import g, request

from elearn.access.permission import Permission
from elearn.errors import NotFound
from elearn.web.auth import requires
from elearn.web.i18n import gettext
from elearn.web.pages import Page
from elearn.web.public.blueprint import blueprint
from elearn.web.render import render

_LONGEST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavePage(Page):
    """Where an outside link leads; `ascii_host` is the name as machines write it, empty where that is the same."""

    template: ClassVar[str] = "public/leave.html"

    target: str
    host: str
    ascii_host: str


@blueprint.get("/leave")
@requires(Permission.VIEW_PUBLIC)
def leave_site() -> str:
    """Show where a link leads; only https addresses without credentials are shown at all."""
    g.public = False
    target = request.args.get("to", "")
    host = host_of(target)
    plain = ascii_host(host)
    if not plain:
        raise NotFound("no-page")
    title = gettext("You are about to leave this site")
    return render(LeavePage(title=title, target=target, host=host, ascii_host="" if plain == host else plain))


def host_of(target: str) -> str:
    """Give the host that an https address leads to; empty where a browser could read the address in another way."""
    plain = target.isprintable() and not set(target) & set(" \\") and len(target) <= _LONGEST
    try:
        parts = urlsplit(target)
    except ValueError:
        return ""
    return parts.hostname or "" if plain and parts.scheme == "https" and "@" not in parts.netloc else ""


def ascii_host(host: str) -> str:
    """Give a host as machines write it (IDNA): letters that look like others show there. Empty for what is no name of a host."""
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return ""
