"""The guards: every route names its permission, sessions end, cookies are ours alone."""

import pytest
from flask import Flask

from elearn.access.permission import Permission
from elearn.errors import Refused
from elearn.store.people import PersonRow
from elearn.web import auth
from tests.conftest import StandingClock
from tests.visitor import Visitor


def test_a_route_that_names_no_permission_stops_the_start() -> None:
    app = Flask("test", static_folder=None)
    app.add_url_rule("/bare", "bare", lambda: "")
    with pytest.raises(Refused) as refused:
        auth.check_guards(app)
    assert refused.value.params == {"endpoints": "bare"}


def test_whoever_may_not_is_told_that_nothing_is_there(member: Visitor, visitor: Visitor) -> None:
    member.get("/en/admin/", status=404)
    assert visitor.get("/en/admin/").address == "/en/account/sign-in"


@pytest.mark.parametrize("token", ["", "x", "x" * 4000, "\u202e", "' OR 1=1"])
def test_an_unknown_token_is_nobody(visitor: Visitor, token: str) -> None:
    visitor.client.set_cookie("session", token)
    assert visitor.get("/en/learn/").address == "/en/account/sign-in"


def test_a_session_ends_after_half_an_hour_without_a_request(member: Visitor, clock: StandingClock) -> None:
    for _ in range(3):
        clock.move(minutes=20)
        assert member.get("/en/learn/").address == "/en/learn/"
    clock.move(minutes=31)
    assert member.get("/en/learn/").address == "/en/account/sign-in"


def test_a_session_ends_after_its_life_however_busy_it_is(member: Visitor, clock: StandingClock) -> None:
    for _ in range(12 * 3):
        clock.move(minutes=20)
        member.client.get("/en/learn/")
    assert member.get("/en/learn/").address == "/en/account/sign-in"


def test_a_person_is_known_by_her_own_id(app: Flask, learner: PersonRow, member: Visitor) -> None:
    token = member.client.get_cookie("session")
    assert token is not None
    with app.test_request_context("/en/", headers={"Cookie": f"session={token.value}"}):
        assert auth.person().get_id() == learner.id
        assert auth.identity().person_id == learner.id


def test_nobody_signed_in_is_an_error_of_its_own(app: Flask) -> None:
    with app.test_request_context("/en/"), pytest.raises(auth.SignInNeeded):
        auth.signed_in()


def test_whoever_is_known_already_stays_so(app: Flask) -> None:
    with app.test_request_context("/en/"):
        known = auth.person()
        auth.stay_unknown()
        assert auth.person() is known


def test_every_permission_that_a_route_names_is_one_of_ours(app: Flask) -> None:
    for view in app.view_functions.values():
        assert isinstance(getattr(view, "permission", None), Permission)
