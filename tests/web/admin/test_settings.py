"""Settings of an organisation: who may change them, what is said of wrong ones, and that they hold at once."""

import pytest

from elearn.runtime import Runtime
from elearn.store.audit import list_entries
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow
from tests.conftest import StandingClock
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

SETTINGS = "/en/admin/settings"


def test_settings_are_for_admins_who_have_just_signed_in(member: Visitor, visitor: Visitor, admin: Visitor, clock: StandingClock) -> None:
    member.get(SETTINGS, status=404)
    assert visitor.get(SETTINGS).heading == "Sign in"
    assert admin.get(SETTINGS).heading == "Settings of the organisation"
    clock.move(minutes=6)
    assert admin.get(SETTINGS).heading != "Settings of the organisation"


def test_settings_are_changed_and_recorded(admin: Visitor, runtime: Runtime, organisation_id: str) -> None:
    page = admin.get(SETTINGS)
    typed = {"name": "House of Rights", "open_join": "", "idle_minutes": "10", "session_hours": "6", "keep_names": "y"}
    page = admin.submit(page, SETTINGS, typed)
    assert "were changed" in page.text
    with runtime.database.read(organisation_id) as session:
        row = get_organisation(session, organisation_id)
        assert (row.name, row.settings["idle_minutes"], row.settings["keep_names"]) == ("House of Rights", 10, True)
        verbs = {entry.verb for entry in list_entries(session, organisation_id)}
    assert {"organisation.renamed", "organisation.idle-time", "organisation.session-time", "organisation.names"} <= verbs
    assert "Nothing was changed." in admin.submit(page, SETTINGS, {}).text


def test_a_shorter_session_ends_at_the_next_click(
    admin: Visitor, member: Visitor, learner: PersonRow, clock: StandingClock, sign_in_as: SignInAs
) -> None:
    assert learner.role == "learner"
    other = sign_in_as(learner)
    clock.move(minutes=4)
    admin.submit(admin.get(SETTINGS), SETTINGS, {"idle_minutes": "5"})
    member.get("/en/account/")
    clock.move(minutes=2)
    assert other.get("/en/account/").heading == "Sign in"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Write the name of the organisation."),
        ({"idle_minutes": "4"}, "Choose a whole number from 5 to 30."),
        ({"session_hours": "13"}, "Choose a whole number from 1 to 12."),
        ({"session_hours": "many"}, "Write a whole number"),
        ({"session_hours": ""}, "Write a whole number"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field_and_changes_nothing(
    admin: Visitor, runtime: Runtime, organisation_id: str, typed: dict[str, str], said: str
) -> None:
    page = admin.submit(admin.get(SETTINGS), SETTINGS, typed, status=422)
    assert said in page.text
    with runtime.database.read(organisation_id) as session:
        assert get_organisation(session, organisation_id).settings == {}
