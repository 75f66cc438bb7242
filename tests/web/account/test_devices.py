from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.sessions import list_sessions
from tests.conftest import StandingClock
from tests.factories import make_person
from tests.visitor import Visitor
from tests.web.conftest import SignInAs

SESSIONS = "/en/account/sessions"


def test_each_session_is_shown_with_days_and_the_own_word(
    member: Visitor, learner: PersonRow, sign_in_as: SignInAs, clock: StandingClock
) -> None:
    page = member.submit(member.get(SESSIONS), "/account/sessions/label", {"label": "The old phone"})
    assert "The old phone this one" in page.text
    clock.move(minutes=1)
    sign_in_as(learner)
    page = member.get(SESSIONS)
    assert "Session 2" in page.text
    assert "2 March 2026" in page.text
    assert "09:17" not in page.text


def test_one_session_can_be_ended(member: Visitor, learner: PersonRow, sign_in_as: SignInAs) -> None:
    elsewhere = sign_in_as(learner)
    page = member.get(SESSIONS)
    mark = page.one("button", name="session").get("value", "")
    page = member.submit(page, "/account/sessions", {"session": mark})
    assert "1 session has ended." in page.text
    assert elsewhere.get(SESSIONS).heading == "Sign in"
    assert member.get(SESSIONS).heading == "Where I am signed in"


def test_all_others_can_be_ended_at_once(member: Visitor, learner: PersonRow, sign_in_as: SignInAs) -> None:
    others = [sign_in_as(learner), sign_in_as(learner)]
    page = member.submit(member.get(SESSIONS), "/account/sessions", {"others": "1"})
    assert "2 sessions have ended." in page.text
    assert [other.get(SESSIONS).heading for other in others] == ["Sign in", "Sign in"]


def test_nobody_ends_the_session_of_somebody_else(member: Visitor, database: Database, organisation_id: str, sign_in_as: SignInAs) -> None:
    with database.transaction() as session:
        other = make_person(session, organisation_id)
    sign_in_as(other)
    with database.read(organisation_id) as session:
        mark = list_sessions(session, other.id)[0].token_hash[:16]
    page = member.submit(member.get(SESSIONS), "/account/sessions", {"session": mark})
    assert "0 sessions have ended." in page.text
    with database.read(organisation_id) as session:
        assert len(list_sessions(session, other.id)) == 1
