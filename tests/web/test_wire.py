"""The served product, asked byte by byte: where a message ends, what is refused before a page is reached, what is never told."""

import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from elearn.config import Settings
from elearn.runtime import Runtime
from tests.durability.test_kill import serving


@pytest.fixture
def port(settings: Settings, runtime: Runtime) -> Iterator[int]:
    """The port of the product as it is served; runtime has made its keys."""
    assert runtime.settings == settings
    with serving(settings) as (_process, port):
        yield port


def _ask(port: int, message: bytes) -> bytes:
    """Send bytes and give all that is answered until the server closes, or says nothing more however long it is waited for."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection, suppress(OSError):  # closing or silence is an answer too
        connection.sendall(message)
        while chunk := connection.recv(65_536):
            received += chunk
    return received


def _status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0


HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
NEXT = b"GET /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
#: Messages whose end is in doubt, or that no browser sends: all are refused.
DOUBTFUL = {
    "two lengths": b"POST /en/account/country HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 3\r\nContent-Length: 30\r\n\r\nx=1" + NEXT,
    "a length that is no number": b"POST /en/account/country HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 3x\r\n\r\nx=1" + NEXT,
    "a negative length": b"POST /en/account/country HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -3\r\n\r\nx=1" + NEXT,
    "a space before the colon": b"POST /en/account/country HTTP/1.1\r\n" + HOST + FORM + b"Content-Length : 3\r\n\r\nx=1" + NEXT,
    "a broken chunk": b"POST /en/account/country HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nx=1\r\n0\r\n\r\n"
    + NEXT,
    "another coding": b"POST /en/account/country HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Transfer-Encoding: chunked, x\r\n\r\n3\r\nx=1\r\n0\r\n\r\n"
    + NEXT,
    "a line that goes on": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-One: a\r\n b\r\n\r\n",
    "a zero byte": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-One: a\0b\r\n\r\n",
    "a lone carriage return": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-One: a\rX-Two: b\r\n\r\n",
    "no message at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a header beyond measure": b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-One: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "headers beyond number": b"GET /healthz HTTP/1.1\r\n" + HOST + b"".join(b"X-%d: a\r\n" % number for number in range(500)) + b"\r\n",
    "an address beyond measure": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
}


def test_the_server_answers_as_it_should(port: int) -> None:
    """One start for all questions: starting is what takes time."""
    for what, message in DOUBTFUL.items():
        answer = _ask(port, message)
        assert _status(answer) in (400, 411, 413, 414, 431), (what, answer[:200])
        assert answer.count(b"HTTP/1.1 200") == 0, what
        assert b"granian" not in answer.lower(), what
    _a_coding_wins_over_a_length(port)
    _a_body_too_large_is_refused_before_it_is_sent(port)
    _a_body_that_was_cut_is_never_taken_for_a_whole_one(port)
    for method in (b"TRACE", b"CONNECT", b"PROPFIND"):
        answer = _ask(port, method + b" /en/ HTTP/1.1\r\n" + HOST + b"X-Canary: canary\r\nConnection: close\r\n\r\n")
        assert _status(answer) in (0, 400, 405), answer[:200]
        assert b"canary" not in answer
    answer = _ask(port, b"HEAD /en/ HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert (_status(answer), answer.partition(b"\r\n\r\n")[2]) == (200, b"")
    answer = _ask(port, NEXT)
    assert answer.endswith(b"\r\n\r\nok\n")
    assert b"\r\nserver: web\r\n" in answer.lower()
    assert b"granian" not in answer.lower()


def _a_coding_wins_over_a_length(port: int) -> None:
    """RFC 9112 6.3: with both, the length is not looked at, or the message is refused; what follows is never taken for its body."""
    both = (
        b"POST /en/account/country HTTP/1.1\r\n"
        + HOST
        + FORM
        + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx=123\r\n0\r\n\r\n"
    )
    answer = _ask(port, both + NEXT)
    if answer.count(b"HTTP/1.1 ") == 2:
        assert answer.endswith(b"\r\n\r\nok\n")
    else:
        assert _status(answer) in (0, 400, 405, 411)


def _a_body_too_large_is_refused_before_it_is_sent(port: int) -> None:
    head = b"POST /en/account/sign-in HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 99999999999\r\nConnection: close\r\n\r\n"
    assert _status(_ask(port, head + b"x=" + b"1" * 1_000)) in (0, 400, 413)


def _a_body_that_was_cut_is_never_taken_for_a_whole_one(port: int) -> None:
    """The server ends it like a whole one, and half an answer or half a list of people would be taken for what was meant."""
    head = b"POST /en/account/country HTTP/1.1\r\n" + HOST + FORM
    assert b"Only a part" in _cut(port, head + b"Content-Length: 30\r\n\r\ncountry=TJ")
    for pieces in (b"a\r\ncountry=TJ\r\n", b"ff\r\ncountry=TJ", b"a\r\ncountry=TJ\r\n0\r\n\r\n"):
        # what lies unread when the server hangs up may take its answer along: 0
        told = {_status(_cut(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces)) for _ in range(10)}
        assert told - {0} == {411}


def _cut(port: int, message: bytes) -> bytes:
    """Send bytes, say that no more will come, and give what is answered."""
    received = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection, suppress(OSError):
        connection.sendall(message)
        connection.shutdown(socket.SHUT_WR)
        while chunk := connection.recv(65_536):
            received += chunk
    return received
