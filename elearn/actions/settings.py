"""What an organisation and the operator of a server decide while it runs: names, joining, lengths of sessions, what is kept of people."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from elearn.access.identity import Identity
from elearn.actions.name import is_name
from elearn.actions.setup import LONGEST_NAME
from elearn.errors import Invalid, Problem, Where
from elearn.store import audit, settings
from elearn.store.contacts import clear_contacts
from elearn.store.engine import Database
from elearn.store.organisations import OrganisationRow, get_organisation

#: Bounds of what an organisation may choose; the longest are the house's own for learners, admins never get more than theirs.
IDLE_MINUTES: Final = (5, 30)
SESSION_HOURS: Final = (1, 12)
LONGEST_LABEL: Final = 40
LONGEST_ADDRESS: Final = 300
MOST_MIRRORS: Final = 20
#: No space, quote, comma or semicolon: the address of the exit stands in a header.
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&()*+=:@%/?-]*)?")
#: How long a process believes what it read.
_BELIEVED: Final = timedelta(seconds=10)
_SITE: Final = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationChoices:
    """What an organisation decides for its people."""

    name: str
    open_join: bool
    idle_minutes: int
    session_hours: int
    keep_names: bool
    keep_emails: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What the operator decides for everybody: what the site and entries in apps are called, where the exit leads, where else it is."""

    name: str
    neutral_titles: bool
    factor_issuer: str
    factor_label: str
    exit_url: str
    mirrors: tuple[str, ...]


_ORGANISATION_VERBS: Final[Mapping[str, str]] = {
    "name": "organisation.renamed",
    "open_join": "organisation.joining",
    "idle_minutes": "organisation.idle-time",
    "session_hours": "organisation.session-time",
    "keep_names": "organisation.names",
    "keep_emails": "organisation.emails",
}
_SITE_VERBS: Final[Mapping[str, str]] = {
    "name": "site.name",
    "neutral_titles": "site.titles",
    "factor_issuer": "site.codes",
    "factor_label": "site.codes",
    "exit_url": "site.exit",
    "mirrors": "site.mirrors",
}


def choices_of(row: OrganisationRow) -> OrganisationChoices:
    """What an organisation has decided; what it has not is as the house has it, and nothing is kept."""
    chosen = row.settings
    return OrganisationChoices(
        name=row.name,
        open_join=row.open_join,
        idle_minutes=_whole(chosen.get("idle_minutes"), IDLE_MINUTES),
        session_hours=_whole(chosen.get("session_hours"), SESSION_HOURS),
        keep_names=chosen.get("keep_names") is True,
        keep_emails=chosen.get("keep_emails") is True,
    )


def change_organisation(session: Session, who: Identity, wanted: OrganisationChoices, *, now: datetime) -> int:
    """Decide anew for the organisation of the asker; how many things changed. What may no longer be kept is erased at once.

    Raises Invalid("settings-unusable") with a problem for each field.
    """
    _refuse(_organisation_problems(wanted))
    row = get_organisation(session, who.organisation_id)
    wanted = replace(wanted, name=wanted.name.strip())
    changed = [name for name, value in asdict(wanted).items() if value != getattr(choices_of(row), name)]
    row.name, row.open_join = wanted.name, wanted.open_join
    own = {name: getattr(wanted, name) for name in ("idle_minutes", "session_hours", "keep_names", "keep_emails")}
    row.settings = row.settings | own
    clear_contacts(session, row.id, names=not wanted.keep_names, emails=not wanted.keep_emails)
    for name in changed:
        audit.record_act(session, _ORGANISATION_VERBS[name], person_id=who.person_id, organisation_id=row.id, about=row.id, now=now)
    return len(changed)


def read_site(session: Session, defaults: Site) -> Site:
    """What the operator has decided over the settings of the environment; what cannot be used is left out."""
    found = settings.find_setting(session, _SITE) or {}
    known = {field.name for field in fields(Site)}
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in found.items() if name in known}
    return replace(defaults, **values)


def change_site(session: Session, who: Identity, wanted: Site, *, defaults: Site, now: datetime) -> int:
    """Decide anew for the server; how many things changed. What is as in the environment is not stored, so that it follows it.

    Raises Invalid("settings-unusable") with a problem for each field.
    """
    _refuse(_site_problems(wanted))
    before, after, given = asdict(read_site(session, defaults)), asdict(wanted), asdict(defaults)
    changed = [name for name in after if after[name] != before[name]]
    settings.put_setting(session, _SITE, {name: value for name, value in after.items() if value != given[name]})
    for name in changed:
        actor = audit.mark(session, who.person_id, organisation_id=who.organisation_id)
        audit.record(session, _SITE_VERBS[name], organisation_id="", actor=actor, about=name, now=now)
    return len(changed)


class SiteShelf:
    """The site as this process last read it: one small query every ten seconds at most, none between."""

    def __init__(self) -> None:
        self._known: tuple[datetime, Site] | None = None

    def site(self, database: Database, defaults: Site, *, now: datetime) -> Site:
        """What holds now; while the database does not answer, what held before."""
        known = self.known(now)
        if known is not None:
            return known
        try:
            with database.read() as session:
                found = read_site(session, defaults)
        except SQLAlchemyError:
            found = self._known[1] if self._known else defaults
        self._known = (now, found)
        return found

    def known(self, now: datetime) -> Site | None:
        """What was read not long ago, if anything was."""
        return self._known[1] if self._known is not None and abs(now - self._known[0]) < _BELIEVED else None

    def forget(self) -> None:
        """Read anew when next asked: something was changed here."""
        self._known = None


def _organisation_problems(wanted: OrganisationChoices) -> Iterator[Problem]:
    if not is_name(wanted.name, longest=LONGEST_NAME):
        yield Problem("name-form", Where("name"), {"maximum": LONGEST_NAME})
    for field, (least, most) in (("idle_minutes", IDLE_MINUTES), ("session_hours", SESSION_HOURS)):
        if not least <= getattr(wanted, field) <= most:
            yield Problem("number-range", Where(field), {"least": least, "most": most})


def _site_problems(wanted: Site) -> Iterator[Problem]:
    for field in ("name", "factor_issuer", "factor_label"):
        text = getattr(wanted, field)
        if not text.strip() or len(text) > LONGEST_LABEL or not text.isprintable() or ":" in text:
            yield Problem("label-form", Where(field), {"maximum": LONGEST_LABEL})
    if not _is_address(wanted.exit_url):
        yield Problem("address-form", Where("exit_url"))
    if len(wanted.mirrors) > MOST_MIRRORS or not all(map(_is_address, wanted.mirrors)):
        yield Problem("addresses-form", Where("mirrors"), {"maximum": MOST_MIRRORS})


def _is_address(text: str) -> bool:
    return len(text) <= LONGEST_ADDRESS and bool(_ADDRESS.fullmatch(text))


def _refuse(problems: Iterator[Problem]) -> None:
    if found := tuple(problems):
        raise Invalid("settings-unusable", found)


def _whole(value: object, bounds: tuple[int, int]) -> int:
    return min(max(value, bounds[0]), bounds[1]) if isinstance(value, int) else bounds[1]
