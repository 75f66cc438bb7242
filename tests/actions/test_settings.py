"""Choices of an organisation and of the operator: within bounds, recorded one by one, and in force at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from elearn.access.identity import Identity, Role
from elearn.actions.session import lifetimes
from elearn.actions.settings import (
    OrganisationChoices,
    Site,
    SiteShelf,
    change_organisation,
    change_site,
    choices_of,
    read_site,
)
from elearn.errors import Invalid
from elearn.store import audit
from elearn.store.contacts import ContactRow
from elearn.store.engine import Database
from elearn.store.organisations import get_organisation
from elearn.store.settings import find_setting, put_setting
from elearn.store.tenancy import everyone
from tests.factories import NOW, make_organisation, make_person

DEFAULTS = Site(name="Qadam", neutral_titles=False, factor_issuer="Account", factor_label="me", exit_url="https://example.org/", mirrors=())


@pytest.fixture
def admin(session: Session, organisation_id: str) -> Identity:
    return Identity(make_person(session, organisation_id, role="admin").id, organisation_id, frozenset({Role.ADMIN}))


def verbs(session: Session, organisation_id: str) -> list[str]:
    return [entry.verb for entry in reversed(audit.list_entries(session, organisation_id))]


def test_an_organisation_begins_with_the_house_s_own_choices(session: Session, organisation_id: str) -> None:
    chosen = choices_of(get_organisation(session, organisation_id))
    assert (chosen.idle_minutes, chosen.session_hours, chosen.keep_names, chosen.keep_emails) == (30, 12, False, False)


def test_what_changes_is_stored_and_recorded_and_nothing_else(session: Session, admin: Identity) -> None:
    row = get_organisation(session, admin.organisation_id)
    row.settings = {"other": 1}
    before = choices_of(row)
    assert change_organisation(session, admin, before, now=NOW) == 0
    wanted = replace(before, name=" New name ", idle_minutes=10, keep_emails=True)
    assert change_organisation(session, admin, wanted, now=NOW) == 3
    assert choices_of(row) == replace(wanted, name="New name")
    assert row.settings["other"] == 1
    assert verbs(session, row.id) == ["organisation.renamed", "organisation.idle-time", "organisation.emails"]
    assert change_organisation(session, admin, replace(wanted, open_join=False, session_hours=2, keep_names=True), now=NOW) == 3
    assert lifetimes("learner", row.settings) == (timedelta(minutes=10), timedelta(hours=2))
    assert lifetimes("admin", row.settings) == (timedelta(minutes=10), timedelta(hours=2))


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"name": "  "}, ["name"]),
        ({"name": "x" * 121}, ["name"]),
        ({"name": "a\u202eb"}, ["name"]),
        ({"idle_minutes": 4}, ["idle_minutes"]),
        ({"idle_minutes": 31, "session_hours": 0}, ["idle_minutes", "session_hours"]),
        ({"session_hours": 13}, ["session_hours"]),
    ],
)
def test_what_is_out_of_bounds_is_refused_by_field(session: Session, admin: Identity, values: dict[str, object], fields: list[str]) -> None:
    row = get_organisation(session, admin.organisation_id)
    wanted: OrganisationChoices = replace(choices_of(row), **values)  # type: ignore[arg-type]
    with pytest.raises(Invalid, match="settings-unusable") as refused:
        change_organisation(session, admin, wanted, now=NOW)
    assert [problem.where.file for problem in refused.value.problems] == fields
    assert verbs(session, row.id) == []


@pytest.mark.parametrize("stored", [{"idle_minutes": 1, "session_hours": 99}, {"idle_minutes": "x", "keep_names": "yes"}])
def test_stored_values_out_of_bounds_are_read_within(session: Session, organisation_id: str, stored: dict[str, object]) -> None:
    row = get_organisation(session, organisation_id)
    row.settings = stored
    chosen = choices_of(row)
    assert chosen.idle_minutes in (5, 30)
    assert chosen.session_hours == 12
    assert not chosen.keep_names


def test_what_may_no_longer_be_kept_is_erased_at_once_and_only_here(database: Database) -> None:
    with database.transaction() as session, everyone(session):
        first, other = make_organisation(session).id, make_organisation(session).id
        for organisation_id in (first, other):
            get_organisation(session, organisation_id).settings = {"keep_names": True, "keep_emails": True}
            for email in (b"sealed", None):
                person = make_person(session, organisation_id)
                hers = {"person_id": person.id, "organisation_id": organisation_id}
                session.add(ContactRow(**hers, name=b"sealed", email=email, email_index=email and "i", consent_on=NOW.date()))
        admin = Identity(make_person(session, first, role="admin").id, first)
    with database.transaction(first) as session:
        chosen = choices_of(get_organisation(session, first))
        change_organisation(session, admin, replace(chosen, keep_names=False), now=NOW)
    with database.read() as session, everyone(session):
        found = session.execute(sa.select(ContactRow.organisation_id, ContactRow.name, ContactRow.email)).all()
    assert sorted((row for row in found if row[0] == first), key=str) == [(first, None, b"sealed")]
    assert len([row for row in found if row[0] == other and row[1] == b"sealed"]) == 2


def test_the_site_is_as_in_the_environment_until_somebody_decides(session: Session, admin: Identity) -> None:
    assert read_site(session, DEFAULTS) == DEFAULTS
    wanted = replace(DEFAULTS, name="Notes", mirrors=("https://a.example", "http://abcdef.onion/x"))
    assert change_site(session, admin, wanted, defaults=DEFAULTS, now=NOW) == 2
    assert read_site(session, DEFAULTS) == wanted
    assert read_site(session, replace(DEFAULTS, exit_url="https://other.example/")).exit_url == "https://other.example/"
    assert verbs(session, "") == ["site.name", "site.mirrors"]
    assert change_site(session, admin, DEFAULTS, defaults=DEFAULTS, now=NOW) == 2
    assert find_setting(session, "site") == {}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"factor_issuer": "a:b"}, "factor_issuer"),
        ({"factor_label": "x" * 41}, "factor_label"),
        ({"exit_url": ""}, "exit_url"),
        ({"exit_url": "javascript:alert(1)"}, "exit_url"),
        ({"exit_url": "https://a.example; script-src *"}, "exit_url"),
        ({"exit_url": "https://user@a.example/"}, "exit_url"),
        ({"mirrors": ("https://a.example",) * 21}, "mirrors"),
        ({"mirrors": ("ftp://a.example",)}, "mirrors"),
    ],
)
def test_what_the_site_cannot_use_is_refused(session: Session, admin: Identity, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid, match="settings-unusable") as refused:
        change_site(session, admin, replace(DEFAULTS, **values), defaults=DEFAULTS, now=NOW)  # type: ignore[arg-type]
    assert [problem.where.file for problem in refused.value.problems] == [field]


def test_a_process_reads_the_site_at_most_every_ten_seconds(database: Database) -> None:
    shelf, asked = SiteShelf(), []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *_: asked.append(1))
    assert shelf.site(database, DEFAULTS, now=NOW) == DEFAULTS
    first = len(asked)
    with database.transaction() as session:
        put_setting(session, "site", {"name": "Notes", "no-longer-known": 1})
    before = len(asked)
    assert shelf.site(database, DEFAULTS, now=NOW + timedelta(seconds=9)).name == "Qadam"
    assert len(asked) == before
    assert shelf.site(database, DEFAULTS, now=NOW + timedelta(seconds=10)).name == "Notes"
    assert len(asked) - before <= first
    shelf.forget()
    assert shelf.site(database, DEFAULTS, now=NOW + timedelta(seconds=10)).name == "Notes"
    assert shelf.site(database, DEFAULTS, now=NOW - timedelta(days=1)).name == "Notes"


def test_while_the_database_is_away_what_held_before_holds(empty_url: str, database: Database) -> None:
    empty, shelf = Database(empty_url), SiteShelf()
    assert shelf.site(empty, DEFAULTS, now=NOW) == DEFAULTS
    with database.transaction() as session:
        put_setting(session, "site", {"name": "Notes"})
    shelf.forget()
    assert shelf.site(database, DEFAULTS, now=NOW).name == "Notes"
    assert shelf.site(empty, DEFAULTS, now=NOW + timedelta(minutes=1)).name == "Notes"
    empty.dispose()
