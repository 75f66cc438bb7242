"""`elearn signer`: the process that holds the certificate key, behind a Unix socket or over a file. It keeps no log and no database."""

import os
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import click

from elearn import config
from elearn.actions import key_files
from elearn.cli.spoken import spoken
from elearn.config import Settings
from elearn.credential.keys import PublicKey, signing_key
from elearn.credential.signer import LONGEST, Office, answer
from elearn.runtime import utc_now

#: How long a request and its answer may take, and how many may be under way at once.
_PATIENCE: Final = 5.0
_AT_ONCE: Final = 8
_PIECE: Final = 65_536
#: The socket is for its owner and one group: 0660.
_CLOSED: Final = 0o117


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), help="Listen here; the file is for its owner and group only.")
@click.option("--batch", type=(click.File("rb"), click.File("wb")), help="Answer the requests of a file, a line each, into another file.")
@click.option("--init", "draw", is_flag=True, help="Draw the certificate key of a new signer into its own folder of keys.")
@click.option("--public", is_flag=True, help="Print the list of public keys: the site needs it as certificate-keys.json.")
def signer(path: Path | None, batch: tuple[IO[bytes], IO[bytes]] | None, *, draw: bool, public: bool) -> None:
    """Sign certificates, and nothing else, apart from the site: as a user of its own, with a folder of keys of its own (ELEARN_KEYS)."""
    with spoken():
        settings = config.load()
        if draw:
            _draw(settings)
        office = _office(settings)
    if public:
        click.echo(key_files.list_text(_public(settings)), nl=False)
    if batch:
        for line in batch[0]:
            batch[1].write(answer(line, office, now=utc_now()))
    if path:
        serve(path, office)


def serve(path: Path, office: Office) -> None:
    """Answer at this socket until the process is stopped."""
    with _bound(path, office) as server:
        click.echo(f"Ready: {path}")
        server.serve_forever()


@contextmanager
def _bound(path: Path, office: Office) -> Iterator["_Server"]:
    """A server at this path; the socket of a dead one is taken over, that of a living one is not."""
    if _lives(path):
        message = f"Another signer listens at {path}."
        raise click.ClickException(message)
    path.unlink(missing_ok=True)
    before = os.umask(_CLOSED)
    try:
        server = _Server(path, office)
    finally:
        os.umask(before)
    with server:
        try:
            yield server
        finally:
            path.unlink(missing_ok=True)


def _lives(path: Path) -> bool:
    if path.exists() and not path.is_socket():
        message = f"{path} is no socket."
        raise click.ClickException(message)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_PATIENCE)
        return line.connect_ex(str(path)) == 0


class _Server(socketserver.ThreadingUnixStreamServer):
    """One thread for each request, a few at once; the others wait at the door."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: Path, office: Office) -> None:
        self.office = office
        self.room = threading.BoundedSemaphore(_AT_ONCE)
        super().__init__(str(path), _Request)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as in the library
        """Wait for a place, then answer."""
        self.room.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Answer, and leave the place whatever happened."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Say nothing: what was asked must not stand in a log."""


class _Request(socketserver.BaseRequestHandler):
    """One line in, one line out."""

    server: _Server
    request: socket.socket

    def handle(self) -> None:
        """Answer a request that is whole in time; anything else gets none."""
        line = _line(self.request)
        if line:
            self.request.settimeout(_PATIENCE)
            self.request.sendall(answer(line, self.server.office, now=utc_now()))


def _line(connection: socket.socket) -> bytes:
    """The line that was sent, b"" when it is too long, not whole, or takes too long as a whole."""
    found, ends = bytearray(), time.monotonic() + _PATIENCE
    while not found.endswith(b"\n"):
        left = ends - time.monotonic()
        if left <= 0 or len(found) > LONGEST:
            return b""
        connection.settimeout(left)
        try:
            piece = connection.recv(_PIECE)
        except OSError:
            return b""
        if not piece:
            return b""
        found += piece
    return bytes(found)


def _draw(settings: Settings) -> None:
    key_files.draw_missing(settings.keys, data=settings.data, purposes=("certificate",), today=utc_now().date())
    key_files.write_list(settings.keys, _public(settings))


def _office(settings: Settings) -> Office:
    [current, *_] = key_files.load(settings.keys, data=settings.data, purposes=("certificate",))["certificate"]
    return Office(signing_key(current.key.secret), settings.site_name, settings.public_url)


def _public(settings: Settings) -> tuple[PublicKey, ...]:
    kept = key_files.load(settings.keys, data=settings.data, purposes=("certificate",))["certificate"]
    return key_files.public_list(settings.keys, kept)
