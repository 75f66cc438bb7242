"""Award: the frozen facts of one certificate, their canonical text and hash. It signs nothing and holds no name."""

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Self

from elearn.credential import serial as serials
from elearn.errors import Invalid
from elearn.lang import Language, is_language

#: Version of the shape of these facts; a reader refuses any other.
VERSION: Final = 1
_HEX64: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_WHOLE: Final = 10_000
_LARGEST: Final = 2**31 - 1
_LONGEST: Final = 2000
_MOST: Final = 60
_ONE_OR_TWO: Final = (1, 2)
#: Day numbers in the compact text start at the first and end before the last.
_FIRST_YEAR: Final = 2020
_LAST_YEAR: Final = 2198


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What was achieved, by whom it was given, and when. Days are UTC days; `expires_on` is the last good day."""

    serial: str
    organisations: tuple[str, ...]
    course: str
    code: str
    titles: Mapping[Language, str]
    release: int
    digest: str
    hours: int
    issued_on: date
    languages: tuple[Language, ...]
    rule: str
    objectives: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    result: str = "passed"
    grade_e4: int | None = None
    expires_on: date | None = None
    template: int = 1
    pseudonym: str | None = None
    name_commitment: str | None = None

    @property
    def percent(self) -> int | None:
        """The grade in whole percent as people read it, None without one: down, never up, for 79.99 must not read as 80."""
        return None if self.grade_e4 is None else self.grade_e4 // 100

    def __post_init__(self) -> None:
        """Refuses impossible facts: Invalid `award-<field>`."""
        for name, good in self._judgements():
            if not good:
                code = f"award-{name}"
                raise Invalid(code)

    def _judgements(self) -> list[tuple[str, bool]]:
        tags = [*self.languages, *self.titles, *self.objectives]
        lines = [line for group in self.objectives.values() for line in group]
        return [
            ("serial", _is_serial(self.serial)),
            ("organisations", 0 < len(self.organisations) <= _MOST and all(map(_is_text, self.organisations))),
            ("course", _is_text(self.course)),
            ("code", _is_text(self.code) and bool(_CODE.fullmatch(self.code))),
            ("titles", all(map(_is_text, self.titles.values())) and set(self.languages) <= set(self.titles)),
            ("objectives", len(lines) <= _MOST and all(map(_is_text, lines))),
            ("languages", len(set(self.languages)) == len(self.languages) in _ONE_OR_TWO and all(is_language(tag) for tag in tags)),
            ("release", _is_count(self.release, 1, _LARGEST)),
            ("digest", _is_text(self.digest) and bool(_HEX64.fullmatch(self.digest))),
            ("hours", _is_count(self.hours, 0, _LARGEST)),
            ("rule", _is_text(self.rule)),
            ("result", self.result == "passed"),
            ("grade", self.grade_e4 is None or _is_count(self.grade_e4, 0, _WHOLE)),
            ("days", self.issued_on.year >= _FIRST_YEAR and (self.expires_on is None or self.expires_on >= self.issued_on)),
            ("last-day", self.expires_on is None or self.expires_on.year <= _LAST_YEAR),
            ("template", _is_count(self.template, 1, _LARGEST)),
            ("pseudonym", self.pseudonym is None or _is_text(self.pseudonym)),
            ("name", self.name_commitment is None or (_is_text(self.name_commitment) and bool(_HEX64.fullmatch(self.name_commitment)))),
        ]

    def facts(self) -> dict[str, Any]:
        """The facts as JSON values, every member always present (shape version in `version`)."""
        return {
            "version": VERSION,
            **{name: getattr(self, name) for name in _PLAIN},
            "organisations": list(self.organisations),
            "languages": list(self.languages),
            "titles": dict(self.titles),
            "objectives": {language: list(lines) for language, lines in self.objectives.items()},
            "issued_on": self.issued_on.isoformat(),
            "expires_on": self.expires_on.isoformat() if self.expires_on else None,
        }

    @classmethod
    def from_facts(cls, facts: object) -> Self:
        """The award whose `facts()` these are; Invalid `facts-unreadable` or `award-<field>` for anything else."""
        code = "facts-unreadable"
        if not isinstance(facts, dict) or set(facts) != {"version", *(one.name for one in dataclasses.fields(cls))}:
            raise Invalid(code)
        try:
            values: dict[str, Any] = {
                **facts,
                "organisations": tuple(facts["organisations"]),
                "languages": tuple(facts["languages"]),
                "objectives": {language: tuple(lines) for language, lines in facts["objectives"].items()},
                "issued_on": date.fromisoformat(facts["issued_on"]),
                "expires_on": date.fromisoformat(facts["expires_on"]) if facts["expires_on"] is not None else None,
            }
            del values["version"]
            award = cls(**values)
            same = canonical(award.facts()) == canonical(facts)
        except (TypeError, ValueError, AttributeError):
            raise Invalid(code) from None
        if not same:
            raise Invalid(code)
        return award

    @property
    def facts_hash(self) -> str:
        """SHA-256, in hex, of the canonical text of the facts."""
        return hashlib.sha256(canonical(self.facts())).hexdigest()


_PLAIN: Final = (
    "serial",
    "course",
    "code",
    "release",
    "digest",
    "hours",
    "rule",
    "result",
    "grade_e4",
    "template",
    "pseudonym",
    "name_commitment",
)


def canonical(value: object) -> bytes:
    """RFC 8785 bytes of JSON without fractions and with ASCII member names; TypeError or ValueError for anything else."""
    _only_plain_json(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _only_plain_json(value: object) -> None:
    if isinstance(value, dict):
        if not all(isinstance(name, str) and name.isascii() for name in value):
            raise TypeError(value)
        for inner in value.values():
            _only_plain_json(inner)
    elif isinstance(value, list):
        for inner in value:
            _only_plain_json(inner)
    elif isinstance(value, float) or not isinstance(value, str | int | None) or (isinstance(value, int) and abs(value) >= 2**53):
        raise TypeError(value)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST


def _is_count(value: object, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_serial(text: object) -> bool:
    try:
        return isinstance(text, str) and serials.parse(text) == text
    except Invalid:
        return False
