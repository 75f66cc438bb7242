"""One request at a time in each worker, its body taken in before its turn: whoever sends slowly keeps nobody waiting.

Knows requests as WSGI does; nothing of Flask. A worker of the server has many threads, but Python and SQLite gain nothing from more than
one at work: they would wait for each other, and less politely.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from threading import Lock
from typing import Any, Final

from elearn.actions.passphrase import ASIDE
from elearn.store.together import sharing

Start = Callable[..., Any]
Application = Callable[[dict[str, Any], Start], Iterable[bytes]]

#: Threads of a worker, and how many of them may wait for bodies: pages are read in the others even if all bodies come slowly.
THREADS: Final = 64
_RECEIVING: Final = 48
#: Saves that share one commit at most: nobody waits longer for the others than for a page.
_SHARING: Final = 16
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


def never(_environ: dict[str, Any]) -> bool:
    """No request shares its commit."""
    return False


def _held() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


def _nobody() -> None:
    """Nobody waits."""


@dataclass(slots=True, eq=False)
class _Save:
    """A request whose write may share a commit, and the answer it waits for; `again`: it must be asked once more, alone.

    `go_on`: whoever has her answer lets the next one have hers. Woken all at once, they would only wait for each other again.
    """

    environ: dict[str, Any]
    head: list[tuple[Any, ...]] = field(default_factory=list)
    body: Iterable[bytes] = ()
    done: bool = False
    again: bool = False
    ready: Lock = field(default_factory=_held)
    go_on: Callable[[], None] = _nobody


class Turns:
    """An application whose requests take turns; `largest`: more bytes than this are never read.

    Requests of which `shares` is true are answered by whoever of them has the first turn, all that wait at this moment, and their
    writes become durable together; only then is any of them answered.
    """

    def __init__(self, application: Application, *, largest: int, shares: Callable[[dict[str, Any]], bool] = never) -> None:
        self._application = application
        self._largest = largest
        self._shares = shares
        self._turn = Lock()
        self._receiving = deque(range(_RECEIVING))  # places; taken and given back without a lock
        self._order = Lock()
        self._saves: deque[_Save] = deque()
        self._led = False  # whether one of them has the turn or waits for it

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request when its body is there, as long as it says, and its turn has come."""
        refused = self._receive(environ)
        if refused:
            start(_STATUS[refused], [*_PLAIN, _LATER] if refused is _FLOOD else [*_PLAIN])
            return [f"{refused}\n".encode()]
        if isinstance(environ["wsgi.input"], BytesIO) and self._shares(environ):
            save = self._shared(environ)
            try:
                if not save.again:
                    start(*save.head[-1])
                    return save.body
            finally:
                save.go_on()
            environ["wsgi.input"].seek(0)
        with self._turn:
            before = ASIDE.set(self._aside)
            try:
                return self._application(environ, start)
            finally:
                ASIDE.reset(before)

    def _shared(self, environ: dict[str, Any]) -> _Save:
        """Give the answer to a request that shares its commit: the first that waits has a turn for all, the others wait for it."""
        save = _Save(environ)
        with self._order:
            self._saves.append(save)
            waits, self._led = self._led, True
        if waits:
            save.ready.acquire()
        if not save.done:
            try:
                with self._turn:
                    self._save_all()
            except BaseException:
                save.go_on()  # whatever befell this thread, the others have their answers from it
                raise
        return save

    def _save_all(self) -> None:
        """Answer what waits; where the commit fails, all who wrote ask again."""
        taken: list[_Save] = []
        wrote: list[_Save] = []
        try:
            with suppress(Exception):  # who is concerned will meet it again alone, where it is answered
                with sharing() as together:
                    while self._saves and len(taken) < _SHARING and together.sound:
                        taken.append(self._saves.popleft())
                        writes = together.writes
                        self._answer(taken[-1])
                        if together.writes > writes or not together.sound:  # then its answer may tell of what befell the others
                            wrote.append(taken[-1])
                wrote.clear()
        finally:
            self._tell(taken, wrote)

    def _tell(self, taken: list[_Save], failed: list[_Save]) -> None:
        """Let those go on who were answered, one after the other, and then the next that waits have its turn."""
        go_on = self._lead_on
        for save in reversed(taken):
            save.again = save in failed or not save.head
            save.done = True
            save.go_on, go_on = go_on, save.ready.release
        go_on()

    def _lead_on(self) -> None:
        """Let the next that waits have its turn."""
        with self._order:
            self._led = bool(self._saves)
            if self._led:
                self._saves[0].ready.release()

    def _answer(self, save: _Save) -> None:
        head: list[tuple[Any, ...]] = []
        save.body = self._application(dict(save.environ), lambda *given: head.append(given))
        save.head = head  # not before: an answer that was only begun is none

    def _receive(self, environ: dict[str, Any]) -> str:
        """Take the body in, unless its length says that it will be refused; why it cannot be taken, or nothing."""
        length = _length(environ)
        if length == 0 or length > self._largest:
            return ""
        if length < 0:
            return _UNMEASURED
        try:
            place = self._receiving.pop()
        except IndexError:
            return _FLOOD
        try:
            body = environ["wsgi.input"].read(length)
        finally:
            self._receiving.append(place)
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
