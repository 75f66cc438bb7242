"""What the tables and columns of an export are called and for, in the reader's language. The file keeps those of the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from elearn.lang import is_language
from elearn.web.i18n import format_day, format_percent, gettext, own_name
from elearn.web.parts.blocks import country_name
from elearn.web.parts.roles import role_name
from elearn.web.parts.status import reason_text


def _(message: str) -> str:
    """Mark a text for extraction; it is translated when it is shown."""
    return message


_UNTIL: Final = _("Kept until the account is erased.")

#: Table: what it is called, what for, how long. One entry for each shown table of elearn.store.personal.
TABLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "person": (
        _("Account"),
        _("How you sign in, what you are called, your languages and country."),
        _("Kept until you ask for erasure, and seven days more."),
    ),
    "recovery_code": (
        _("Recovery codes"),
        _("The way in when the passphrase is lost. Only scrambled forms are kept, so the codes cannot be shown."),
        _("Kept until the sheet is replaced or the account is erased."),
    ),
    "trusted_device": (
        _("Remembered devices"),
        _("They let you in while somebody else is guessing your passphrase."),
        _("Kept for 180 days after the last sign-in."),
    ),
    "second_factor": (
        _("Codes from an app"),
        _("The second proof at sign-in. What the codes are made from is kept sealed."),
        _("Kept until you remove it or the account is erased."),
    ),
    "passkey": (_("Passkeys"), _("Another second proof at sign-in."), _("Kept until you remove it or the account is erased.")),
    "contact": (
        _("Name and e-mail"),
        _("Only where your organisation keeps them and you agreed. They are sealed, and each look at them is recorded."),
        _("Kept until you delete them or the account is erased."),
    ),
    "cohort_member": (_("Cohorts I learn in"), _("Your trainer sees how you get on."), _("Kept until you leave the cohort.")),
    "cohort": (
        _("Cohorts I train"),
        _("Which cohorts you train."),
        _("Forgotten when the account is erased."),
    ),
    "approval": (
        _("Requests about me"),
        _("What one admin asked for and another had to agree to."),
        _("Kept for 90 days."),
    ),
    "job": (
        _("E-mails to come"),
        _("That there is something new in your account is said by e-mail, if you asked for that."),
        _("Kept for a day after it was sent."),
    ),
    "account_notice": (_("Messages about my account"), _("What you had to be told."), _("Kept until you have seen it, 90 days at most.")),
    "web_session": (_("Sessions"), _("Browsers that are signed in."), _("Kept for 12 hours at most.")),
    "credential": (
        _("Certificates"),
        _("So that they can be checked. They hold no name."),
        _("The certificate stays for ever; that it is yours is forgotten when the account is erased."),
    ),
    "enrolment": (_("Courses I take"), _("Which courses you take."), _UNTIL),
    "progress_summary": (_("Where I stand"), _("How far you are in each course, so that pages open fast."), _UNTIL),
    "progress_fact": (
        _("Steps of learning"),
        _("What you read, practised and passed, to the hour. Progress is worked out from it."),
        _UNTIL,
    ),
    "attempt": (_("Tries at quizzes"), _("Each try at a quiz and its result."), _UNTIL),
    "attempt_step": (_("Answers"), _("Each answer as you gave it, for marking and feedback."), _UNTIL),
}

#: Column: what it is called.
COLUMNS: Final[Mapping[str, str]] = {
    "asked_at": _("Asked on"),
    "at": _("Day"),
    "complete_at": _("Completed on"),
    "country": _("Country"),
    "closed": _("Closed"),
    "code": _("Message"),
    "confirmed_on": _("Since"),
    "consent_on": _("Agreed on"),
    "course_id": _("Course"),
    "courses": _("Courses"),
    "deed": _("Request"),
    "created_at": _("Since"),
    "created_on": _("Since"),
    "done": _("Pages done"),
    "due_at": _("Not before"),
    "email": _("E-mail address"),
    "ends_at": _("Ends on"),
    "ends_on": _("Ends on"),
    "erase_on": _("Erased on"),
    "form": _("Form"),
    "fraction_e4": _("Result"),
    "handle": _("Handle"),
    "hour": _("Day"),
    "issued_at": _("Issued on"),
    "joined_on": _("Since"),
    "kind": _("Kind"),
    "label": _("Own word"),
    "missed_tries": _("Tries to sign in that failed"),
    "language": _("Language"),
    "languages": _("Languages"),
    "last_page": _("Last page"),
    "mails": _("E-mails wanted"),
    "name": _("Name"),
    "number": _("Number"),
    "on": _("Day"),
    "other_languages": _("Other languages I read"),
    "page_id": _("Page"),
    "passed": _("Passed"),
    "percent": _("Percent"),
    "pseudonym": _("Name that others see"),
    "reason": _("Reason"),
    "role": _("Role"),
    "seen_at": _("Last used"),
    "started_at": _("Begun on"),
    "state": _("State"),
    "starts_on": _("Begins on"),
    "status": _("State"),
    "submitted_at": _("Handed in on"),
    "trusted": _("Remembered"),
    "used_on": _("Used on"),
}
#: Long machine-readable forms, and marks that say nothing to a reader: in the file only.
HIDDEN: Final = frozenset({"attempt_id", "cohort_id", "compact", "document", "facts", "id", "question_id", "ref", "response"})
#: Tables whose rows say nothing without what is hidden: only how many there are is shown.
COUNTED: Final = frozenset({"attempt_step", "recovery_code", "trusted_device"})
#: Words of the database that stand in columns of these names.
WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "form": {"baseline": _("Start check"), "practice": _("Practice"), "test": _("Test")},
    "kind": {
        "opened": _("opened"),
        "read": _("read"),
        "practised": _("practised"),
        "attempted": _("tried"),
        "passed": _("passed"),
        "critical": _("must-know questions answered"),
        "marked": _("marked by a trainer"),
    },
    "code": {
        "reset-started": _("a reset of your passphrase was started"),
        "factor-added": _("a second factor was added"),
        "factor-removed": _("a second factor was removed"),
        "passphrase-changed": _("your passphrase was changed"),
        "role-changed": _("your role was changed"),
        "sessions-ended-by-admin": _("an admin ended your sessions"),
        "name-viewed": _("an admin looked at your name or e-mail address"),
        "restored": _("this site was brought back from a backup"),
    },
    "deed": {
        "remove-factor": _("to remove your second factor"),
        "issue-certificates": _("to issue certificates"),
        "withdraw-certificates": _("to withdraw certificates"),
        "export-people": _("to take the list of people as a file"),
    },
    "state": {
        "active": _("active"),
        "leaving": _("to be erased"),
        "suspended": _("closed for now"),
        "open": _("not handed in yet"),
        "submitted": _("handed in"),
        "expired": _("out of time"),
        "marked": _("marked by a trainer"),
        "waiting": _("waiting"),
        "agreed": _("agreed"),
        "refused": _("refused"),
    },
}
_TONGUES: Final = ("language", "languages", "other_languages")
_PAGES: Final = ("done", "last_page", "page_id")
_DAYS: Final = ("at", "hour", "on")


@dataclass(frozen=True, slots=True)
class Titles:
    """What courses, and pages by course and page, are called in the reader's language."""

    courses: Mapping[str, str]
    pages: Mapping[tuple[str, str], str]


def table_words(table: str) -> tuple[str, str, str]:
    """Give name, purpose and retention of a table; one without words keeps its own name."""
    if table not in TABLES:
        return table, "", ""
    name, purpose, retention = TABLES[table]
    return gettext(name), gettext(purpose), gettext(retention)


def column_name(column: str) -> str:
    """Give what a column is called."""
    return gettext(COLUMNS[column]) if column in COLUMNS else column


def cell(column: str, value: object, titles: Titles, course_id: str = "") -> str:
    """Write one value of a row about a course: words for codes, titles for pages, days in words, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, list):
        return ", ".join(cell(column, part, titles, course_id) for part in value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, int):
        return _number(column, value)
    return _word(column, value, titles, course_id) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _number(column: str, value: int) -> str:
    parts = {"fraction_e4": 100, "percent": 1}  # of a percent; down, as on the page of a result
    return format_percent(value // parts[column]) if column in parts else str(value)


def _word(column: str, value: str, titles: Titles, course_id: str) -> str:
    if column in _DAYS or column.endswith(("_at", "_on")):
        return format_day(datetime.fromisoformat(value))
    if column == "course_id":
        return titles.courses.get(value, value)
    if column in _PAGES:
        return titles.pages.get((course_id, value), value)
    return _code(column, value)


def _code(column: str, value: str) -> str:
    """Write a word of the database; free text stays as it is."""
    if column in _TONGUES and is_language(value):
        return own_name(value)
    if column == "country":
        return country_name(value) or value
    if column == "role":
        return role_name(value)
    if column == "status":
        return {"valid": gettext("Valid"), "replaced": gettext("Replaced by a newer one"), "withdrawn": gettext("Withdrawn")}.get(
            value, value
        )
    if column == "reason":
        return reason_text(value) or value
    word = WORDS.get(column, {}).get(value)
    return gettext(word) if word else value
