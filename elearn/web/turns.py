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
_PLAIN: Final = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("Retry-After", "10")]


class Turns:
    """An application whose requests take turns; `largest`: more bytes than this are never read."""

    def __init__(self, application: Application, *, largest: int) -> None:
        self._application = application
        self._largest = largest
        self._turn = Lock()
        self._receiving = BoundedSemaphore(_RECEIVING)

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request when its body is there and its turn has come."""
        if not self._receive(environ):
            start("503 Service Unavailable", _PLAIN)
            return [b"503 Too much is being sent at this moment. Please try again in a few seconds.\n"]
        with self._turn:
            before = ASIDE.set(self._aside)
            try:
                return self._application(environ, start)
            finally:
                ASIDE.reset(before)

    def _receive(self, environ: dict[str, Any]) -> bool:
        """Take the body in, unless its length says that it will be refused; False when too many are on their way."""
        length = _length(environ)
        if length == 0 or length > self._largest:
            return True
        if not self._receiving.acquire(blocking=False):
            return False
        try:
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(self._largest + 1 if length < 0 else length))
        finally:
            self._receiving.release()
        return True

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Let others have their turn inside the block."""
        self._turn.release()
        try:
            yield
        finally:
            self._turn.acquire()


def _length(environ: dict[str, Any]) -> int:
    """How long the body says it is: 0 for none, -1 where it does not say."""
    said = environ.get("CONTENT_LENGTH") or ""
    if said.isdecimal():
        return int(said)
    return -1 if environ.get("HTTP_TRANSFER_ENCODING") else 0
