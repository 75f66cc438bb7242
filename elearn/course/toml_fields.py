"""Typed values out of TOML tables, with the line of each key: a wrong one becomes a problem and a harmless default."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from typing import Final, TypeVar

from elearn.course.problems import Report
from elearn.course.syntax import check_characters, is_id

T = TypeVar("T", bound=str)
Toml = Mapping[str, object]
Place = tuple[str | int, ...]

#: A reader of TOML needs time and memory with the square of the parts of a name: nobody writes more than a few.
MOST_DOTS: Final = 200
_TABLE: Final = re.compile(r"[ \t]*+\[(?P<many>\[)?(?P<name>[A-Za-z0-9_.\" \t-]++)\]")
_KEY: Final = re.compile(r"[ \t]*\"?(?P<key>[A-Za-z0-9_-]+)\"?[ \t]*=")
_ERROR_LINE: Final = re.compile(r"\(at line (\d+)")
_LONG_NUMBER: Final = re.compile(r"[0-9][0-9_]{4000}")


def parse_toml(text: str, report: Report) -> Toml | None:
    """The values of a TOML text; None when it is none."""
    crowded = next((number for number, line in enumerate(text.split("\n"), start=1) if line.count(".") > MOST_DOTS), 0)
    if crowded:
        report.error("toml-syntax", crowded, detail="too many dots")
        return None
    try:
        return tomllib.loads(text)
    except ValueError as error:
        report.error("toml-syntax", _error_line(text, str(error)), detail=str(error))
    except RecursionError:
        report.error("toml-syntax", detail="nesting")
    return None


def _error_line(text: str, said: str) -> int:
    """The line of an error: as it says, of a number with too many digits, else the last one."""
    line = _ERROR_LINE.search(said)
    number = _LONG_NUMBER.search(text)
    if line:
        return int(line[1])
    return text.count("\n", 0, number.start() if number else None) + 1


def key_lines(text: str) -> dict[Place, int]:
    """Where tables and keys stand: `("module", 0, "title")` → line."""
    lines: dict[Place, int] = {}
    counts: dict[str, int] = {}
    place: Place = ()
    for number, line in enumerate(text.split("\n"), start=1):
        table, key = _TABLE.match(line), _KEY.match(line)
        if table:
            name = table["name"].replace('"', "").strip(" \t")
            place = tuple(part.strip() for part in name.split("."))
            if table["many"]:
                counts[name] = counts.get(name, -1) + 1
                place = (*place, counts[name])
            lines.setdefault(place, number)
        elif key:
            lines.setdefault((*place, key["key"]), number)
    return lines


class TomlFields:
    """One table of a TOML file. Ask for every key, then call `finish`."""

    def __init__(self, values: Toml, report: Report, lines: Mapping[Place, int], place: Place = ()) -> None:
        self._values = values
        self._report = report
        self._lines = lines
        self._place = place
        self._known: set[str] = set()

    def keys(self) -> tuple[str, ...]:
        """The keys that are given, in the order of the file."""
        return tuple(self._values)

    def line(self, key: str) -> int:
        """The line of the key, else of its table, else 0."""
        return self._lines.get((*self._place, key), self._lines.get(self._place, 0))

    def error(self, code: str, key: str, **params: str | int) -> None:
        """Note a problem of this key at its line."""
        self._report.error(code, self.line(key), key=key, **params)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; without a default it must be there and hold something."""
        value = self._value(key, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.error("wrong-type", key, expected="text")
            return ""
        if default is None and not value.strip():
            self._report.error("empty-text", self.line(key))
        return self._clean(key, value)

    def id(self, key: str) -> str:
        """A string that is an id."""
        value = self.text(key)
        if value and not is_id(value):
            self._report.error("bad-id", self.line(key), id=value)
        return value

    def one_of(self, key: str, options: tuple[T, ...], default: T | None = None) -> T:
        """One of these words."""
        value = self._value(key, required=default is None)
        if value is None:
            return options[0] if default is None else default
        return self._option(key, value, options)

    def many_of(self, key: str, options: tuple[T, ...]) -> tuple[T, ...]:
        """A list of these words, each at most once."""
        values = self.texts(key)
        found = tuple(self._option(key, value, options) for value in values)
        if len(set(values)) < len(values):
            self.error("wrong-value", key, expected=", ".join(options))
        return found

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of strings."""
        value = self._value(key, required=default is None)
        if value is None:
            return default or ()
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            self.error("wrong-type", key, expected="a list of texts")
            return ()
        return tuple(self._clean(key, part) for part in value)

    def ids(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """A list of ids, each at most once."""
        values = self.texts(key, default)
        seen: set[str] = set()
        for value in values:
            if not is_id(value):
                self._report.error("bad-id", self.line(key), id=value)
            if value in seen:
                self._report.error("duplicate-id", self.line(key), id=value)
            seen.add(value)
        return values

    def whole(self, key: str, default: int | None = None, *, high: int = 1_000_000) -> int:
        """A whole number from 0 to `high`."""
        value = self._value(key, required=default is None)
        if value is None:
            return default or 0
        if not isinstance(value, int) or isinstance(value, bool):
            self.error("wrong-type", key, expected="a whole number")
            return 0
        if not 0 <= value <= high:
            self.error("out-of-range", key, low=0, high=high)
            return 0
        return value

    def truth(self, key: str, *, default: bool | None = None) -> bool:
        """`true` or `false`."""
        value = self._value(key, required=default is None)
        if value is None:
            return bool(default)
        if not isinstance(value, bool):
            self.error("wrong-type", key, expected="true or false")
        return value is True

    def table(self, key: str) -> "TomlFields":
        """A table; an empty one if it is not there."""
        value = self._value(key, required=False)
        if value is not None and not isinstance(value, dict):
            self.error("wrong-type", key, expected="a table")
        return TomlFields(value if isinstance(value, dict) else {}, self._report, self._lines, (*self._place, key))

    def tables(self, key: str) -> "tuple[TomlFields, ...]":
        """A list of tables; none if it is not there."""
        value = self._value(key, required=False)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
            self.error("wrong-type", key, expected="a list of tables")
            return ()
        return tuple(TomlFields(part, self._report, self._lines, (*self._place, key, index)) for index, part in enumerate(value))

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for key in self._values:
            if key not in self._known:
                self.error("unknown-key", key)

    def _value(self, key: str, *, required: bool) -> object:
        self._known.add(key)
        if required and key not in self._values:
            self.error("missing-key", key)
        return self._values.get(key)

    def _option(self, key: str, value: object, options: tuple[T, ...]) -> T:
        found = next((option for option in options if option == value), None)
        if found is None:
            self.error("wrong-value", key, expected=", ".join(options))
            return options[0]
        return found

    def _clean(self, key: str, value: str) -> str:
        return unicodedata.normalize("NFC", value) if check_characters(value, self._report, self.line(key)) else ""
