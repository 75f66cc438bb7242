"""What the tables and columns of an export are called and for, in the reader's language. The file keeps those of the database."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from elearn.web.i18n import format_day, format_percent, gettext


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
    "attempt_id": _("Try"),
    "at": _("Day"),
    "complete_at": _("Completed on"),
    "country": _("Country"),
    "course_id": _("Course"),
    "created_at": _("Since"),
    "created_on": _("Since"),
    "done": _("Pages done"),
    "ends_at": _("Ends on"),
    "erase_on": _("Erased on"),
    "form": _("Form"),
    "fraction_e4": _("Result"),
    "handle": _("Handle"),
    "hour": _("Day"),
    "id": _("Mark"),
    "issued_at": _("Issued on"),
    "kind": _("Kind"),
    "label": _("Own word"),
    "language": _("Language"),
    "languages": _("Languages"),
    "last_page": _("Last page"),
    "number": _("Number"),
    "other_languages": _("Other languages I read"),
    "page_id": _("Page"),
    "passed": _("Passed"),
    "percent": _("Percent"),
    "pseudonym": _("Name that others see"),
    "question_id": _("Question"),
    "reason": _("Reason"),
    "ref": _("About"),
    "response": _("Answer"),
    "role": _("Role"),
    "seen_at": _("Last used"),
    "started_at": _("Begun on"),
    "state": _("State"),
    "status": _("State"),
    "submitted_at": _("Handed in on"),
    "trusted": _("Remembered"),
    "used_on": _("Used on"),
}
#: Long machine-readable forms: in the file only.
HIDDEN: Final = frozenset({"document", "compact", "facts"})
_DAYS: Final = ("at", "hour")


def table_words(table: str) -> tuple[str, str, str]:
    """Give name, purpose and retention of a table; one without words keeps its own name."""
    if table not in TABLES:
        return table, "", ""
    name, purpose, retention = TABLES[table]
    return gettext(name), gettext(purpose), gettext(retention)


def column_name(column: str) -> str:
    """Give what a column is called."""
    return gettext(COLUMNS[column]) if column in COLUMNS else column


def cell(column: str, value: object) -> str:
    """Write one value: days in words, results in percent, lists with commas, nothing as a dash."""
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if column == "fraction_e4" and isinstance(value, int):
        return format_percent(value / 10_000)
    if isinstance(value, str) and (column in _DAYS or column.endswith(("_at", "_on"))):
        return format_day(datetime.fromisoformat(value))
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
