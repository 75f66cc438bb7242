"""What organisations tell each other and donors: counts of people, once a month, so coarse that no few of them can be made out.

Whatever is published is made of cells cut down to whole fives, and of nothing else; sums are sums of these. So a sum tells nothing that
the cells do not, even to an admin who knows the true figures of her own organisation, and no second cell has to be hidden to protect a
first. A report is frozen: the figures of a month are drawn once, and two of them never differ by fewer than five.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, cast

from sqlalchemy.orm import Session

from elearn.store import coalition as store
from elearn.store import organisations, settings
from elearn.store.tenancy import everyone

#: The smallest number that is shown, and the step in which larger ones are.
STEP: Final = 5
ACTIVE: Final = timedelta(days=30)
COLUMNS: Final = ("learner", "trainer", "translator", "reviewer", "admin", "active", "completed", "certified")
_SETTING: Final = "coalition "

#: A cell as published: a multiple of five from five up, or None for fewer.
Cells = dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of one month (`2026-03`) by organisation; `day` is when they were drawn."""

    month: str
    day: date
    rows: Mapping[str, Cells]
    sums: Cells


def rounded(count: int) -> int | None:
    """A count as it may be shown: cut down to a whole five, hidden below."""
    return count - count % STEP if count >= STEP else None


def coarse(counts: store.Counts, organisation_ids: list[str]) -> dict[str, Cells]:
    """The table that may be shown of true counts."""
    return {one: {column: rounded(counts.get((one, column), 0)) for column in COLUMNS} for one in organisation_ids}


def sums(rows: Mapping[str, Cells]) -> Cells:
    """What the cells that are shown come to, by column: at least so many; None where none is shown."""
    shown = {column: [cell for row in rows.values() if (cell := row[column])] for column in COLUMNS}
    return {column: sum(cells) or None for column, cells in shown.items()}


def publish(session: Session, *, now: datetime) -> bool:
    """Draw the figures of this month unless there are some, or no organisation; whether they were drawn. A daily job of the operator."""
    key = f"{_SETTING}{now:%Y-%m}"
    if settings.find_setting(session, key) is not None:
        return False
    with everyone(session):
        counts = store.count_people_by_role(session) | store.count_active(session, now - ACTIVE)
        counts |= store.count_completed(session) | store.count_certified(session)
        ids = [row.id for row in organisations.list_organisations(session)]
    if not ids:
        return False
    settings.put_setting(session, key, {"day": now.date().isoformat(), "rows": coarse(counts, ids)})
    return True


def list_months(session: Session) -> dict[str, date]:
    """The months that have figures, each with the day on which they were drawn, the latest first; two years of them."""
    kept = settings.list_settings(session, _SETTING, limit=24)
    return {key.removeprefix(_SETTING): date.fromisoformat(str(value["day"])) for key, value in kept.items()}


def find_report(session: Session, month: str) -> Report | None:
    """The figures of a month, or None."""
    kept = settings.find_setting(session, _SETTING + month)
    if kept is None:
        return None
    rows = cast("dict[str, Cells]", kept["rows"])
    return Report(month, date.fromisoformat(str(kept["day"])), rows, sums(rows))
