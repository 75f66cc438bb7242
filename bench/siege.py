"""Under siege: wrong sign-ins and bad uploads, all from one address as behind an onion service, beside a reader and people signing in."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from urllib.parse import urlencode

from bench.flood import flood
from bench.lines import Line
from bench.load import Ask
from bench.servers import served
from bench.site import COURSE, Reader, Site, lessons, make_owner, make_reader, returning, saves

_SECONDS = 24
_SIGN_INS = 100
_UPLOADS = 20
_BUDGET_MS = 500
_PATIENCE = 10
#: The reader's pace: she looks at a page or gives an answer that often.
_PAUSE = 0.1
_OWNER = 4


@dataclass
class Seen:
    """What a reader met: milliseconds and statuses."""

    times: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def part(self, share: float) -> float:
        """The time within which so great a part of the answers came."""
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))]

    def note(self) -> str:
        """Median, slowest and count."""
        return f"median {self.part(0.5):,.0f}, slowest {max(self.times):,.0f}, {len(self.times)} requests"


def siege_lines(site: Site) -> Iterator[Line]:
    """All of it on a server with two workers and its limits on."""
    settings = replace(site.runtime.settings, limit_requests=True, workers=2)
    reader = make_reader(site)
    with served(settings) as server:
        quiet, seen = Seen(), Seen()
        asks = _asks(site, returning(reader, server.port), reader, server.port)
        _read(server.port, asks[: len(asks) // 4], quiet)
        with flood(server.port, seconds=_SECONDS, sign_ins=_SIGN_INS, uploads=_UPLOADS) as told:
            owners: list[float] = []
            owner = threading.Thread(target=_owner, args=(site, server.port, owners))
            owner.start()
            _read(server.port, asks[len(asks) // 4 :], seen)
            owner.join()
    answered = ", ".join(f"{name}: {count:,.0f}" for name, count in sorted(told.items()) if name[-1].isdigit())
    yield Line("wrong sign-ins a second", told["sign-ins"], _SIGN_INS * 0.95, "/s", least=True, note=answered)
    yield Line("bad uploads a second", told["uploads"], _UPLOADS * 0.95, "/s", least=True)
    yield Line("a reader beside them, 95 of 100 answers within", seen.part(0.95), _BUDGET_MS, "ms", note=seen.note())
    yield Line("her answers that were errors of the server", sum(status >= 500 for status in seen.statuses), 0)  # noqa: PLR2004 - the class of statuses
    yield Line("her answers that were not what she asked for", sum(status != 200 for status in seen.statuses), 0)  # noqa: PLR2004 - as above
    yield Line("before the siege, 95 of 100 answers within", quiet.part(0.95), _BUDGET_MS, "ms", note=quiet.note())
    yield Line("sign-in on a browser of one's own, the slowest of four", max(owners), _PATIENCE, "s")


def _asks(site: Site, reader: Reader, sitting: Reader, port: int) -> list[Ask]:
    """Lessons and answers by turns."""
    count = int(_SECONDS / _PAUSE)
    headers = {"Cookie": reader.cookie, "Accept-Encoding": "gzip, br"}
    places = lessons(site.published.course)
    pages = [Ask(f"/en/courses/{COURSE}/{module}/{page}/", headers=headers) for module, page in places]
    answers = saves(sitting, port, count)
    return [answers[number] if number % 2 else pages[number // 2 % len(pages)] for number in range(count)]


def _read(port: int, asks: list[Ask], seen: Seen) -> None:
    """Ask one after the other at the reader's pace, over one connection as a browser does."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for one in asks:
        began = time.monotonic()
        connection.request(one.method, one.path, body=one.body or None, headers=one.headers)
        response = connection.getresponse()
        response.read()
        seen.times.append((time.monotonic() - began) * 1000)
        seen.statuses.append(response.status)
        time.sleep(max(0.0, _PAUSE - (time.monotonic() - began)))
    connection.close()


def _owner(site: Site, port: int, seconds: list[float]) -> None:
    """Sign in on a trusted browser, once for each of some people; each tries again as told until she is in."""
    for _ in range(_OWNER):
        handle, passphrase, device = make_owner(site)
        began = time.monotonic()
        while not _signs_in(port, handle, passphrase, device) and time.monotonic() - began < 2 * _PATIENCE:
            time.sleep(1)
        seconds.append(time.monotonic() - began)
        time.sleep(_SECONDS / _OWNER / 2)


def _signs_in(port: int, handle: str, passphrase: str, device: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/en/account/sign-in", headers={"Cookie": f"device={device}"})
    response = connection.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', response.read().decode())
    cookies = [value.partition(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie"]
    headers = {"Cookie": "; ".join([f"device={device}", *cookies]), "Content-Type": "application/x-www-form-urlencoded"}
    data = {"csrf_token": token.group(1) if token else "", "handle": handle, "passphrase": passphrase}
    connection.request("POST", "/en/account/sign-in", urlencode(data), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status == 303  # noqa: PLR2004 - the way in
