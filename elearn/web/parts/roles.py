"""Roles of people, and states of their accounts, in words."""

from elearn.access.identity import Role
from elearn.web.i18n import gettext


def role_name(role: str) -> str:
    """Give what a role is called, in the reader's language; an unknown one stays as it is."""
    names: dict[str, str] = {
        Role.LEARNER: gettext("Learner"),
        Role.TRAINER: gettext("Trainer"),
        Role.TRANSLATOR: gettext("Translator"),
        Role.REVIEWER: gettext("Reviewer of translations"),
        Role.ADMIN: gettext("Admin of the organisation"),
        Role.OPERATOR: gettext("Operator of the server"),
    }
    return names.get(role, role)


def state_name(state: str) -> str:
    """Give how an account is, in the reader's language; an unknown state stays as it is."""
    names = {"active": gettext("active"), "leaving": gettext("to be erased"), "suspended": gettext("closed for now")}
    return names.get(state, state)
