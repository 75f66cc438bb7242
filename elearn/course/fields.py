"""Typed values out of `key=value` pairs of a header or a block: each wrong one becomes a problem and a harmless default."""

import math
import re
from collections.abc import Mapping
from typing import Final, TypeVar

from elearn.course.problems import Report

T = TypeVar("T", bound=str)

_WHOLE: Final = re.compile(r"[0-9]{1,9}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?")


class Fields:
    """The pairs of one header or block: key → (value, line). Ask for every key, then call `finish`."""

    def __init__(self, pairs: Mapping[str, tuple[str, int]], report: Report, line: int) -> None:
        self._pairs = pairs
        self._report = report
        self._line = line
        self._known: set[str] = set()

    def line(self, key: str) -> int:
        """The line where the key stands, else the line of the whole."""
        return self._pairs[key][1] if key in self._pairs else self._line

    def has(self, key: str) -> bool:
        """Whether the key is given; asking makes it known."""
        self._known.add(key)
        return key in self._pairs

    def error(self, code: str, key: str, **params: str | int) -> None:
        """Note a problem of this key at its line."""
        self._report.error(code, self.line(key), key=key, **params)

    def text(self, key: str, default: str | None = None) -> str:
        """The value as written; without a default the key must be there."""
        if self.has(key):
            return self._pairs[key][0]
        if default is None:
            self.error("missing-key", key)
        return default or ""

    def one_of(self, key: str, options: tuple[T, ...], default: T | None = None) -> T:
        """One of these words."""
        if not self.has(key):
            if default is None:
                self.error("missing-key", key)
            return options[0] if default is None else default
        value = self._pairs[key][0]
        found = next((option for option in options if option == value), None)
        if found is None:
            self.error("wrong-value", key, expected=", ".join(options))
            return options[0]
        return found

    def yes_no(self, key: str, *, default: bool | None = None) -> bool:
        """`yes` or `no`."""
        if not self.has(key):
            if default is None:
                self.error("missing-key", key)
            return bool(default)
        value = self._pairs[key][0]
        if value not in {"yes", "no"}:
            self.error("not-yes-or-no", key)
        return value == "yes"

    def whole(self, key: str, default: int | None = None, *, low: int = 0, high: int = 1_000_000) -> int:
        """A whole number from `low` to `high`."""
        if not self.has(key):
            if default is None:
                self.error("missing-key", key)
            return default or 0
        value = self._pairs[key][0]
        if not _WHOLE.fullmatch(value):
            self.error("not-a-whole-number", key)
            return low
        return int(self._in_range(key, int(value), low, high))

    def number(self, key: str, default: float | None = None, *, low: float = -math.inf, high: float = math.inf) -> float:
        """A finite decimal number from `low` to `high`, with a point."""
        if not self.has(key):
            if default is None:
                self.error("missing-key", key)
            return default or 0.0
        value = self._pairs[key][0]
        number = float(value) if _NUMBER.fullmatch(value) else math.nan
        if not math.isfinite(number):
            self.error("not-a-number", key)
            return 0.0
        return self._in_range(key, number, low, high)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._pairs:
            if key not in self._known:
                self.error("unknown-key", key)

    def _in_range(self, key: str, number: float, low: float, high: float) -> float:
        if not low <= number <= high:
            self.error("out-of-range", key, low=write_number(low), high=write_number(high))
            return low if math.isfinite(low) else 0.0
        return number


def write_number(number: float) -> str:
    """A number as it is written in a course: whole numbers without a point, others in full."""
    if math.isfinite(number) and number == int(number) and abs(number) < 10**15:  # beyond this repr is shorter and as exact
        return str(int(number))
    return "∞" if number == math.inf else repr(float(number))
