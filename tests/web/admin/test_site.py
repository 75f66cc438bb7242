"""Settings of the site: the operator's alone, and everybody sees them at once."""

import pytest

from elearn.runtime import Runtime
from elearn.store.audit import list_entries
from elearn.store.engine import Database
from elearn.store.settings import put_setting
from tests.conftest import StandingClock
from tests.factories import make_person
from tests.visitor import Visitor, text_of
from tests.web.conftest import SignInAs

SITE = "/en/admin/site"


@pytest.fixture
def operator(database: Database, organisation_id: str, sign_in_as: SignInAs) -> Visitor:
    with database.transaction() as session:
        person = make_person(session, organisation_id, role="operator")
    return sign_in_as(person)


def test_only_the_operator_finds_the_page(member: Visitor, database: Database, organisation_id: str, sign_in_as: SignInAs) -> None:
    with database.transaction() as session:
        admin = make_person(session, organisation_id, role="admin")
    member.get(SITE, status=404)
    sign_in_as(admin).get(SITE, status=404)


def test_what_the_operator_decides_holds_for_everybody(operator: Visitor, visitor: Visitor, runtime: Runtime) -> None:
    typed = {
        "name": "Notes",
        "neutral_titles": "y",
        "factor_issuer": "Garden",
        "exit_url": "https://weather.example/today",
        "mirrors": "https://a.example\nhttp://abc.onion/",
    }
    shown = operator.get(SITE)
    operator.neutral_title = "Notes"
    page = operator.submit(shown, SITE, typed)
    assert "5 settings were changed." in page.text
    visitor.neutral_title = "Notes"
    seen = visitor.get("/en/safety")
    assert "http://abc.onion/" in seen.text
    assert "form-action 'self' https://weather.example;" in seen.response.headers["Content-Security-Policy"]
    with runtime.database.read() as session:
        entries = list_entries(session, "")
    assert sorted(entry.verb for entry in entries) == ["site.codes", "site.exit", "site.mirrors", "site.name", "site.titles"]
    assert {entry.object for entry in entries} <= {"name", "neutral_titles", "factor_issuer", "exit_url", "mirrors"}
    assert "Nothing was changed." in operator.submit(operator.get(SITE), SITE, {}).text


def test_another_process_follows_within_ten_seconds(runtime: Runtime, clock: StandingClock, visitor: Visitor) -> None:
    visitor.get("/en/safety")
    with runtime.database.transaction() as session:
        put_setting(session, "site", {"name": "Elsewhere"})
    assert "Elsewhere" not in text_of(visitor.get("/en/safety").one("title"))
    clock.move(seconds=10)
    assert "Elsewhere" in text_of(visitor.get("/en/safety").one("title"))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Write a name for the site."),
        ({"factor_label": "a:b"}, "without a colon"),
        ({"exit_url": "https://a.example; script-src *"}, "Write a whole address"),
        ({"mirrors": "a.example"}, "one whole address a line"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(operator: Visitor, typed: dict[str, str], said: str) -> None:
    assert said in operator.submit(operator.get(SITE), SITE, typed, status=422).text
