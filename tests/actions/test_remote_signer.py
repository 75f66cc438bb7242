"""Signing behind a socket: the same certificates, and when nobody answers, or answers nonsense, nothing is done."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from elearn.actions import remote_signer
from elearn.actions.certify import Signer
from elearn.actions.remote_signer import RemoteSigner
from elearn.cli import signer
from elearn.cli.signer import _bound, _line
from elearn.credential.signer import LONGEST, Office
from elearn.errors import Unavailable
from tests.credential.factories import KEY, OTHER_KEY, SERIAL, make_award

ADDRESS = "https://learn.example"
OFFICE = Office(KEY, "Qadam", ADDRESS)
#: As the product has it; the tests wait longer.
PATIENCE = remote_signer._PATIENCE
#: The process behind the socket has a clock of its own.
TODAY = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)  # noqa: TID251 - see above
AWARD = make_award(issued_on=TODAY.date(), expires_on=None)


def remote(path: Path, *keys: object) -> RemoteSigner:
    return RemoteSigner(path, keys or (KEY.public,), ADDRESS, random.Random(3).randbytes)  # type: ignore[arg-type] # public keys


@contextmanager
def listening(path: Path) -> Iterator[None]:
    """The real server of `elearn signer`, in a thread."""
    with _bound(path, OFFICE) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def saying(path: Path, speak: Callable[[socket.socket], None]) -> Iterator[None]:
    """Somebody else at the socket, who takes one call."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(path))
        door.listen()

        def take() -> None:
            line, _ = door.accept()
            with line:
                speak(line)

        thread = threading.Thread(target=take)
        thread.start()
        yield
        thread.join()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "signer"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides wait longer than a busy machine lets a thread wait."""
    for side in (remote_signer, signer):
        monkeypatch.setattr(side, "_PATIENCE", 60.0)


def test_what_comes_over_the_socket_is_what_this_process_would_sign(path: Path) -> None:
    own = Signer(KEY, "Qadam", ADDRESS, random.Random(3).randbytes)
    with listening(path):
        assert path.stat().st_mode & 0o777 == 0o660
        assert remote(path).award(AWARD, created=TODAY) == own.award(AWARD, created=TODAY)
        states = {SERIAL: "withdrawn"}
        assert remote(path).status(states, day=TODAY.date()) == own.status(states, day=TODAY.date())  # type: ignore[arg-type] # a literal
    assert not path.exists()


def test_many_ask_at_once(path: Path) -> None:
    found = []
    with listening(path):
        threads = [threading.Thread(target=lambda: found.append(remote(path).award(AWARD, created=TODAY))) for _ in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(found) == 40
    assert len({signed.compact for signed in found}) == 1


def test_nobody_there_is_said(path: Path) -> None:
    with pytest.raises(Unavailable, match="signer-away"):
        remote(path).award(AWARD, created=TODAY)


def test_a_signature_of_another_key_is_not_believed(path: Path) -> None:
    with listening(path), pytest.raises(Unavailable, match="signer-away"):
        remote(path, OTHER_KEY.public).award(AWARD, created=TODAY)


@pytest.mark.parametrize("said", [b"", b"nonsense\n", b"{}\n", b'{"error": "request-time"}\n', b"x" * 100])
def test_somebody_else_at_the_socket_is_nobody(path: Path, said: bytes) -> None:
    def speak(line: socket.socket) -> None:
        line.recv(1_000_000)
        line.sendall(said)

    with saying(path, speak), pytest.raises(Unavailable):
        remote(path).award(AWARD, created=TODAY)


def test_a_line_that_never_ends_is_cut(path: Path) -> None:
    def speak(line: socket.socket) -> None:
        try:
            while True:
                line.sendall(b"x" * 1_000_000)
        except OSError:
            pass

    with saying(path, speak), pytest.raises(Unavailable):
        remote(path).award(AWARD, created=TODAY)


def test_patience_is_short() -> None:
    """Somebody waits for a page meanwhile."""
    assert PATIENCE <= 3


def test_whoever_answers_drop_by_drop_is_away_when_patience_ends(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each drop comes in time; all of them together do not."""
    monkeypatch.setattr(remote_signer, "_PATIENCE", 0.5)

    def speak(line: socket.socket) -> None:
        try:
            while True:
                line.sendall(b" ")
                time.sleep(0.1)
        except OSError:
            pass

    with saying(path, speak), pytest.raises(Unavailable):
        remote(path).award(AWARD, created=TODAY)


def test_the_signer_gives_no_answer_to_what_is_no_line() -> None:
    for said in (b"", b"no end", b"x" * (LONGEST + 100_000) + b"\n"):
        here, there = socket.socketpair()
        with here, there:
            writer = threading.Thread(target=_send, args=(there, said))
            writer.start()
            assert _line(here) == b""
            here.close()
            writer.join()


def _send(line: socket.socket, said: bytes) -> None:
    try:
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
    except OSError:
        pass
