"""Requests take turns in a worker; a slow body, a hash that is made and a flood of bodies keep no reader waiting."""

import threading
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

import pytest

from elearn.actions import passphrase as passphrases
from elearn.web import turns
from elearn.web.turns import Turns


class Slow:
    """A body that comes when it is let."""

    def __init__(self) -> None:
        self.asked, self.let = threading.Event(), threading.Event()

    def read(self, size: int) -> bytes:
        self.asked.set()
        assert self.let.wait(10)
        return b"x" * size


def echo(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(application: Turns, body: Any = None, **environ: str) -> tuple[str, bytes]:  # noqa: ANN401 - anything to read from
    told: list[str] = []
    answer = application({"wsgi.input": body or BytesIO(), **environ}, lambda status, _headers: told.append(status))
    return told[0], b"".join(answer)


def sender(application: Turns, body: Slow) -> threading.Thread:
    thread = threading.Thread(target=ask, args=(application, body), kwargs={"CONTENT_LENGTH": "3"})
    thread.start()
    assert body.asked.wait(10)
    return thread


def test_a_body_that_comes_slowly_keeps_nobody_waiting() -> None:
    application, slow = Turns(echo, largest=10), Slow()
    thread = sender(application, slow)
    assert ask(application, BytesIO(b"abc"), CONTENT_LENGTH="3") == ("200 OK", b"abc")
    slow.let.set()
    thread.join(10)


def test_where_all_bodies_come_slowly_pages_are_read_and_forms_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_RECEIVING", 1)
    application, slow = Turns(echo, largest=10), Slow()
    thread = sender(application, slow)
    assert ask(application) == ("200 OK", b"")
    assert ask(application, BytesIO(b"abc"), CONTENT_LENGTH="3")[0] == "503 Service Unavailable"
    slow.let.set()
    thread.join(10)
    assert ask(application, BytesIO(b"abc"), CONTENT_LENGTH="3") == ("200 OK", b"abc")


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"CONTENT_LENGTH": "11"}, 11),
        ({"CONTENT_LENGTH": "10"}, 0),
        ({"CONTENT_LENGTH": ""}, 11),
        ({"CONTENT_LENGTH": "-1"}, 11),
    ],
)
def test_no_more_is_read_than_is_allowed(said: dict[str, str], left: int) -> None:
    body = BytesIO(b"x" * 11)
    Turns(lambda _environ, start: start("200 OK", []) or [], largest=10)({"wsgi.input": body, **said}, lambda *_: None)
    assert len(body.read()) == (left or 1)


def test_a_body_that_was_cut_is_refused_whole() -> None:
    status, text = ask(Turns(echo, largest=10), BytesIO(b"ab"), CONTENT_LENGTH="3")
    assert status == "400 Bad Request"
    assert text.startswith(b"400 Only a part")


def test_a_body_that_says_no_length_may_have_been_cut_and_is_refused() -> None:
    body = BytesIO(b"abc")
    assert ask(Turns(echo, largest=10), body, HTTP_TRANSFER_ENCODING="chunked")[0] == "411 Length Required"
    assert body.read() == b"abc", "nothing of it is read"


def test_others_have_their_turn_while_a_hash_is_made() -> None:
    def hashing(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with passphrases.ASIDE.get()():
            assert ask(reading) == ("200 OK", b"")
        start("200 OK", [])
        return [b"hashed"]

    application = Turns(hashing, largest=10)
    reading = Turns(echo, largest=10)
    reading._turn = application._turn
    assert ask(application) == ("200 OK", b"hashed")
    assert application._turn.acquire(blocking=False)


def test_a_hash_made_after_a_request_gives_nobody_s_turn_away() -> None:
    assert ask(Turns(echo, largest=10)) == ("200 OK", b"")
    with passphrases.ASIDE.get()():
        pass
