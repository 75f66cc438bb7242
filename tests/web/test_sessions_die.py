"""A copied cookie fails at the very next request after everything that must end a session (safety.md, row 8)."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from elearn.access.identity import Identity, Role
from elearn.access.timecode import code_at, step_at
from elearn.actions import account, erase, factor, people
from elearn.actions import session as deeds
from elearn.runtime import Runtime
from elearn.store.backup_doors import shut_doors
from elearn.store.organisations import get_organisation
from elearn.store.people import PersonRow, get_person
from elearn.store.sessions import SignedIn, list_sessions
from elearn.store.tenancy import everyone
from elearn.web.auth import cookie_name
from tests.conftest import StandingClock
from tests.factories import PASSPHRASE, make_factor, make_person, make_signed_in
from tests.visitor import Visitor, filled
from tests.web.conftest import SignInAs

NEW = "lantern river copper 9 oak"


@dataclass(frozen=True)
class Scene:
    """A person signed in here and elsewhere; the cookie from elsewhere has been copied."""

    app: Flask
    runtime: Runtime
    clock: StandingClock
    person: PersonRow
    here: Visitor
    elsewhere: Visitor

    @property
    def who(self) -> SignedIn:
        """The session of this browser."""
        found = self.look(self.here)
        assert found is not None
        return found

    @property
    def admin(self) -> Identity:
        """An admin of her organisation."""
        with self.runtime.database.transaction() as session:
            row = make_person(session, self.person.organisation_id, role="admin")
        return Identity(row.id, row.organisation_id, frozenset({Role.ADMIN}))

    def look(self, visitor: Visitor) -> SignedIn | None:
        """Give the session behind the cookie of a browser."""
        with self.app.app_context():
            cookie = visitor.client.get_cookie(cookie_name())
        with self.runtime.database.read() as session:
            return deeds.current(session, cookie.value if cookie else "", now=self.clock.now)

    def press(self, visitor: Visitor, page: str, action: str, **fields: str) -> None:
        """Send a form as a browser does."""
        visitor.client.post(f"/en{action}", data={**filled(visitor.get(page).form(action)), **fields})


def signed_out(scene: Scene) -> None:
    scene.press(scene.elsewhere, "/en/account/", "/account/sign-out")


def left_in_a_hurry(scene: Scene) -> None:
    scene.press(scene.elsewhere, "/en/account/", "/account/exit")


def signed_in_anew(scene: Scene) -> None:
    scene.press(scene.elsewhere, "/en/account/sign-in?fresh=1", "/account/sign-in", handle=scene.person.handle, passphrase=PASSPHRASE)


def passphrase_changed(scene: Scene) -> None:
    account.change_passphrase(scene.runtime.database, scene.who, NEW, now=scene.clock.now)


def passphrase_recovered(scene: Scene) -> None:
    codes = account.new_recovery_sheet(scene.runtime.database, scene.who, now=scene.clock.now)
    account.recover(scene.runtime.database, scene.person.handle, codes[0], NEW, now=scene.clock.now)


def factor_added(scene: Scene) -> None:
    keys, database = scene.runtime.keys.seal, scene.runtime.database
    with database.transaction(scene.person.organisation_id) as session:
        seed = factor.begin(session, scene.who, keys=keys)
    factor.switch_on(database, scene.who, code_at(seed, step_at(scene.clock.now)), keys=keys, now=scene.clock.now)


def factor_removed(scene: Scene) -> None:
    with scene.runtime.database.transaction() as session:
        make_factor(session, scene.person, scene.runtime.keys.seal)
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        factor.switch_off(session, scene.who, now=scene.clock.now)


def erasure_asked_for(scene: Scene) -> None:
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        erase.request_erasure(session, make_signed_in(scene.person), now=scene.clock.now)


def role_changed(scene: Scene) -> None:
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        assert people.change_role(session, scene.admin, scene.person.id, "translator", now=scene.clock.now)


def suspended(scene: Scene) -> None:
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        assert people.suspend(session, scene.admin, scene.person.id, now=scene.clock.now)


def suspended_behind_our_back(scene: Scene) -> None:
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        get_person(session, scene.person.id).state = "suspended"


def ended_by_an_admin(scene: Scene) -> None:
    with scene.runtime.database.transaction(scene.person.organisation_id) as session:
        assert people.end_sessions(session, scene.admin, scene.person.id, now=scene.clock.now) == 2


def passphrase_reset(scene: Scene) -> None:
    given = people.start_reset(scene.runtime.database, scene.admin, scene.person.id, now=scene.clock.now)
    account.recover(scene.runtime.database, scene.person.handle, given, NEW, now=scene.clock.now)


def restored_from_a_backup(scene: Scene) -> None:
    with scene.runtime.database.transaction() as session, everyone(session):
        shut_doors(session)


def ended_alone(scene: Scene) -> None:
    with scene.runtime.database.read(scene.person.organisation_id) as session:
        (mark,) = [row.token_hash[:16] for row in list_sessions(session, scene.person.id) if row.token_hash != scene.who.token_hash]
    scene.press(scene.here, "/en/account/sessions", "/account/sessions", session=mark)


def ended_with_all_others(scene: Scene) -> None:
    scene.press(scene.here, "/en/account/sessions", "/account/sessions", others="1")


def idle_too_long(scene: Scene) -> None:
    scene.clock.move(minutes=30)


def older_than_its_life(scene: Scene) -> None:
    for _ in range(12 * 4 + 1):
        scene.clock.move(minutes=15)
        scene.elsewhere.client.get("/en/account/")


def idle_time_shortened(scene: Scene) -> None:
    scene.clock.move(minutes=6)
    with scene.runtime.database.transaction() as session:
        get_organisation(session, scene.person.organisation_id).settings = {"idle_minutes": 5}


def life_shortened(scene: Scene) -> None:
    for _ in range(5):
        scene.clock.move(minutes=15)
        scene.elsewhere.client.get("/en/account/")
    with scene.runtime.database.transaction() as session:
        get_organisation(session, scene.person.organisation_id).settings = {"session_hours": 1}


CASES: tuple[Callable[[Scene], None], ...] = (
    signed_out,
    left_in_a_hurry,
    signed_in_anew,
    passphrase_changed,
    passphrase_recovered,
    factor_added,
    factor_removed,
    erasure_asked_for,
    role_changed,
    suspended,
    suspended_behind_our_back,
    ended_by_an_admin,
    passphrase_reset,
    restored_from_a_backup,
    ended_alone,
    ended_with_all_others,
    idle_too_long,
    older_than_its_life,
    idle_time_shortened,
    life_shortened,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_copied_cookie_is_dead_at_the_next_request_after(
    app: Flask, runtime: Runtime, clock: StandingClock, learner: PersonRow, sign_in_as: SignInAs, case: Callable[[Scene], None]
) -> None:
    here, elsewhere = sign_in_as(learner), sign_in_as(learner)
    scene = Scene(app, runtime, clock, learner, here, elsewhere)
    cookie = elsewhere.client.get_cookie("session")
    assert cookie is not None
    thief = Visitor(app.test_client())
    thief.client.set_cookie("session", cookie.value)
    assert thief.client.get("/en/account/").status_code == 200
    case(scene)
    thief.client.set_cookie("session", cookie.value)
    answer = thief.client.get("/en/account/")
    assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/en/account/sign-in")
