"""The one table of rights: permission × role × relation to the thing, and the only function that reads it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Final

from elearn.access.identity import Identity, Role, Thing
from elearn.access.permission import Permission


class Relation(StrEnum):
    """How near the asker must be to the thing."""

    OWN = "own"
    ORGANISATION = "organisation"
    PUBLIC = "public"
    ANY = "any"


#: Each predicate refuses things of nobody: an empty id is never the same as an empty id.
_HOLDS: Final[Mapping[Relation, Callable[[Identity, Thing], bool]]] = {
    Relation.OWN: lambda who, thing: bool(thing.owner_id) and thing.owner_id == who.person_id,
    Relation.ORGANISATION: lambda who, thing: bool(thing.organisation_id) and thing.organisation_id == who.organisation_id,
    Relation.PUBLIC: lambda _, thing: thing.public,
    Relation.ANY: lambda _, __: True,
}

_EVERYBODY: Final = {Role.VISITOR: Relation.ANY}
_READERS: Final = {Role.VISITOR: Relation.PUBLIC, Role.LEARNER: Relation.ANY}
_ONESELF: Final = {Role.LEARNER: Relation.OWN}
_ADMINS: Final = {Role.ADMIN: Relation.ORGANISATION}
_TRAINERS: Final = {Role.TRAINER: Relation.ORGANISATION, Role.ADMIN: Relation.ORGANISATION}

#: Courses are the coalition's, people are their organisation's: so trainers and translators work on any course, and nobody, the operator
#: of the server included, sees people of another organisation. A cohort is its trainer's own; the coalition's figures are counts alone.
RULES: Final[Mapping[Permission, Mapping[Role, Relation]]] = {
    Permission.VIEW_PUBLIC: _EVERYBODY,
    Permission.VERIFY_CERTIFICATE: _EVERYBODY,
    Permission.READ_LESSON: _READERS,
    Permission.PRACTISE: _READERS,
    Permission.TAKE_QUIZ: _ONESELF,
    Permission.ENROL: _ONESELF,
    Permission.SEE_OWN_LEARNING: _ONESELF,
    Permission.SEE_OWN_CERTIFICATE: _ONESELF,
    Permission.MANAGE_OWN_ACCOUNT: _ONESELF,
    Permission.SET_PASSPHRASE: _ONESELF,
    Permission.EXPORT_OWN_DATA: _ONESELF,
    Permission.ERASE_OWN_ACCOUNT: _ONESELF,
    Permission.SEE_PEOPLE: _ADMINS,
    Permission.SEE_INVITES: _ADMINS,
    Permission.INVITE_PEOPLE: _ADMINS,
    Permission.TAKE_BACK_INVITE: _ADMINS,
    Permission.SEE_COHORTS: _ADMINS,
    Permission.MANAGE_COHORT: _ADMINS,
    Permission.SEE_COHORT: {Role.TRAINER: Relation.OWN, Role.ADMIN: Relation.ORGANISATION},
    Permission.CHANGE_ROLE: _ADMINS,
    Permission.RESET_ACCESS: _ADMINS,
    Permission.SUSPEND_PERSON: _ADMINS,
    Permission.END_SESSIONS: _ADMINS,
    Permission.SEE_CONTACT: _ADMINS,
    Permission.EXPORT_PEOPLE: _ADMINS,
    Permission.SEE_REQUESTS: _ADMINS,
    Permission.DECIDE_REQUEST: _ADMINS,
    Permission.SEE_PROGRESS: _TRAINERS,
    Permission.MARK_ANSWER: _TRAINERS,
    Permission.SEE_DUE_CERTIFICATES: _ADMINS,
    Permission.ISSUE_CERTIFICATE: _ADMINS,
    Permission.WITHDRAW_CERTIFICATE: _ADMINS,
    Permission.REPLACE_CERTIFICATE: _ADMINS,
    Permission.EDIT_COURSE: {Role.TRAINER: Relation.ANY},
    Permission.PUBLISH_COURSE: {Role.TRAINER: Relation.ANY, Role.OPERATOR: Relation.ANY},
    Permission.TRANSLATE: {Role.TRANSLATOR: Relation.ANY, Role.REVIEWER: Relation.ANY},
    Permission.REVIEW_TRANSLATION: {Role.REVIEWER: Relation.ANY},
    Permission.SEE_STATISTICS: _TRAINERS,
    Permission.SEE_AUDIT: {Role.ADMIN: Relation.ORGANISATION, Role.OPERATOR: Relation.ANY},
    Permission.SEE_RETENTION: _ADMINS,
    Permission.CHANGE_ORGANISATION: _ADMINS,
    Permission.SEE_COALITION: {Role.ADMIN: Relation.ANY, Role.OPERATOR: Relation.ANY},
    Permission.SEE_ORGANISATIONS: {Role.OPERATOR: Relation.ANY},
    Permission.FOUND_ORGANISATION: {Role.OPERATOR: Relation.ANY},
    Permission.CHANGE_SERVER: {Role.OPERATOR: Relation.ANY},
    Permission.SEE_PATTERNS: dict.fromkeys((Role.TRAINER, Role.TRANSLATOR, Role.REVIEWER, Role.ADMIN, Role.OPERATOR), Relation.ANY),
}

#: Deeds that ask for a fresh sign-in first.
FRESH: Final = frozenset(
    {
        Permission.EXPORT_OWN_DATA,
        Permission.ERASE_OWN_ACCOUNT,
        Permission.INVITE_PEOPLE,
        Permission.CHANGE_ROLE,
        Permission.RESET_ACCESS,
        Permission.SUSPEND_PERSON,
        Permission.SEE_CONTACT,
        Permission.EXPORT_PEOPLE,
        Permission.DECIDE_REQUEST,
        Permission.ISSUE_CERTIFICATE,
        Permission.WITHDRAW_CERTIFICATE,
        Permission.REPLACE_CERTIFICATE,
        Permission.CHANGE_ORGANISATION,
        Permission.FOUND_ORGANISATION,
        Permission.CHANGE_SERVER,
    }
)


#: Roles that speak only for whoever has shown a second factor; without it she may what a learner may (safety requirement 31).
FACTOR: Final = frozenset({Role.TRAINER, Role.ADMIN, Role.OPERATOR})


def permits(identity: Identity, permission: Permission, thing: Thing = Thing()) -> bool:  # noqa: B008 - a frozen value
    """Whether this identity may do this to this thing; without a thing only what needs no relation to one is allowed."""
    speaking = identity.acting_as if identity.proven else identity.acting_as - FACTOR
    if identity.choosing and permission is not Permission.SET_PASSPHRASE:
        speaking &= {Role.VISITOR}
    return any(_HOLDS[relation](identity, thing) for role, relation in RULES[permission].items() if role in speaking)


def lacks_factor(identity: Identity, permission: Permission, thing: Thing = Thing()) -> bool:  # noqa: B008 - a frozen value
    """Whether the missing second factor alone stands between this identity and the deed."""
    return not permits(identity, permission, thing) and permits(replace(identity, proven=True), permission, thing)


def lacks_passphrase(identity: Identity, permission: Permission, thing: Thing = Thing()) -> bool:  # noqa: B008 - a frozen value
    """Whether this identity has to choose her own passphrase before she is told anything about the deed."""
    return identity.choosing and not permits(identity, permission, thing)


def asks_factor(identity: Identity) -> bool:
    """Whether one of the roles of this identity does not speak without a second factor."""
    return not identity.proven and not FACTOR.isdisjoint(identity.roles)


def needs_fresh(permission: Permission) -> bool:
    """Whether the deed asks for a fresh sign-in first."""
    return permission in FRESH
