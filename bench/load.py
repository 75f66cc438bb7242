"""Load from a second process: a bounded number of requests over kept connections. Run as `python -m bench.load` with a job on stdin."""

import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Ask:
    """One request."""

    path: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a load: seconds it took, requests made, answers that were not 200."""

    seconds: float
    count: int
    errors: int


def drive(port: int, queues: list[list[Ask]]) -> Outcome:
    """Send each queue over a connection of its own, all at once, from another process."""
    job = json.dumps({"port": port, "queues": [[asdict(ask) for ask in queue] for queue in queues]})
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, input=job, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[1], timeout=300)  # noqa: S603 - ours
    return Outcome(**json.loads(done.stdout))


def ask(connection: HTTPConnection, one: dict[str, Any]) -> int:
    """Send one request and read the answer; give its status."""
    connection.request(one["method"], one["path"], body=one["body"] or None, headers=one["headers"])
    response = connection.getresponse()
    response.read()
    return response.status


def _work(port: int, queue: list[dict[str, Any]], start: threading.Barrier, errors: list[int]) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.connect()
    start.wait()
    errors.append(sum(ask(connection, one) != 200 for one in queue))  # noqa: PLR2004 - the number is the word
    connection.close()


def main() -> None:
    """Do the job on stdin, write the outcome to stdout."""
    job = json.load(sys.stdin)
    errors: list[int] = []
    start = threading.Barrier(len(job["queues"]) + 1)
    workers = [threading.Thread(target=_work, args=(job["port"], queue, start, errors)) for queue in job["queues"]]
    for worker in workers:
        worker.start()
    start.wait()
    began = time.monotonic()
    for worker in workers:
        worker.join()
    count = sum(len(queue) for queue in job["queues"])
    lost = len(workers) - len(errors)
    json.dump(asdict(Outcome(time.monotonic() - began, count, sum(errors) + lost)), sys.stdout)


if __name__ == "__main__":
    main()
