"""Organisations as the operator makes them: the first at first run, others later; each lets its first admin in by a one-time setup code."""

import hmac
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import invite
from elearn.actions.account import Joined, NewPerson, Ready, keep_form, prepare, register
from elearn.actions.invite import Admission, hash_code
from elearn.actions.name import is_name
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.store import audit, organisations, settings
from elearn.store.engine import Database
from elearn.store.organisations import OrganisationRow
from elearn.store.people import ROLES, delete_recovery_codes, get_person
from elearn.store.sessions import SignedIn
from elearn.store.tenancy import everyone

#: Under which setting the code of the first run stands; those of organisations bear the id behind a space.
_SETTING: Final = "setup"
LIFE: Final = timedelta(days=7)
_SLUG: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9]){1,39}")
LONGEST_NAME: Final = 120
#: Who acted, in the record, when it was the operator of the server and no account.
_OPERATOR: Final = "operator"


def begin_setup(session: Session) -> str:
    """Draw a new setup code of 128 bits, in place of an earlier one; Conflict("set-up") once there is an organisation."""
    if organisations.list_organisations(session, limit=1):
        raise Conflict("set-up")
    return _draw(session, _SETTING, {})


def is_founding(session: Session) -> bool:
    """Whether somebody may still set the installation up, with its first organisation."""
    return settings.find_setting(session, _SETTING) is not None


def is_open(session: Session, *, now: datetime) -> bool:
    """Whether any setup code is waiting: that of the first run, or one of an organisation."""
    return is_founding(session) or any(_works(kept, now) for kept in _waiting(session).values())


def set_up(database: Database, code: str, *, slug: str, name: str, admin: NewPerson, form_key: str = "", now: datetime) -> Joined:
    """Found the first organisation with its admin and close the setup; Refused("wrong-setup-code"), Invalid, Conflict.

    The key of the form, if there is one, is kept: `account.has_joined` knows the same form when it comes again.
    """
    with database.read() as session:
        _require(session, code)
    ready = prepare(admin)
    with database.transaction() as session, everyone(session):
        _require(session, code)
        _burn(session, _SETTING)
        keep_form(session, form_key, ready, now=now)
        organisation = found_organisation(session, slug=slug, name=name, open_join=False, now=now)
        return register(session, ready, Admission(organisation.id, "admin"), now=now)


def take_over(database: Database, code: str, *, admin: NewPerson, form_key: str = "", now: datetime) -> Joined:
    """Make the first admin of the organisation whose setup code this is; as in `set_up`."""
    with database.read() as session:
        _find_organisation(session, code, now)
    ready = prepare(admin)
    with database.transaction() as session, everyone(session):
        organisation_id = _find_organisation(session, code, now)
        _burn(session, _key(organisation_id))
        keep_form(session, form_key, ready, now=now)
        return register(session, ready, Admission(organisation_id, "admin"), now=now)


def found(session: Session, *, slug: str, name: str, who: SignedIn | None = None, now: datetime) -> tuple[str, str]:
    """Found an organisation: its id and the setup code of its first admin, shown once. Invalid, Conflict("slug-taken")."""
    with everyone(session):
        row = found_organisation(session, slug=slug, name=name, open_join=False, actor=_actor(session, who), now=now)
        return row.id, _draw_for(session, row.id, now)


def renew_code(session: Session, slug: str, *, who: SignedIn | None = None, now: datetime) -> str:
    """Draw a new setup code, in place of an earlier one, for an organisation that has no admin; NotFound, Conflict("has-admin")."""
    with everyone(session):
        row = _organisation(session, slug)
        if organisations.list_with_admin(session, [row.id]):
            raise Conflict("has-admin")
        code = _draw_for(session, row.id, now)
        actor = _actor(session, who)
        audit.record(session, "organisation.code", organisation_id=row.id, actor=actor, about=row.id, now=now)
    return code


def drop_ended_codes(session: Session, *, now: datetime) -> None:
    """Forget the setup codes of organisations that are over."""
    for key, kept in _waiting(session).items():
        if not _works(kept, now):
            settings.delete_setting(session, key)


def found_organisation(
    session: Session, *, slug: str, name: str, open_join: bool, actor: str = _OPERATOR, now: datetime
) -> OrganisationRow:
    """Add an organisation; Invalid, Conflict("slug-taken")."""
    if not _SLUG.fullmatch(slug):
        raise Invalid("slug-form")
    if not is_name(name, longest=LONGEST_NAME):
        raise Invalid("name-form", maximum=LONGEST_NAME)
    if organisations.find_organisation(session, slug) is not None:
        raise Conflict("slug-taken")
    row = OrganisationRow(slug=slug, name=name.strip(), open_join=open_join, settings={})
    session.add(row)
    session.flush()
    audit.record(session, "organisation.founded", organisation_id=row.id, actor=actor, about=row.id, now=now)
    return row


def enlist(database: Database, new: NewPerson, *, organisation: str, role: str, now: datetime) -> Joined:
    """Make an account in an organisation (by its short name) as the operator of the server; Invalid, NotFound, Conflict.

    The operator knows its passphrase: for seven days it serves to choose another. Recovery codes come with that, so there are none yet.
    """
    if role not in ROLES:
        raise Invalid("unknown-role")
    ready: Ready = prepare(new)
    with database.transaction() as session, everyone(session):
        row = _organisation(session, organisation)
        joined = register(session, ready, Admission(row.id, role), now=now)
        get_person(session, joined.person_id).passphrase_ends_on = (now + LIFE).date()
        delete_recovery_codes(session, joined.person_id)
    return replace(joined, recovery_codes=())


def invite_into(session: Session, organisation: str, *, role: str, uses: int, now: datetime) -> str:
    """Make an invite into an organisation (by its short name) as the operator of the server; the code. Invalid, NotFound."""
    with everyone(session):
        row = _organisation(session, organisation)
        made = invite.make(session, organisation_id=row.id, actor=_OPERATOR, role=role, uses=uses, now=now)
    return made.slips[0].code


def let_join(session: Session, organisation: str, *, openly: bool, now: datetime) -> None:
    """Say whether anyone may join an organisation, or only whoever has an invite; NotFound."""
    with everyone(session):
        row = _organisation(session, organisation)
        row.open_join = openly
        audit.record(session, "organisation.joining", organisation_id=row.id, actor=_OPERATOR, about=row.id, now=now)


def _organisation(session: Session, slug: str) -> OrganisationRow:
    row = organisations.find_organisation(session, slug)
    if row is None:
        raise NotFound("no-organisation")
    return row


def _actor(session: Session, who: SignedIn | None) -> str:
    """Who acted, for the record: an account that is signed in, or the operator at the terminal."""
    return _OPERATOR if who is None else audit.mark(session, who.person_id, organisation_id=who.organisation_id)


def _key(organisation_id: str) -> str:
    return f"{_SETTING} {organisation_id}"


def _draw_for(session: Session, organisation_id: str, now: datetime) -> str:
    return _draw(session, _key(organisation_id), {"ends_at": (now + LIFE).isoformat()})


def _draw(session: Session, key: str, more: dict[str, object]) -> str:
    code = secrets.token_hex(16)
    settings.put_setting(session, key, {"code": hash_code(code), **more})
    session.flush()
    return "-".join(code[at : at + 8] for at in range(0, len(code), 8))


def _waiting(session: Session) -> dict[str, dict[str, object]]:
    return settings.list_settings(session, f"{_SETTING} ")


def _works(kept: dict[str, object], now: datetime) -> bool:
    return now < datetime.fromisoformat(str(kept["ends_at"]))


def _find_organisation(session: Session, code: str, now: datetime) -> str:
    tried = hash_code(code)
    for key, kept in _waiting(session).items():
        if hmac.compare_digest(str(kept["code"]), tried) and _works(kept, now):
            return key.removeprefix(f"{_SETTING} ")
    raise Refused("wrong-setup-code")


def _require(session: Session, code: str) -> None:
    kept = settings.find_setting(session, _SETTING) or {}
    if not hmac.compare_digest(str(kept.get("code", "")), hash_code(code)):
        raise Refused("wrong-setup-code")


def _burn(session: Session, key: str) -> None:
    """Use a code up: of two who come at once, one is let in."""
    if not settings.delete_setting(session, key):
        raise Refused("wrong-setup-code")
