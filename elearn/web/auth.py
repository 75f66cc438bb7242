"""Who asks: Flask-Login over our own session table, and the guard that every view wears. Rules live in elearn.access."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

from flask import Flask, Request, Response, current_app
from flask_login import LoginManager
from sqlalchemy.exc import SQLAlchemyError

from elearn.access.identity import VISITOR, Identity, Role, Thing
from elearn.access.permission import Permission
from elearn.access.rules import lacks_factor, lacks_passphrase, needs_fresh, permits
from elearn.actions import session as sessions
from elearn.actions.settings import Site
from elearn.errors import ElearnError, NotFound, Refused, Unavailable
from elearn.runtime import Runtime
from elearn.store.sessions import SignedIn
from elearn.web.asked import asked, memory

P = ParamSpec("P")
R = TypeVar("R")

EXTENSION: Final = "elearn"


class SignInNeeded(ElearnError):  # noqa: N818 - a turn of events, not a fault
    """Nobody is signed in, and this needs somebody."""


class FreshSignInNeeded(SignInNeeded):
    """Somebody is signed in, but longer ago than this deed allows."""


class Visitor:
    """What Flask-Login calls the user: an identity, and the session behind it when signed in."""

    def __init__(self, signed_in: SignedIn | None = None, *, demo: bool = False) -> None:
        self.signed_in = signed_in
        self.is_authenticated = self.is_active = signed_in is not None
        self.is_anonymous = signed_in is None
        self.identity: Identity = VISITOR if signed_in is None else _identity(signed_in, demo=demo)

    def get_id(self) -> str:
        """Give the id for Flask-Login; its own session cookie is not used."""
        return self.identity.person_id


class PassphraseNeeded(ElearnError):  # noqa: N818 - as above
    """Somebody is signed in by a passphrase that another knows too, and has to choose her own first."""


class FactorNeeded(ElearnError):  # noqa: N818 - as above
    """Somebody is signed in whose role may do this only with a second factor, and none was shown."""


#: Each role by its name, as the roles of somebody who has no other.
_ALONE: Final = {role.value: frozenset({role}) for role in Role}


def _identity(signed_in: SignedIn, *, demo: bool) -> Identity:
    """Give the identity of a session; in the demo nobody needs a second factor, for its accounts are made to be used at once."""
    return Identity(
        person_id=signed_in.person_id,
        organisation_id=signed_in.organisation_id,
        roles=_ALONE[signed_in.role],
        proven=signed_in.factored or demo,
        choosing=signed_in.passphrase_ends_on is not None,
    )


def runtime_of(app: Flask) -> Runtime:
    """Give the runtime that an application was built around."""
    found: Runtime = app.extensions[EXTENSION]
    return found


def runtime() -> Runtime:
    """Give the runtime of the application at work."""
    return runtime_of(current_app)


def now() -> datetime:
    """Give the time of this request: the same for all its parts."""
    remembered = memory()
    found: datetime | None = remembered.get("now")
    if found is None:
        found = remembered.now = runtime().clock()
    return found


def site() -> Site:
    """Give what the operator has decided for everybody: names, titles, the address of the quick exit."""
    return runtime().site(now())


def cookie_name() -> str:
    """Give the name of the session cookie: bound to the host on TLS, plain on an onion or LAN address."""
    return _bound("session", runtime())


def device_cookie_name() -> str:
    """Give the name of the cookie that marks a trusted device."""
    return _bound("device", runtime())


def step_cookie_name() -> str:
    """Give the name of the cookie of a sign-in that waits for its second factor."""
    return _bound("step", runtime())


def _bound(name: str, ours: Runtime) -> str:
    return f"__Host-{name}" if ours.settings.secure else name


def person() -> Visitor:
    """Give the visitor of this request."""
    remembered = memory()
    known: Visitor | None = remembered.get("_login_user")  # where Flask-Login keeps it; going through its proxy takes ten times as long
    if known is None:
        known = remembered._login_user = _load(asked())  # noqa: SLF001 - as above
    return known


def stay_unknown() -> None:
    """Take the asker for a visitor where nobody has found out yet who it is: finding out may be what failed."""
    if "_login_user" not in memory():
        become(None)


def become(found: SignedIn | None) -> None:
    """Let the rest of this request be whoever is behind a session, or nobody."""
    memory()._login_user = Visitor(found, demo=runtime().settings.demo)  # noqa: SLF001 - where Flask-Login keeps it


def identity() -> Identity:
    """Give the identity of this request."""
    return person().identity


def signed_in() -> SignedIn:
    """Give the session of the person signed in; SignInNeeded when nobody is."""
    found = person().signed_in
    if found is None:
        raise SignInNeeded("sign-in-needed")
    return found


def require_fresh() -> None:
    """Ask for a new sign-in when the last is more than five minutes ago (safety requirement 7)."""
    if not sessions.is_fresh(signed_in(), now=now()):
        raise FreshSignInNeeded("fresh-sign-in-needed")


def _load(asking: Request) -> Visitor:
    ours, moment = runtime(), now()
    found = session_behind(asking.cookies, ours, moment)
    if found is not None and sessions.wants_touch(found, now=moment):
        _touch(ours, found, moment)
    return Visitor(found, demo=ours.settings.demo)


def session_behind(cookies: Mapping[str, str], ours: Runtime, moment: datetime) -> SignedIn | None:
    """Give the living session that these cookies name, if any."""
    token = cookies.get(_bound("session", ours), "")
    if not token:
        return None
    with ours.database.look(everyone=True) as connection:
        return sessions.look_up(connection, token, now=moment)


def _touch(ours: Runtime, found: SignedIn, moment: datetime) -> None:
    """Move the time last seen; when no write is possible or sure, reading goes on all the same."""
    with suppress(SQLAlchemyError, Unavailable), ours.database.transaction(found.organisation_id) as session:
        sessions.touch(session, found, now=moment)


def set_cookie(response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie of ours: HttpOnly, Lax, for this host only."""
    secure = runtime().settings.secure
    response.set_cookie(name, value, max_age=max_age, httponly=True, secure=secure, samesite="Lax", path="/")


def may(who: Identity, permission: Permission) -> bool:
    """Whether she may do this to what is nearest to her: herself, her organisation, what is public. Of other things views ask."""
    return permits(who, permission, _near(who))


def _near(who: Identity) -> Thing:
    return Thing(owner_id=who.person_id, organisation_id=who.organisation_id, public=True)


def requires(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Guard a view: the asker must be permitted, else sign-in is asked for or the page is not there."""

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            visitor = person()
            who = visitor.identity
            if not may(who, permission):
                near = _near(who)
                if lacks_passphrase(who, permission, near):
                    raise PassphraseNeeded("passphrase-needed")
                if lacks_factor(who, permission, near):
                    raise FactorNeeded("factor-needed")
                raise SignInNeeded("sign-in-needed") if visitor.is_anonymous else NotFound("no-page")
            if needs_fresh(permission):
                require_fresh()
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined] # read at start by check_guards
        return guarded

    return mark


def check_guards(app: Flask) -> None:
    """Refuse to start with a route that names no permission (safety requirement 23)."""
    bare = [rule.endpoint for rule in app.url_map.iter_rules() if not hasattr(app.view_functions[rule.endpoint], "permission")]
    if bare:
        raise Refused("route-without-permission", endpoints=", ".join(sorted(bare)))


def register(app: Flask) -> None:
    """Connect Flask-Login without its own cookie, address marks or redirects (safety requirement 4)."""
    manager: Any = LoginManager()
    app.login_manager = manager  # type: ignore[attr-defined] # all that init_app does but its remember cookie, which would open every session
    manager.session_protection = None
    manager._session_identifier_generator = lambda: ""  # noqa: SLF001 - it would hash address and browser into the cookie
    manager.anonymous_user = Visitor
    manager.request_loader(_load)
