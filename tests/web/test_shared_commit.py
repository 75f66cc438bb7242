"""Answers saved at the same moment share one commit: each is told the truth about its own, whatever becomes of the others."""

import threading
import time
from typing import Any

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.store import together as together_module
from elearn.store.attempts import list_attempts, list_steps
from elearn.store.people import PersonRow
from elearn.store.together import Together
from elearn.web.learn.attempt import saves_answer
from elearn.web.turns import Turns
from tests.factories import make_person
from tests.servers import SERVER
from tests.visitor import Visitor, filled
from tests.web.conftest import SignInAs
from tests.web.learn.sitting import begin, right
from tests.web.teaching import publish_open

pytestmark = pytest.mark.skipif(bool(SERVER), reason="PostgreSQL lets commits wait for the disk together by itself")

_LARGEST = 100_000


@pytest.fixture
def turns(app: Flask) -> Turns:
    """The application as a worker serves it."""
    taking = Turns(app.wsgi_app, largest=_LARGEST, shares=saves_answer)
    app.wsgi_app = taking  # type: ignore[method-assign,assignment]
    return taking


@pytest.fixture
def people(runtime: Runtime, organisation_id: str) -> list[PersonRow]:
    publish_open(runtime)
    with runtime.database.transaction(organisation_id) as session:
        return [make_person(session, organisation_id) for _ in range(4)]


@pytest.fixture
def commits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many writes stood at each shared commit, as they are made."""
    made: list[int] = []
    real = Together.commit

    def counted(self: Together) -> None:
        made.append(self.writes)
        real(self)

    monkeypatch.setattr(Together, "commit", counted)
    return made


class Saving(threading.Thread):
    """Somebody who saves the first answer of the final test, in a thread of her own."""

    def __init__(self, who: Visitor, more: dict[str, str] | None = None, *, script: bool = True) -> None:
        super().__init__()
        page = begin(who)
        form = page.form("/answer")
        data = {**filled(form), **right(page), **({"save": "1"} if script else {}), **(more or {})}
        self._ask: dict[str, Any] = {"path": form.get("action", ""), "data": data}
        self._client = who.client
        self.status = 0

    def run(self) -> None:
        answer = self._client.post(**self._ask, headers={"Accept": "application/json"})
        self.status = answer.status_code


def all_at_once(turns: Turns, saving: list[Saving]) -> list[int]:
    """Let them wait for a turn together; the status each is told."""
    with turns._turn:
        for one in saving:
            one.start()
        for _ in range(1_000):
            if len(turns._saves) == len(saving):
                break
            time.sleep(0.01)
    for one in saving:
        one.join(20)
    return [one.status for one in saving]


def fail_second(turns: Turns, monkeypatch: pytest.MonkeyPatch, kind: type[BaseException]) -> None:
    """Let the second request that the application is asked fail so, and no other."""
    real, met = turns._application, []

    def faulty(environ: dict[str, Any], start: Any) -> Any:  # noqa: ANN401 - as WSGI has it
        met.append(1)
        if len(met) == 2:
            raise kind
        return real(environ, start)

    monkeypatch.setattr(turns, "_application", faulty)


def stored(runtime: Runtime, people: list[PersonRow]) -> list[int]:
    with runtime.database.read(people[0].organisation_id) as session:
        return [len(list_steps(session, list_attempts(session, one.id, "every-kind")[0].id)) for one in people]


def test_all_who_wait_are_saved_with_one_commit(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, commits: list[int]
) -> None:
    saving = [Saving(sign_in_as(one)) for one in people]
    assert all_at_once(turns, saving) == [200] * 4
    assert commits == [4]
    assert stored(runtime, people) == [1] * 4


def test_a_form_that_is_refused_takes_no_other_with_it(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs
) -> None:
    wrong: list[dict[str, str]] = [{}, {"csrf_token": "forged"}, {"question": "f-none"}, {}]
    saving = [Saving(sign_in_as(one), more) for one, more in zip(people, wrong, strict=True)]
    assert all_at_once(turns, saving) == [200, 403, 404, 200]
    assert stored(runtime, people) == [1, 0, 0, 1]


def test_where_the_shared_commit_fails_each_is_saved_alone(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = [Saving(sign_in_as(one)) for one in people]
    monkeypatch.setattr(together_module, "_stands", lambda _connection: False)
    assert all_at_once(turns, saving) == [200] * 4
    assert stored(runtime, people) == [1] * 4


def test_more_than_may_share_one_commit_share_several(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = [Saving(sign_in_as(one)) for one in people]
    monkeypatch.setattr("elearn.web.turns._SHARING", 3)
    assert all_at_once(turns, saving) == [200] * 4
    assert stored(runtime, people) == [1] * 4


def test_a_fault_of_ours_in_one_is_no_fault_of_the_others(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = [Saving(sign_in_as(one)) for one in people]
    fail_second(turns, monkeypatch, ZeroDivisionError)
    assert all_at_once(turns, saving) == [200] * 4
    assert stored(runtime, people) == [1] * 4


def test_a_form_without_scripts_waits_for_no_commit_of_its_own_thread(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, commits: list[int]
) -> None:
    saving = [Saving(sign_in_as(one), script=script) for one, script in zip(people, [True, False, False, True], strict=True)]
    assert all_at_once(turns, saving) == [200, 303, 303, 200]
    assert commits[-1] == 2  # the two scripts: all four had one turn, and no form waited in vain
    assert stored(runtime, people) == [1] * 4


def test_what_befalls_the_others_is_told_to_nobody_else(
    app: Flask, turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    saving = [Saving(sign_in_as(one), script=script) for one, script in zip(people, [True, False, True, True], strict=True)]
    monkeypatch.setattr(together_module, "_stands", lambda _connection: False)
    assert all_at_once(turns, saving) == [200, 303, 200, 200]
    assert stored(runtime, people) == [1] * 4


def test_an_answer_that_was_begun_and_not_given_is_none(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving = [Saving(sign_in_as(one)) for one in people]
    real, met = turns._application, []

    def faulty(environ: dict[str, Any], start: Any) -> Any:  # noqa: ANN401 - as WSGI has it
        met.append(1)
        answer = real(environ, start)
        if len(met) == 2:
            raise ZeroDivisionError
        return answer

    monkeypatch.setattr(turns, "_application", faulty)
    assert all_at_once(turns, saving) == [200] * 4
    assert stored(runtime, people) == [1] * 4


class Torn(BaseException):
    """What is no error of Python's: a library of another language gave up."""


def test_whatever_befalls_the_first_the_others_go_on(
    turns: Turns, runtime: Runtime, people: list[PersonRow], sign_in_as: SignInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    *saving, later = [Saving(sign_in_as(one)) for one in people]
    fail_second(turns, monkeypatch, Torn)
    monkeypatch.setattr(threading, "excepthook", lambda _met: None)
    assert sorted(all_at_once(turns, saving)) == [0, 200, 200]
    assert sum(stored(runtime, people)) == 2
    later.start()
    later.join(20)
    assert later.status == 200
