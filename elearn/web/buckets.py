"""Buckets that fill with time: so many tries at once, and so many more a second, for each key. In memory, for one process."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock


class Buckets:
    """A bucket for each key, full at first; those that rested longest are forgotten, and so full again, when there are too many."""

    def __init__(self, *, at_once: int, a_second: float, most: int = 1_000) -> None:
        self._at_once = at_once
        self._a_second = a_second
        self._most = most
        self._kept: OrderedDict[str, tuple[float, datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now: datetime) -> bool:
        """Take one try out of the bucket of a key, if there is one."""
        with self._lock:
            left, seen = self._kept.pop(key, (float(self._at_once), now))
            left = min(float(self._at_once), left + max(0.0, (now - seen).total_seconds()) * self._a_second)
            self._kept[key] = (left - 1 if left >= 1 else left, now)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return left >= 1
