"""Where somebody goes on once signed in: to a page of ours, or with a form that met an ended session. Checks no passphrase."""

from dataclasses import dataclass
from typing import ClassVar, Final

from flask import current_app, redirect, request
from flask.typing import ResponseReturnValue

from elearn.web.auth import person
from elearn.web.i18n import gettext, language
from elearn.web.office import offices
from elearn.web.pages import Page
from elearn.web.parts.own_path import own_path, posting_endpoint
from elearn.web.render import carry_form, render

Kept = tuple[tuple[str, str], ...]

_KEPT: Final = "keep-"
_TO: Final = "keep-to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """The kept fields of a form and the path that takes them, or else the page to go to; empty: where a person begins."""

    kept: Kept = ()
    send_to: str = ""
    target: str = ""

    @property
    def answers(self) -> bool:
        """Whether the kept form is one of learning, which changes no account."""
        return posting_endpoint(current_app, self.send_to).startswith("learn.")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage(Page):
    """One button that sends the kept fields on; `at_once`: a script may press it."""

    template: ClassVar[str] = "account/again.html"

    kept: Kept
    send_to: str
    at_once: bool


def errand() -> Errand:
    """Give the errand that the form of this request carries; only paths of ours are followed, in the language of this request."""
    send_to = request.form.get(_TO, "")
    target = own_path(request.form.get("next"))
    if not posting_endpoint(current_app, send_to):
        return Errand(target=target)
    names = ((name, value) for name, value in request.form.items(multi=True) if name.startswith(_KEPT) and name != _TO)
    kept = tuple((name.removeprefix(_KEPT), value) for name, value in names if name != f"{_KEPT}csrf_token")
    return Errand(kept=kept, send_to=f"/{language()}{send_to[3:]}", target=target)


def go_on(way: Errand) -> ResponseReturnValue:
    """Lead somebody who has just come in to where she was going."""
    if not way.send_to:
        return redirect(way.target or start(), 303)
    if way.answers:
        carry_form("kept", way.send_to)
    page = AgainPage(title=gettext("You are signed in"), kept=way.kept, send_to=way.send_to, at_once=way.answers)
    return render(page)


def start() -> str:
    """Give where a person begins: trainers, admins and the operator in their office, everybody else with her learning."""
    roles = person().identity.roles
    return f"/{language()}/" + next((path for role, _, path in offices() if role in roles), "learn/")
