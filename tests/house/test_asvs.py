"""The answers to OWASP ASVS 5.0 are complete, in order, and name code and tests that exist. Whether they are true is for readers."""

import ast
import csv
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.house.tree import ROOT, syntax

INDEX: Final = ROOT / "docs" / "asvs.md"
CHAPTERS: Final = sorted((ROOT / "docs" / "asvs").glob("v*.md"))
HEAD: Final = "| id | level | about | state | our answer | code | tests |"
STATES: Final = {"tested", "written", "deviation"}

#: The items of level 3 that we chose, and those that we argue against though nobody asked us.
CHOSEN: Final = frozenset(
    (
        *("3.2.3", "3.5.7", "3.5.8", "3.6.1", "3.7.3", "5.2.4", "5.2.5", "5.2.6", "5.3.3", "6.3.6", "6.3.7", "6.3.8", "6.4.6", "6.5.6"),
        *("6.5.8", "7.5.3", "8.3.2", "11.3.4", "13.1.4", "14.2.7", "14.2.8", "15.1.4", "15.2.4", "15.4.2", "16.5.4"),
    )
)
ARGUED: Final = frozenset({"3.4.7", "3.7.4", "6.3.5", "8.2.4"})
#: Deviations that were decided before anything was built; each must be argued in its row.
DECIDED: Final = ARGUED | {"16.2.1", "6.2.12", "6.5.5", "16.4.3", "5.4.3"}


@dataclass(frozen=True, slots=True)
class Row:
    """One answer."""

    id: str
    level: str
    about: str
    state: str
    answer: str
    code: str
    tests: str
    file: str


@cache
def _levels() -> dict[str, str]:
    """Give the level of every requirement of the standard."""
    with (ROOT / "docs" / "asvs" / "levels.csv").open(encoding="utf-8", newline="") as file:
        return {line["id"]: line["level"] for line in csv.DictReader(file)}


@cache
def _rows() -> tuple[Row, ...]:
    found = []
    for file in CHAPTERS:
        lines = file.read_text(encoding="utf-8").splitlines()
        for line in lines[lines.index(HEAD) + 2 :]:
            if not line.startswith("|"):
                break
            cells = [cell.strip() for cell in line.strip("|").split(" | ")]
            assert len(cells) == 7, f"{file.name}: {line}"
            item, level, about, state, answer, code, tests = cells
            found.append(Row(item, level, about, state, answer, code, tests, file.name))
    return tuple(found)


def _listed(title: str) -> list[str]:
    """Give the ids in the section of the index with this title; `4.4.*` and `10.*` stand for all below."""
    section = INDEX.read_text(encoding="utf-8").split(f"## {title}\n")[1].split("\n## ")[0]
    named = re.findall(r"(?<![\d.])(\d+(?:\.\d+)*(?:\.\*)?)(?![\d.]*\w)", " ".join(re.findall(r"^\| ([^|]*) \|", section, re.MULTILINE)))
    return [item for name in named for item in ([name] if "*" not in name else _below(name.removesuffix("*")))]


def _below(prefix: str) -> list[str]:
    return [item for item in _levels() if item.startswith(prefix)]


def _order(item: str) -> tuple[int, ...]:
    return tuple(int(part) for part in item.split("."))


def test_the_standard_is_counted_as_it_is() -> None:
    assert Counter(_levels().values()) == {"1": 70, "2": 183, "3": 92}
    assert sorted(_levels(), key=_order) == list(_levels())


def test_every_requirement_has_exactly_one_place() -> None:
    places = [row.id for row in _rows()] + _listed("Not for us") + _listed("Level 3, not chosen") + _listed("Being built")
    assert [item for item, times in Counter(places).items() if times > 1] == []
    assert sorted(set(_levels()) ^ set(places), key=_order) == []


def test_what_applies_to_us_is_counted() -> None:
    applies = {item: level for item, level in _levels().items() if item not in set(_listed("Not for us"))}
    assert Counter(applies.values()) == {"1": 63, "2": 131, "3": 76}
    assert len(CHOSEN) == 25
    assert {applies[item] for item in CHOSEN | ARGUED} == {"3"}
    wanted = {item for item, level in applies.items() if level != "3"} | CHOSEN | ARGUED
    assert {row.id for row in _rows()} | set(_listed("Being built")) == wanted


@pytest.mark.parametrize("file", [file.name for file in CHAPTERS])
def test_answers_stand_in_their_chapter_in_order(file: str) -> None:
    ids = [row.id for row in _rows() if row.file == file]
    assert ids == sorted(ids, key=_order)
    assert {f"v{int(item.partition('.')[0]):02}" for item in ids} == {file[:3]}
    assert [row.id for row in _rows() if row.file == file and row.level != _levels()[row.id]] == []
    assert f"asvs/{file}" in INDEX.read_text(encoding="utf-8")


def test_an_answer_says_how_it_is_known() -> None:
    assert [row.id for row in _rows() if row.state not in STATES or not row.about or not row.answer] == []
    assert [row.id for row in _rows() if row.state == "tested" and "::" not in row.tests] == []
    assert [row.id for row in _rows() if row.state == "written" and ".md" not in row.code] == []


def test_every_deviation_has_its_reason_and_what_is_done_instead() -> None:
    argued = re.compile(r"Why: .{20,}(Instead|Plan): .{10,}")
    assert [row.id for row in _rows() if row.state == "deviation" and not argued.search(row.answer)] == []
    waiting = set(_listed("Being built"))
    assert [row.id for row in _rows() if row.id in DECIDED and row.state != "deviation"] == []
    assert {row.id for row in _rows()} | waiting >= DECIDED


def test_every_deviation_is_in_the_summary() -> None:
    listed = _listed("Where we deviate")
    assert sorted(listed, key=_order) == [row.id for row in _rows() if row.state == "deviation"]


def test_every_named_piece_of_code_exists() -> None:
    named = {(row.id, path) for row in _rows() for path in re.findall(r"`([^`]+)`", row.code)}
    assert sorted((item, path) for item, path in named if not (ROOT / path.partition("#")[0]).exists()) == []
    anchors = [(item, path) for item, path in named if "#" in path]
    assert [(item, path) for item, path in anchors if path.partition("#")[2] not in _headings(ROOT / path.partition("#")[0])] == []


def _headings(file: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


def test_every_named_test_exists() -> None:
    named = {(row.id, name) for row in _rows() for name in re.findall(r"`([^`]+)`", row.tests)}
    assert sorted((item, name) for item, name in named if not _is_test(name)) == []


def _is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    file = ROOT / path
    if not (path.startswith("tests/") and file.is_file() and function.startswith("test_")):
        return False
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in ast.walk(syntax(file)))
