"""The office: where trainers, admins and the operator begin, what its menu lists, and how many requests wait for the reader."""

from dataclasses import dataclass
from typing import Final

from flask import request
from sqlalchemy.exc import SQLAlchemyError

from elearn.access.identity import Role
from elearn.store.approvals import count_to_decide
from elearn.web import i18n
from elearn.web.auth import identity, now, runtime

_REQUESTS: Final = "requests/"


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu; `waiting`: how much there waits for the reader."""

    label: str
    href: str
    current: bool
    waiting: int = 0


def offices() -> tuple[tuple[Role, str, str], ...]:
    """Give the rooms behind the counter: whose, what it is called, where it begins."""
    return (
        (Role.TRAINER, i18n.gettext("My cohorts"), "teach/"),
        (Role.ADMIN, i18n.gettext("Organisation"), "admin/"),
        (Role.OPERATOR, i18n.gettext("Server"), "admin/organisations/"),
    )


def sections() -> tuple[Section, ...]:
    """Give the pages of an admin's or operator's office, on those pages themselves only."""
    prefix = f"/{i18n.language()}/admin/"
    if not request.path.startswith(prefix):
        return ()
    roles = identity().roles
    entries: list[tuple[str, str]] = []
    if Role.ADMIN in roles:
        entries += [
            (i18n.gettext("Certificates"), ""),
            (i18n.gettext("People"), "people/"),
            (i18n.gettext("Invites"), "invites/"),
            (i18n.gettext("Cohorts"), "cohorts/"),
            (i18n.gettext("Coalition"), "coalition"),
            (i18n.gettext("Requests"), _REQUESTS),
            (i18n.gettext("Record"), "record/"),
            (i18n.gettext("What is kept"), "retention"),
            (i18n.gettext("Settings"), "settings"),
        ]
    if Role.OPERATOR in roles:
        entries += [
            (i18n.gettext("Organisations"), "organisations/"),
            (i18n.gettext("Coalition"), "coalition"),
            (i18n.gettext("Site"), "site"),
            (i18n.gettext("Record"), "record/"),
        ]
    here = max((path for _, path in entries if request.path.startswith(prefix + path)), key=len, default=None)
    return tuple(Section(label, prefix + path, path == here, _waiting() if path == _REQUESTS else 0) for label, path in entries)


def _waiting() -> int:
    """Count the requests that the reader may decide; none where the database does not answer, for the menu stands on that page too."""
    who = identity()
    if not who.proven:
        return 0
    try:
        with runtime().database.read(who.organisation_id) as session:
            return count_to_decide(session, who.person_id, now())
    except SQLAlchemyError:
        return 0
