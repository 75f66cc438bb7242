"""Requests and answers of ours say the same as Flask's own, whatever comes."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask, Request, Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from elearn.web.asked import Answer, Asked, asked, memory

FORM = "application/x-www-form-urlencoded"
KINDS = [FORM, f"{FORM};charset=UTF-8", f"{FORM}; charset=utf-8", "text/plain", "multipart/form-data; boundary=b", ""]

bodies = st.one_of(
    st.binary(max_size=60),
    st.text("ab=&;+%0C3Aя\0 ", max_size=40).map(str.encode),
    st.lists(st.tuples(st.sampled_from(["a", "b", "яблоко"]), st.text(max_size=5)), max_size=6).map(
        lambda pairs: "&".join(f"{name}={value}" for name, value in pairs).encode(errors="replace")
    ),
)


def environ(body: bytes = b"", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as WSGI has it
    found: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
    }
    return found | more


def fields(request: Request) -> object:
    """What a form holds, or what stands in the way."""
    try:
        return request.form.to_dict(flat=False), request.files.to_dict(flat=False)
    except ClientDisconnected as error:
        return error.code


@given(bodies, st.sampled_from(KINDS))
def test_a_form_is_read_as_flask_reads_it(body: bytes, kind: str) -> None:
    assert fields(Asked(environ(body, CONTENT_TYPE=kind))) == fields(Request(environ(body, CONTENT_TYPE=kind)))


@given(st.binary(max_size=20), st.one_of(st.integers(0, 25).map(str), st.sampled_from(["", "x", "-1", "+3", " 3", "٣"])))
def test_a_body_that_is_not_as_long_as_it_says_is_read_as_flask_reads_it(body: bytes, length: str) -> None:
    assert fields(Asked(environ(body, CONTENT_LENGTH=length))) == fields(Request(environ(body, CONTENT_LENGTH=length)))


@given(st.text(st.characters(codec="latin-1"), max_size=40) | st.text('ab=;, "\\073я'.encode().decode("latin-1"), max_size=30))
def test_cookies_are_read_as_flask_reads_them(sent: str) -> None:
    ours, flasks = (kind(environ(HTTP_COOKIE=sent)).cookies for kind in (Asked, Request))
    assert list(ours.items(multi=True)) == list(flasks.items(multi=True))


def test_no_cookies_are_none() -> None:
    assert not Asked(environ()).cookies


def test_a_form_of_more_bytes_than_the_application_takes_is_refused() -> None:
    request = Asked(environ(b"text=12345"))
    request.max_content_length = 9
    with pytest.raises(RequestEntityTooLarge):
        _ = request.form


def test_a_body_that_comes_from_a_connection_is_read_by_flask() -> None:
    class Line:
        """What a server gives while the body is still on its way."""

        def __init__(self) -> None:
            self.left = BytesIO(b"a=1")

        def read(self, size: int = -1) -> bytes:
            return self.left.read(size)

    assert Asked(environ(b"a=1", **{"wsgi.input": Line()})).form["a"] == "1"


ANSWERS: list[dict[str, Any]] = [
    {"response": "text"},
    {"response": "text", "headers": {"X-One": "1", "Vary": "Cookie"}},
    {"response": "", "status": 204},
    {"response": "text", "status": 304, "headers": {"ETag": '"1"'}},
    {"response": "gone on", "status": 303, "headers": {"Location": "/en/ұғым"}},
    {"response": "here", "headers": {"Content-Location": "/en/ұғым"}},
    {"response": "here", "headers": {"Location": "/there"}},
    {"response": iter([b"piece", b"by piece"])},
    {"response": [b"piece", b"by piece"]},
    {"response": "none", "status": 404},
]


@pytest.mark.parametrize("given_", ANSWERS, ids=lambda one: f"{one.get('status', 200)} {one.get('headers', '')}")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_an_answer_is_sent_as_flask_sends_it(given_: dict[str, Any], method: str) -> None:
    pieces = list(given_["response"]) if not isinstance(given_["response"], (str, list)) else given_["response"]
    sent = []
    for kind in (Answer, Response):
        parts = iter(pieces) if pieces is not given_["response"] else pieces
        body, status, headers = kind(**(given_ | {"response": parts})).get_wsgi_response(environ(REQUEST_METHOD=method))
        sent.append((b"".join(body), status, headers))
    assert sent[0] == sent[1]


def test_inside_a_request_flask_and_we_speak_of_the_same_things() -> None:
    app = Flask("small")
    app.request_class = Asked
    with app.test_request_context("/"):
        assert type(asked()) is Asked
        memory().thing = 1
        assert memory().get("thing") == 1


@pytest.mark.parametrize("reach", [asked, memory])
def test_outside_of_a_request_there_is_nothing_to_ask(reach: Any) -> None:  # noqa: ANN401 - one of two functions
    with pytest.raises(RuntimeError):
        reach()
