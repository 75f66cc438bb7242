"""One request at a time in each worker, its body taken in before its turn: whoever sends slowly keeps nobody waiting.

Knows requests as WSGI does; nothing of Flask. A worker of the server has many threads, but Python and SQLite gain nothing from more than
one at work: they would wait for each other, and less politely.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from threading import BoundedSemaphore, Lock
from typing import Any, Final

from elearn.actions.passphrase import ASIDE

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

#: Threads of a worker, and how many of them may wait for bodies: pages are read in the others even if all bodies come slowly.
THREADS: Final = 64
_RECEIVING: Final = 48
_PLAIN: Final = (
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Server", "web"),
)
_LATER: Final = ("Retry-After", "10")
#: Why a body is not handed on. The server ends a body that was cut like a whole one: only its length tells, so one without is not believed.
_FLOOD: Final = "503 Too much is being sent at this moment. Please try again in a few seconds."
_CUT: Final = "400 Only a part of what you sent has arrived. Nothing of it was saved. Please send it again."
_UNMEASURED: Final = "411 What you sent does not say how long it is, so a part of it may be missing. Nothing of it was saved."
_STATUS: Final = {_FLOOD: "503 Service Unavailable", _CUT: "400 Bad Request", _UNMEASURED: "411 Length Required"}


class Turns:
    """An application whose requests take turns; `largest`: more bytes than this are never read."""

    def __init__(self, application: Application, *, largest: int) -> None:
        self._application = application
        self._largest = largest
        self._turn = Lock()
        self._receiving = BoundedSemaphore(_RECEIVING)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request when its body is there, as long as it says, and its turn has come."""
        refused = self._receive(environ)
        if refused:
            start(_STATUS[refused], [*_PLAIN, _LATER] if refused is _FLOOD else [*_PLAIN])
            return [f"{refused}\n".encode()]
        with self._turn:
            before = ASIDE.set(self._aside)
            try:
                return self._application(environ, start)
            finally:
                ASIDE.reset(before)

    def _receive(self, environ: dict[str, Any]) -> str:
        """Take the body in, unless its length says that it will be refused; why it cannot be taken, or nothing."""
        length = _length(environ)
        if length == 0 or length > self._largest:
            return ""
        if length < 0:
            return _UNMEASURED
        if not self._receiving.acquire(blocking=False):
            return _FLOOD
        try:
            body = environ["wsgi.input"].read(length)
        finally:
            self._receiving.release()
        environ["wsgi.input"] = BytesIO(body)
        return _CUT if len(body) < length else ""

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Let others have their turn inside the block."""
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()


def _length(environ: dict[str, Any]) -> int:
    """How long the body says it is: 0 for none, -1 where it comes in pieces and does not say."""
    if environ.get("HTTP_TRANSFER_ENCODING"):
        return -1
    said = environ.get("CONTENT_LENGTH") or ""
    return int(said) if said.isdecimal() else 0
