"""Servers as processes of their own: started, asked for their processor time and memory, ended by their own pid."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from elearn.config import PREFIX, Settings

_BIN = Path(sys.executable).parent
_TICK = os.sysconf("SC_CLK_TCK")
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that answers; `seconds` passed between its start and its first answer."""

    process: subprocess.Popen[bytes]
    port: int
    seconds: float

    def pids(self) -> list[int]:
        """Its process and the worker processes below it."""
        below = [int(found.name) for found in Path("/proc").iterdir() if found.name.isdigit() and _parent(found) == self.process.pid]
        return [self.process.pid, *below]

    def cpu(self) -> float:
        """Seconds of processor time used so far by all its processes."""
        return sum(_seconds(pid) for pid in self.pids())

    def worker_memory(self) -> float:
        """Resident megabytes of the largest worker."""
        return max(_resident(pid) for pid in self.pids()[1:])


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(settings: Settings) -> dict[str, str]:
    """The environment that makes `elearn` work on an installation."""
    given = dict(os.environ)  # noqa: TID251 - handed on to a process
    for field in fields(settings):
        value = getattr(settings, field.name)
        given[PREFIX + field.name.upper()] = ",".join(value) if isinstance(value, tuple) else str(value)
    return given


@contextmanager
def served(settings: Settings, path: str = "/healthz") -> Iterator[Server]:
    """The product, served as `elearn serve` does."""
    port = free_port()
    with _running([str(_BIN / "elearn"), "serve", "--port", str(port)], port, path, environment(settings)) as server:
        yield server


@contextmanager
def beside(factory: str, file: Path) -> Iterator[Server]:
    """One of `bench.apps` on the same kind of server."""
    port = free_port()
    options = ["--interface", "wsgi", "--factory", "--workers", "1", "--blocking-threads", "1", "--no-ws", "--no-log", "--port", str(port)]
    command = [str(_BIN / "granian"), *options, f"bench.apps:{factory}"]
    given = dict(os.environ) | {"ELEARN_BENCH_FILE": str(file)}  # noqa: TID251 - handed on to a process
    with _running(command, port, "/", given) as server:
        yield server


@contextmanager
def _running(command: list[str], port: int, path: str, environ: dict[str, str]) -> Iterator[Server]:
    began = time.monotonic()
    folder = Path(__file__).parents[1]
    process = subprocess.Popen(command, env=environ, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 - ours
    try:
        _wait(process, port, path)
        yield Server(process, port, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, path: str) -> None:
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", path)
            connection.getresponse().read()
        except (OSError, HTTPException):
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    message = "a server did not start"
    raise RuntimeError(message)


def _stat(place: Path) -> list[str]:
    try:
        return (place / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parent(place: Path) -> int:
    found = _stat(place)
    return int(found[1]) if found else 0


def _seconds(pid: int) -> float:
    found = _stat(Path("/proc") / str(pid))
    return (int(found[11]) + int(found[12])) / _TICK if found else 0.0


def _resident(pid: int) -> float:
    lines = (Path("/proc") / str(pid) / "status").read_text().splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
