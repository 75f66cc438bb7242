"""A flood from a second process: wrong sign-ins and bad uploads at a steady rate. Run as `python -m bench.flood` with a job on stdin."""

import json
import re
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

_SIGN_IN = "/en/account/sign-in"
_FORM = "application/x-www-form-urlencoded"
_BROWSERS = 60
_SENDERS = 30
_TIMEOUT = 20
#: Seconds that the sender of a body keeps silent in the middle of it.
_SILENCE = 2.0


@contextmanager
def flood(port: int, *, seconds: float, sign_ins: float, uploads: float) -> Iterator[dict[str, float]]:
    """Keep a server flooded for so long, with so much a second; afterwards what the flood says of itself is in the dictionary."""
    told: dict[str, float] = {}
    job = json.dumps({"port": port, "seconds": seconds, "sign_ins": sign_ins, "uploads": uploads})
    command = [sys.executable, "-m", "bench.flood"]
    folder = Path(__file__).parents[1]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as process:  # noqa: S603 - ours
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write(job)
            process.stdin.close()
            process.stdout.readline()  # the browsers have their forms: the flood begins
            yield told
            told.update(json.loads(process.stdout.read()))
        finally:
            process.kill()


class Browser:
    """A browser with a form of its own that types wrong words for ever new names."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        self._connection.request("GET", _SIGN_IN)
        response = self._connection.getresponse()
        found = re.search(r'name="csrf_token" value="([^"]+)"', response.read().decode())
        self.token = found.group(1) if found else ""
        self.cookie = "; ".join(value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie")

    def sign_in(self, _number: int) -> int:
        """Send one wrong sign-in; the status."""
        data = {"csrf_token": self.token, "handle": f"nobody-{secrets.token_hex(5)}", "passphrase": secrets.token_hex(12)}
        headers = {"Content-Type": _FORM, "Cookie": self.cookie}
        self._connection.request("POST", _SIGN_IN, urlencode(data), headers)
        response = self._connection.getresponse()
        response.read()
        return response.status

    def upload(self, number: int) -> int:
        """Send one of the bad bodies; the status, 0 where the connection ended without one."""
        send = (self._declared, self._heavy, self._cut, self._garbage, self._crowd)[number % 5]
        with socket.create_connection(("127.0.0.1", self._port), timeout=_TIMEOUT) as line:
            try:
                send(line)
                answer = line.recv(64)
            except OSError:
                return 0
        return int(answer.split()[1]) if answer.startswith(b"HTTP/") else 0

    def _head(self, length: int, kind: str = _FORM) -> bytes:
        lines = (
            f"POST {_SIGN_IN} HTTP/1.1",
            "Host: 127.0.0.1",
            f"Content-Type: {kind}",
            f"Cookie: {self.cookie}",
            f"Content-Length: {length}",
        )
        return "\r\n".join((*lines, "", "")).encode()

    def _declared(self, line: socket.socket) -> None:
        line.sendall(self._head(50_000_000) + b"x" * 1_000)

    def _heavy(self, line: socket.socket) -> None:
        line.sendall(self._head(1_500_000) + b"x" * 1_500_000)

    def _cut(self, line: socket.socket) -> None:
        line.sendall(self._head(500_000) + b"passphrase=")
        time.sleep(_SILENCE)
        line.shutdown(socket.SHUT_WR)

    def _garbage(self, line: socket.socket) -> None:
        body = b"--no\r\n" + secrets.token_bytes(200_000)
        line.sendall(self._head(len(body), "multipart/form-data; boundary=other") + body)

    def _crowd(self, line: socket.socket) -> None:
        part = '--b\r\nContent-Disposition: form-data; name="handle"\r\n\r\nx\r\n'
        body = (part * 2_000 + "--b--\r\n").encode()
        line.sendall(self._head(len(body), "multipart/form-data; boundary=b") + body)


def _keep_on(ends: float, pause: float, statuses: list[int], deed: Callable[[int], int]) -> None:
    """Do a deed at a steady pace until the end, wherever in the round it begins; one that comes late is made up for."""
    number, due = secrets.randbelow(5), time.monotonic() + pause * secrets.randbelow(1_000) / 1_000
    while due < ends:
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            statuses.append(deed(number))
        except (OSError, HTTPException):
            statuses.append(0)
            return
        number, due = number + 1, due + pause


def main() -> None:
    """Do the job on stdin: a line when it begins, at the end how many of each a second, and how they were answered."""
    job = json.load(sys.stdin)
    browsers = [Browser(job["port"]) for _ in range(_BROWSERS)]
    sys.stdout.write("begins\n")
    sys.stdout.flush()
    ends = time.monotonic() + job["seconds"]
    signed: list[int] = []
    sent: list[int] = []
    works: list[tuple[float, list[int], Callable[[int], int]]] = [(_BROWSERS / job["sign_ins"], signed, one.sign_in) for one in browsers]
    works += [(_SENDERS / job["uploads"], sent, browsers[place].upload) for place in range(_SENDERS)]
    threads = [threading.Thread(target=_keep_on, args=(ends, *work)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = {
        f"{word} {status}": count for word, found in (("sign-in", signed), ("upload", sent)) for status, count in Counter(found).items()
    }
    json.dump({"sign-ins": len(signed) / job["seconds"], "uploads": len(sent) / job["seconds"], **answered}, sys.stdout)


if __name__ == "__main__":
    main()
