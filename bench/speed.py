"""Time: processor time of a lesson against hello, a saved answer against a bare commit, growth, statements, start and memory."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from bench.lines import Line
from bench.load import Ask, drive
from bench.servers import Server, beside, served
from bench.site import COURSE, Reader, Site, add_people, lessons, make_reader, practise, returning, saves
from elearn.credential import serial
from elearn.web.app import create_app

_RUNS = 4
_PAGES = 300
_SAVES = 60
_WRITERS = 8
_FEW, _MANY = 100, 100_000


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds a request costs: of the processor for a lesson, of the clock for a save; and what went wrong while saving."""

    lesson: float
    save: float
    errors: int


def cpu_of(server: Server, one: Ask, count: int = _PAGES) -> float:
    """Least processor seconds per request of several runs."""
    drive(server.port, [[one] * 20])
    best = float("inf")
    for _ in range(_RUNS):
        before = server.cpu()
        drive(server.port, [[one] * count])
        best = min(best, (server.cpu() - before) / count)
    return best


def clock_of(server: Server, queues: list[list[Ask]]) -> tuple[float, int]:
    """Seconds per request of one run of all queues at once, and errors."""
    outcome = drive(server.port, queues)
    return outcome.seconds / outcome.count, outcome.errors


def heaviest(site: Site) -> tuple[str, str]:
    """Module and page of the longest lesson."""
    return max(lessons(site.published.course), key=lambda one: len(site.published.source.files[f"{one[0]}/{one[1]}.md"]))


def lesson_of(site: Site, reader: Reader) -> Ask:
    """A signed-in reader's request for the heaviest lesson, as a browser sends it."""
    module, page = heaviest(site)
    headers = {"Cookie": reader.cookie, "Accept-Encoding": "gzip, deflate, br, zstd"}
    return Ask(f"/en/courses/{COURSE}/{module}/{page}/", headers=headers)


def costs(site: Site, server: Server) -> Cost:
    """What a lesson and a save cost with the people there are."""
    lesson = cpu_of(server, lesson_of(site, returning(make_reader(site, begin=False), server.port)))
    best, errors = float("inf"), 0
    for _ in range(_RUNS):
        queues = [saves(make_reader(site), server.port, _SAVES) for _ in range(_WRITERS)]
        seconds, wrong = clock_of(server, queues)
        best, errors = min(best, seconds), errors + wrong
    return Cost(lesson, best, errors)


def speed_lines(site: Site, folder: Path) -> Iterator[Line]:
    """All that needs a running server."""
    add_people(site, _FEW)
    with served(site.runtime.settings) as server:
        yield Line("start of serve to its first answer", server.seconds, 2, "s")
        few = costs(site, server)
        with beside("hello", folder / "none") as other:
            hello = cpu_of(other, Ask("/"), 2_000)
        with beside("bare", folder / "bare.sqlite3") as other:
            form = Ask("/", "POST", {"Content-Type": "application/x-www-form-urlencoded"}, "text=an+answer")
            bare = min(clock_of(other, [[form] * _SAVES for _ in range(_WRITERS)])[0] for _ in range(_RUNS))
        told = f"{few.lesson * 1e6:,.0f} µs and {hello * 1e6:,.0f} µs"
        yield Line("lesson page, signed in, processor time against hello", few.lesson / hello, 4, "x", note=told)
        learner = returning(make_reader(site, begin=False), server.port)
        practise(site, learner, heaviest(site)[1])
        own = cpu_of(server, lesson_of(site, learner))
        told = f"{own * 1e6:,.0f} µs"
        yield Line("lesson page with answers of her own, against hello", own / hello, 4, "x", note=told)
        told = f"{few.save * 1e6:,.0f} µs and {bare * 1e6:,.0f} µs"
        yield Line("answer saved against a bare commit, 8 writers", few.save / bare, 2, "x", note=told)
        yield Line("errors of 8 writers", few.errors, 0)
        add_people(site, _MANY - _FEW)
        many = costs(site, server)
        yield Line("lesson page with 100,000 people against 100", many.lesson / few.lesson, 1.2, "x")
        yield Line("answer saved with 100,000 people against 100", many.save / few.save, 1.2, "x")
        yield Line("memory of the worker", server.worker_memory(), 150, "MB")


def statement_lines(site: Site) -> Iterator[Line]:
    """Statements as the driver saw them, transactions apart, for a page seen before."""
    reader = make_reader(site, begin=False)
    app = create_app(site.runtime)
    lesson = lesson_of(site, reader).path
    for name, path, cookie, budget in (
        ("lesson page, signed in", lesson, reader.cookie, 3),
        ("lesson page, public", lesson, "lang=en", 1),
        ("verify page", f"/en/verify/{serial.make(secrets.token_bytes(serial.RANDOM_BYTES))}", "lang=en", 1),
    ):
        client = app.test_client(use_cookies=False)
        for _ in range(2):
            client.get(path, headers={"Cookie": cookie})
        seen: list[str] = []
        with (
            site.runtime.database.look() as looking,
            site.runtime.database.engine.connect() as pooled,
        ):  # used again
            drivers = [cast("Any", one.driver_connection) for one in (looking, pooled.connection)]
        for driver in drivers:
            driver.set_trace_callback(seen.append)
        client.get(path, headers={"Cookie": cookie})
        for driver in drivers:
            driver.set_trace_callback(None)
        count = len([one for one in seen if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])
        yield Line(f"SQL statements: {name}", count, budget)
