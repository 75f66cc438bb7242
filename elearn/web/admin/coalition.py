"""Figures of all organisations, for admins and the operator: coarse counts of people as drawn once a month, and nothing finer."""

from dataclasses import dataclass
from typing import ClassVar

from flask import request

from elearn.access.permission import Permission
from elearn.actions import coalition as deeds
from elearn.actions.coalition import COLUMNS, Cells, Report
from elearn.store.organisations import list_organisations
from elearn.web.admin.blueprint import blueprint
from elearn.web.auth import requires, runtime
from elearn.web.i18n import format_day, format_number, gettext
from elearn.web.links import href
from elearn.web.pages import Page
from elearn.web.render import render


@dataclass(frozen=True, slots=True)
class FigureLine:
    """The figures of one organisation, in the order of the columns."""

    name: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """The table of a month."""

    day: str
    columns: tuple[str, ...]
    lines: tuple[FigureLine, ...]
    sums: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MonthLink:
    """The figures of one month, by the day on which they were drawn."""

    day: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CoalitionPage(Page):
    """The figures of a month, the latest unless another is asked for; None before the first."""

    template: ClassVar[str] = "admin/coalition.html"

    figures: Figures | None
    months: tuple[MonthLink, ...]


@blueprint.get("/admin/coalition")
@requires(Permission.SEE_COALITION)
def coalition() -> str:
    """Show the figures of a month."""
    with runtime().database.read() as session:
        months = deeds.list_months(session)
        asked = request.args.get("month", "")
        month = asked if asked in months else next(iter(months), "")
        report = deeds.find_report(session, month)
        names = {row.id: row.name for row in list_organisations(session)}
    links = tuple(MonthLink(format_day(day), href("admin.coalition", month=one), one == month) for one, day in months.items())
    figures = _figures(report, names) if report else None
    return render(CoalitionPage(title=gettext("Coalition"), figures=figures, months=links))


def _figures(report: Report, names: dict[str, str]) -> Figures:
    known = sorted((names[one], cells) for one, cells in report.rows.items() if one in names)
    return Figures(
        day=format_day(report.day),
        columns=tuple(_columns()[column] for column in COLUMNS),
        lines=tuple(FigureLine(name, _texts(cells, gettext("fewer than 5"))) for name, cells in known),
        sums=_texts(report.sums, "–"),
    )


def _texts(cells: Cells, hidden: str) -> tuple[str, ...]:
    return tuple(
        hidden if (cell := cells[column]) is None else gettext("%(count)s or more", count=format_number(cell)) for column in COLUMNS
    )


def _columns() -> dict[str, str]:
    return {
        "learner": gettext("Learners"),
        "trainer": gettext("Trainers"),
        "translator": gettext("Translators"),
        "reviewer": gettext("Reviewers"),
        "admin": gettext("Admins"),
        "active": gettext("Active in the 30 days before"),
        "completed": gettext("Have completed a course"),
        "certified": gettext("Hold a certificate"),
    }
