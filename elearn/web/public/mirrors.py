"""Where else the site can be found: the addresses for people, and the signed list for whoever checks it. Signs nothing."""

from dataclasses import dataclass
from typing import ClassVar

from flask import Response
from flask.typing import ResponseReturnValue

from elearn.access.permission import Permission
from elearn.actions.mirrors import SignedMirrors, find_signed_mirrors
from elearn.errors import NotFound
from elearn.web.auth import requires, runtime, site
from elearn.web.i18n import format_day, gettext
from elearn.web.pages import Page
from elearn.web.public.blueprint import blueprint
from elearn.web.public.entry import blueprint as entry
from elearn.web.render import render


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorsPage(Page):
    """The addresses, and how the list is checked with `command`; `day` and `key` are empty until it has been signed."""

    template: ClassVar[str] = "public/mirrors.html"

    addresses: tuple[str, ...]
    day: str
    key: str
    command: str = "elearn mirrors verify mirrors.txt --key key.txt"


@blueprint.get("/mirrors")
@requires(Permission.VIEW_PUBLIC)
def mirrors() -> str:
    """Show the addresses of the site, if it has more than one."""
    if not site().mirrors:
        raise NotFound("no-page")
    signed, title = _signed(), gettext("Addresses of this site")
    if signed is None:
        return render(MirrorsPage(title=title, addresses=site().mirrors, day="", key=""))
    return render(MirrorsPage(title=title, addresses=signed.addresses, day=format_day(signed.day), key=signed.key))


@entry.get("/mirrors.txt")
@requires(Permission.VIEW_PUBLIC)
def mirror_list() -> ResponseReturnValue:
    """Give the signed list as it is checked; text, without a cookie."""
    signed = _signed()
    if signed is None:
        raise NotFound("no-page")
    return Response(signed.note, content_type="text/plain; charset=utf-8")


def _signed() -> SignedMirrors | None:
    mirrors = site().mirrors
    if not mirrors:
        return None
    with runtime().database.read() as session:
        return find_signed_mirrors(session, mirrors)
