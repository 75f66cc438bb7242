"""Known faults of parts are told, and where nothing could be found out that is told as well, never as "none"."""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from known_faults import OLDEST, ask, judge, main, stale
from sbom import parse
from tests.house.tree import ROOT

TODAY = date(2026, 3, 2)
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PARTS: list[dict[str, Any]] = [{"name": pin["name"], "version": pin["version"], "vulns": []} for pin in parse(LOCK).values()]


def program(folder: Path, text: str, status: int) -> str:
    """Something that stands where pip-audit would: says a text and ends."""
    file = folder / "pip-audit"
    file.write_text(f"#!{sys.executable}\nimport sys\nsys.stdout.write({text!r})\nsys.exit({status})\n", encoding="utf-8")
    file.chmod(0o700)
    return str(file)


def found(**changes: Any) -> str:  # noqa: ANN401 - parts of a result
    made = judge(LOCK, PARTS, today=TODAY)
    assert made is not None
    return json.dumps(made | changes)


def test_every_part_of_the_lock_is_looked_at() -> None:
    made = judge(LOCK, PARTS, today=TODAY)
    assert made is not None
    assert (made["looked_at"], made["for_other_systems"], made["faults"]) == (len(PARTS), [], [])


def test_parts_for_other_systems_are_named_and_any_other_gap_is_no_answer() -> None:
    marked = next(pin for pin in parse(LOCK).values() if pin["marker"])
    made = judge(LOCK, [part for part in PARTS if part["name"] != marked["name"]], today=TODAY)
    assert made is not None
    assert f"{marked['name']} {marked['version']}" in made["for_other_systems"]
    assert judge(LOCK, [part for part in PARTS if part["name"] != "flask"], today=TODAY) is None
    assert judge("", [], today=TODAY) is None
    assert judge(LOCK, None, today=TODAY) is None


def test_a_fault_is_told_with_what_mends_it() -> None:
    faults = [{"id": "X-1", "fix_versions": ["9.1"]}, {"id": "X-2", "fix_versions": []}]
    made = judge(LOCK, [part | {"vulns": faults} if part["name"] == "bleach" else part for part in PARTS], today=TODAY)
    assert made is not None
    version = next(part["version"] for part in PARTS if part["name"] == "bleach")
    assert made["faults"] == [f"bleach {version} X-1, mended in 9.1", f"bleach {version} X-2, mended in no version"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", 1),
        ("Traceback", 1),
        ('{"other": []}', 0),
        ('{"dependencies": [{"name": "a", "skip_reason": "unreachable"}]}', 0),
        ('{"dependencies": []}', 2),
    ],
)
def test_a_database_that_does_not_answer_is_no_good_news(tmp_path: Path, text: str, status: int) -> None:
    assert ask(program(tmp_path, text, status), ROOT / "requirements.lock", []) is None
    assert ask(str(tmp_path / "nothing"), ROOT / "requirements.lock", []) is None


def test_the_command_says_which_of_the_three_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "known-faults.json"
    monkeypatch.setattr("known_faults.RESULT", result)
    assert main([]) == 1
    assert main([program(tmp_path, json.dumps({"dependencies": PARTS}), 0)]) == 0
    assert main([]) == 0
    bad = [part | {"vulns": [{"id": "X-1", "fix_versions": []}]} if part["name"] == "flask" else part for part in PARTS]
    assert main([program(tmp_path, json.dumps({"dependencies": bad}), 1)]) == 1
    assert main([]) == 1
    assert main([program(tmp_path, "Traceback", 1)]) == 2
    assert not result.exists(), "an older answer would pass for this one"
    said = capsys.readouterr()
    assert "X-1, mended in no version" in said.out
    assert "NOT KNOWN" in said.err


def test_an_answer_counts_for_a_week_and_for_one_lock() -> None:
    assert stale(LOCK, found(), today=TODAY) == ""
    assert stale(LOCK, found(), today=TODAY + timedelta(days=OLDEST)) == ""
    assert "8 days" in stale(LOCK, found(), today=TODAY + timedelta(days=OLDEST + 1))
    assert "-1 days" in stale(LOCK, found(), today=TODAY - timedelta(days=1))
    assert "changed" in stale(LOCK + "\n", found(), today=TODAY)
    assert "faults: 1" in stale(LOCK, found(faults=["x"]), today=TODAY)
    for nothing in ("", "[]", "{}", '{"day": 3}'):
        assert stale(LOCK, nothing, today=TODAY) == "There is no result."
