"""The first organisation and its admin, let in by a one-time code that is printed at first run."""

import hmac
import re
import secrets
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from elearn.actions import invite
from elearn.actions.account import Joined, NewPerson, Ready, prepare, register
from elearn.actions.invite import Admission, hash_code
from elearn.errors import Conflict, Invalid, NotFound, Refused
from elearn.store import audit, organisations, settings
from elearn.store.engine import Database
from elearn.store.organisations import OrganisationRow
from elearn.store.people import ROLES
from elearn.store.tenancy import everyone

_SETTING: Final = "setup"
_SLUG: Final = re.compile(r"[a-z0-9](?:-?[a-z0-9]){1,39}")
LONGEST_NAME: Final = 120
#: Who acted, in the record, when it was the operator of the server and no account.
_OPERATOR: Final = "operator"


def begin_setup(session: Session) -> str:
    """Draw a new setup code of 128 bits, in place of an earlier one; Conflict("set-up") once there is an organisation."""
    if organisations.list_organisations(session, limit=1):
        raise Conflict("set-up")
    code = secrets.token_hex(16)
    settings.put_setting(session, _SETTING, {"code": hash_code(code)})
    session.flush()
    return "-".join(code[at : at + 8] for at in range(0, len(code), 8))


def is_open(session: Session) -> bool:
    """Whether somebody may still set the installation up."""
    return settings.find_setting(session, _SETTING) is not None


def set_up(database: Database, code: str, *, slug: str, name: str, admin: NewPerson, now: datetime) -> Joined:
    """Found the first organisation with its admin and close the setup; Refused("wrong-setup-code"), Invalid, Conflict."""
    with database.read() as session:
        _require(session, code)
    ready = prepare(admin)
    with database.transaction() as session, everyone(session):
        _require(session, code)
        organisation = found_organisation(session, slug=slug, name=name, open_join=False, now=now)
        settings.delete_setting(session, _SETTING)
        return register(session, ready, Admission(organisation.id, "admin"), now=now)


def found_organisation(session: Session, *, slug: str, name: str, open_join: bool, now: datetime) -> OrganisationRow:
    """Add an organisation; Invalid, Conflict("slug-taken")."""
    if not _SLUG.fullmatch(slug):
        raise Invalid("slug-form")
    if not name.strip() or len(name) > LONGEST_NAME or not name.strip().isprintable():
        raise Invalid("name-form", maximum=LONGEST_NAME)
    if organisations.find_organisation(session, slug) is not None:
        raise Conflict("slug-taken")
    row = OrganisationRow(slug=slug, name=name.strip(), open_join=open_join, settings={})
    session.add(row)
    session.flush()
    audit.record(session, "organisation.founded", organisation_id=row.id, actor=_OPERATOR, about=row.id, now=now)
    return row


def enlist(database: Database, new: NewPerson, *, organisation: str, role: str, now: datetime) -> Joined:
    """Make an account in an organisation (by its short name) as the operator of the server; Invalid, NotFound, Conflict."""
    if role not in ROLES:
        raise Invalid("unknown-role")
    ready: Ready = prepare(new)
    with database.transaction() as session, everyone(session):
        row = _organisation(session, organisation)
        return register(session, ready, Admission(row.id, role), now=now)


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


def _require(session: Session, code: str) -> None:
    kept = settings.find_setting(session, _SETTING) or {}
    if not hmac.compare_digest(str(kept.get("code", "")), hash_code(code)):
        raise Refused("wrong-setup-code")
