"""Signing by another process behind a Unix socket: this one never reads the certificate key, and checks what comes back."""

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from elearn.credential import signer
from elearn.credential.award import Award
from elearn.credential.keys import PublicKey
from elearn.credential.signer import LONGEST, Signed
from elearn.credential.status import State
from elearn.errors import Invalid, Unavailable

#: A signature takes some milliseconds; whoever takes longer all in all is not there, and somebody is waiting for a page.
_PATIENCE: Final = 3.0
_PIECE: Final = 65_536


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """The signer behind a socket; `keys` are the public keys whose signatures are believed."""

    socket: Path
    keys: tuple[PublicKey, ...]
    address: str
    random: Callable[[int], bytes]

    def award(self, award: Award, *, created: datetime) -> Signed:
        """Have an award signed; Unavailable("signer-away") when nobody answers, or answers something else."""
        with _believed():
            return signer.read_award(self._ask(signer.ask_award(award, created=created)), award, self.keys)

    def status(self, states: Mapping[str, State], *, day: date) -> bytes:
        """Have the list of certificates signed that are no longer good; Unavailable as above."""
        with _believed():
            return signer.read_status(self._ask(signer.ask_status(states, day=day)), self.keys)

    def _ask(self, request: bytes) -> bytes:
        ends = time.monotonic() + _PATIENCE
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(_PATIENCE)
            line.connect(str(self.socket))
            line.sendall(request)
            return _line(line, ends)


@contextmanager
def _believed() -> Iterator[None]:
    """Whatever is wrong with the other side, it is not there for us."""
    try:
        yield
    except (Invalid, OSError) as error:
        raise Unavailable("signer-away") from error


def _line(connection: socket.socket, ends: float) -> bytes:
    """One line from the other side, TimeoutError if it is not whole in time; what is longer than any answer is cut, and then unreadable."""
    found = bytearray()
    while not found.endswith(b"\n") and len(found) <= LONGEST:
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        connection.settimeout(left)
        piece = connection.recv(_PIECE)
        if not piece:
            break
        found += piece
    return bytes(found)
