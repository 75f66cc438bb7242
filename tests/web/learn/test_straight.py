"""The straight way of answers that scripts save: it says what the long way says, and whatever is not in order goes the long way."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request_started
from werkzeug.test import Cookie, TestResponse

from elearn.access.rules import needs_fresh
from elearn.actions import answering
from elearn.errors import Unavailable
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow, get_person
from elearn.store.sessions import list_sessions
from elearn.web import auth
from elearn.web.app import create_app
from tests.factories import make_organisation, make_person
from tests.servers import SERVER
from tests.visitor import Seen, Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.learn.sitting import begin, right, steps
from tests.web.teaching import BEFORE, DRILL

pytestmark = pytest.mark.skipif(bool(SERVER), reason="on PostgreSQL every answer goes the long way")

PLAIN = "application/x-www-form-urlencoded;charset=UTF-8"
PARTS = "multipart/form-data"


@pytest.fixture(autouse=True)
def release(every_kind: int) -> int:
    return every_kind


@pytest.fixture
def long_ways(app: Flask) -> Iterator[list[int]]:
    """One entry for each request that Flask has answered."""
    seen: list[int] = []

    def note(*_said: object, **_more: object) -> None:
        seen.append(1)

    with request_started.connected_to(note, app):
        yield seen


@dataclass
class Save:
    """An answer as the script of its page sends it."""

    visitor: Visitor
    path: str
    data: dict[str, Any]
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "application/json", "Sec-Fetch-Site": "same-origin"})
    more: dict[str, Any] = field(default_factory=lambda: {"content_type": PLAIN})

    def send(self) -> TestResponse:
        return self.visitor.client.post(self.path, data=self.data, headers=self.headers, **self.more)


def save_of(who: Visitor, page: Seen) -> Save:
    form = page.form("/answer")
    return Save(who, form.get("action", ""), {**filled(form), **right(page), "save": "1"})


def jar(one: Save) -> dict[tuple[str, str, str], Cookie]:
    return one.visitor.client._cookies or {}


@pytest.fixture
def save(member: Visitor) -> Save:
    """A first answer of the final quiz, about to be saved."""
    return save_of(member, begin(member))


def test_an_answer_in_order_goes_the_straight_way(save: Save, long_ways: list[int], learner: PersonRow, database: Database) -> None:
    long_ways.clear()
    answer = save.send()
    assert (answer.status_code, long_ways) == (200, [])
    assert len(steps(database, learner)) == 1


@pytest.mark.parametrize("site", ["http://localhost", "https://localhost", "http://127.0.0.1:8000"])
def test_both_ways_say_the_same(save: Save, long_ways: list[int], site: str, learner: PersonRow, database: Database) -> None:
    long_ways.clear()
    said = []
    for kind in (PLAIN, PARTS):
        cookies = {cookie.key: cookie.value for cookie in [*jar(save).values()]}
        for name, value in cookies.items():
            save.visitor.client.set_cookie(name, value, domain=site.partition("//")[2].partition(":")[0])
        save.more = {"content_type": kind, "base_url": site}
        answer = save.send()
        told = json.loads(answer.get_data())
        said.append((answer.status, told | {"key": len(told["key"])}, sorted(answer.headers.items())))
    assert said[0] == said[1]
    assert said[0][1]["saved"] is True
    assert ("Strict-Transport-Security" in dict(said[0][2])) is site.startswith("https")
    assert len(long_ways) == 1
    assert len(steps(database, learner)) == 1, "the second time it was the same answer"


def test_behind_a_proxy_it_is_the_proxy_that_says_which_site_was_asked(
    runtime: Runtime, learner: PersonRow, save: Save, long_ways: list[int]
) -> None:
    settings = replace(runtime.settings, public_url="https://qadam.example", proxy_hops=1)
    client = create_app(replace(runtime, settings=settings)).test_client()
    token = next(cookie for cookie in jar(save).values() if cookie.key == "session").value
    client.set_cookie("__Host-session", token, secure=True, domain="qadam.example")
    asked = {"X-Forwarded-Host": "qadam.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
    page = client.get(
        save.path.removesuffix("answer").partition("?")[0].removesuffix("answer"), headers=asked, base_url="https://qadam.example"
    )
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))
    assert found
    data = save.data | {"csrf_token": found.group(1)}
    for origin, status in (("https://qadam.example", 200), ("http://qadam.example", 403), ("https://localhost", 403)):
        headers = {"Accept": "application/json", "Origin": origin, **asked}
        answer = client.post(save.path, data=data, headers=headers, content_type=PLAIN, base_url="https://qadam.example")
        assert answer.status_code == status
    assert len(long_ways) == 0, "those were requests to another application"


def _foreign(one: Save) -> None:
    one.path = re.sub(r"/attempt/[0-9a-f]+/", f"/attempt/{'0' * 32}/", one.path)


def _odd_cookies(one: Save) -> None:
    one.visitor.client._cookies = None
    one.headers["Cookie"] = "session=\x80\xff"


#: What is not in order about a request, how it is made so, and the status that the long way answers with.
DEVIATIONS: dict[str, tuple[Callable[[Save], object], int]] = {
    "another token": (lambda one: one.data.update(csrf_token="forged"), 403),
    "no token": (lambda one: one.data.pop("csrf_token"), 403),
    "two tokens, the first forged": (lambda one: one.data.update(csrf_token=["forged", *one.data["csrf_token"]]), 403),
    "sent by another site": (lambda one: one.headers.update({"Sec-Fetch-Site": "cross-site"}), 403),
    "sent by a site beside": (lambda one: one.headers.update({"Sec-Fetch-Site": "same-site"}), 403),
    "from another origin": (lambda one: one.headers.update({"Origin": "https://elsewhere.example"}), 403),
    "to another host": (lambda one: one.headers.update({"Host": "elsewhere.example"}), 400),
    "a NUL in a value": (lambda one: one.data.update(more="a\0b"), 400),
    "a NUL in a name": (lambda one: one.data.update({"a\0b": "more"}), 400),
    "a NUL in the query": (lambda one: setattr(one, "path", f"{one.path}&more=%00"), 400),
    "nobody": (lambda one: one.visitor.client.delete_cookie("session"), 401),
    "somebody unknown": (lambda one: one.visitor.client.set_cookie("session", "x" * 43), 401),
    "cookies that are no text": (_odd_cookies, 401),
    "no form cookie": (lambda one: one.visitor.client.delete_cookie("form"), 403),
    "a form cookie of nobody": (lambda one: one.visitor.client.set_cookie("form", "e30.x.y"), 403),
    "another attempt": (_foreign, 404),
    "a page that it is not of": (lambda one: setattr(one, "path", one.path.replace("/final/", "/none/")), 404),
    "a course that it is not of": (lambda one: setattr(one, "path", one.path.replace("/every-kind/", "/minimal/")), 404),
    "an empty part of the address": (lambda one: setattr(one, "path", one.path.replace("/quizzes/", "//")), 404),
    "a language that is none": (lambda one: setattr(one, "path", one.path.replace("/en/", "/xx/")), 404),
    "a question that is none": (lambda one: one.data.update(question="none"), 404),
    "no question": (lambda one: one.data.pop("question"), 422),
    "an answer that is none": (lambda one: one.data.update({f"{one.data['question'][0]}:choice": "none"}), 422),
}


@pytest.mark.parametrize(("spoil", "status"), DEVIATIONS.values(), ids=DEVIATIONS.keys())
def test_what_is_not_in_order_is_refused_as_ever(
    save: Save, spoil: Callable[[Save], object], status: int, long_ways: list[int], learner: PersonRow, database: Database
) -> None:
    spoil(save)
    long_ways.clear()
    assert (save.send().status_code, len(long_ways)) == (status, 1)
    assert steps(database, learner) == []


def test_a_form_that_is_cut_or_too_large_is_refused_as_ever(app: Flask, runtime: Runtime, save: Save, long_ways: list[int]) -> None:
    long_ways.clear()
    save.more |= {"environ_overrides": {"CONTENT_LENGTH": "500"}}
    assert save.send().status_code == 400
    save.more = {"content_type": PLAIN}
    save.data |= {"more": "x" * runtime.settings.max_body_bytes}
    assert save.send().status_code == 413
    assert len(long_ways) == 2


def test_another_persons_attempt_is_not_there(
    save: Save, long_ways: list[int], database: Database, organisation_id: str, sign_in_as: SignInAs, learner: PersonRow
) -> None:
    with database.transaction() as session:
        beside = make_person(session, organisation_id)
        away = make_person(session, make_organisation(session, "away").id)
    for other in (beside, away):
        who = sign_in_as(other)
        theirs = save_of(who, begin(who))
        theirs.path = save.path
        long_ways.clear()
        assert (theirs.send().status_code, len(long_ways)) == (404, 1)
    assert steps(database, learner) == []


@pytest.mark.parametrize(("state", "status"), [("suspended", 401), ("choosing", 403)])
def test_whoever_may_not_learn_now_is_told_so(
    save: Save, state: str, status: int, long_ways: list[int], database: Database, learner: PersonRow, runtime: Runtime
) -> None:
    with database.transaction(learner.organisation_id) as session:
        found = get_person(session, learner.id)
        if state == "choosing":
            found.passphrase_ends_on = runtime.clock().date()
        else:
            found.state = state
    long_ways.clear()
    assert (save.send().status_code, len(long_ways)) == (status, 1)
    assert steps(database, learner) == []


def test_a_session_that_was_not_seen_for_a_while_is_noted_by_the_long_way(
    app: Flask, runtime: Runtime, save: Save, long_ways: list[int], database: Database, learner: PersonRow
) -> None:
    later = runtime.clock() + timedelta(minutes=6)
    app.extensions[auth.EXTENSION] = moved = replace(runtime, clock=lambda: later)
    app.extensions["elearn straight"]._ours = moved
    long_ways.clear()
    assert [save.send().status_code for _ in range(2)] == [200, 200]
    assert len(long_ways) == 1
    with database.read(learner.organisation_id) as session:
        assert list_sessions(session, learner.id)[0].seen_at == later


@pytest.mark.parametrize("minutes", [31, 60 * 24 * 40])
def test_a_session_or_form_that_is_over_is_over(app: Flask, runtime: Runtime, save: Save, long_ways: list[int], minutes: int) -> None:
    app.extensions[auth.EXTENSION] = moved = replace(runtime, clock=lambda: runtime.clock() + timedelta(minutes=minutes))
    app.extensions["elearn straight"]._ours = moved
    long_ways.clear()
    assert save.send().status_code in (401, 403)
    assert len(long_ways) == 1


def test_what_is_judged_at_once_goes_the_long_way(member: Visitor, long_ways: list[int]) -> None:
    page = begin(member, DRILL)
    form = page.form("/answer")
    data = {**filled(form), "columns:text": "2", "save": "1"}
    long_ways.clear()
    assert (Save(member, form.get("action", ""), data).send().status_code, len(long_ways)) == (200, 1)


def test_a_form_without_scripts_goes_the_long_way(save: Save, long_ways: list[int]) -> None:
    save.data.pop("save")
    long_ways.clear()
    assert (save.send().status_code, len(long_ways)) == (303, 1)


def test_a_notice_that_waits_is_not_lost(member: Visitor, learner: PersonRow, database: Database, long_ways: list[int]) -> None:
    page = begin(member, BEFORE)
    form = page.form("/answer")
    data = {**filled(form), "all-people:choice": "yes"}
    member.client.post(form.get("action", ""), data=data)
    one = Save(member, form.get("action", ""), data | {"all-people:choice": "no", "save": "1"})
    long_ways.clear()
    assert (one.send().status_code, len(long_ways)) == (200, 1)
    assert "Saved." in member.get(page.address).text


def test_an_attempt_that_was_handed_in_takes_no_answer(
    member: Visitor, save: Save, long_ways: list[int], learner: PersonRow, database: Database
) -> None:
    page = member.get(save.path.partition("answer")[0])
    member.submit(member.get(f"{page.address}?q=end"), "/hand-in")
    before = len(steps(database, learner))
    long_ways.clear()
    assert save.send().status_code == 403
    assert len(long_ways) == 1
    assert len(steps(database, learner)) == before


def test_the_deed_of_the_straight_way_asks_for_no_fresh_sign_in(app: Flask) -> None:
    assert not needs_fresh(app.extensions["elearn straight"]._permission)


def test_what_was_met_while_saving_is_told_and_not_met_again(
    app: Flask, save: Save, long_ways: list[int], monkeypatch: pytest.MonkeyPatch, learner: PersonRow, database: Database
) -> None:
    """A database that is locked is waited for ten seconds: once is enough."""
    met = []

    def locked(*_given: object, **_named: object) -> None:
        met.append(1)
        raise Unavailable("busy")

    monkeypatch.setattr(answering, "save_at_once", locked)
    long_ways.clear()
    assert (save.send().status_code, len(long_ways), len(met)) == (503, 1, 1)
    monkeypatch.undo()
    assert save.send().status_code == 200
    assert len(steps(database, learner)) == 1


def test_whoever_adds_a_gate_for_every_request_thinks_of_the_straight_way(app: Flask) -> None:
    """Each of these is passed there too, or has nothing to say about an answer: limits hold back slow hashes only."""
    gates = [gate.__qualname__.removeprefix("register.<locals>.") for gate in app.before_request_funcs[None]]
    assert gates == ["refuse_cross_site", "CSRFProtect.init_app.<locals>.csrf_protect", "protect", "refuse_unusable"]
    assert [name for name, found in app.before_request_funcs.items() if name and found] == []
    after = [step.__qualname__.rpartition(".")[2] for step in app.after_request_funcs[None]]
    assert after == ["secure", "_keep_language", "pack"]
    assert [name for name, found in app.after_request_funcs.items() if name and found] == []
