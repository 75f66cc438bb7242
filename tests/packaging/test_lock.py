"""The lock pins every dependency by hash, and names no server."""

import re
import tomllib

from tests.house.tree import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINNED = re.findall(
    r"^([a-z0-9][-a-z0-9.]*)(?:\[[^\]]*\])?==[^\s;]+(?: ;.*)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", LOCK, re.MULTILINE
)


def _named(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!;~ ]", requirement)[0] for requirement in requirements}


def test_every_line_of_the_lock_is_a_pin_a_hash_or_a_comment() -> None:
    lines = [line for line in LOCK.splitlines() if line and not re.match(r"^(?:[a-z0-9]|    --hash=sha256:|    #)", line)]
    assert lines == []
    assert len(PINNED) == len(re.findall(r"^[a-z0-9]", LOCK, re.MULTILINE))


def test_what_looks_for_known_faults_is_pinned_in_the_same_way() -> None:
    lines = (ROOT / "requirements-audit.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not re.match(r"^(?:[a-z0-9][^ ]*==|    --hash=sha256:|    #)", line)] == []
    assert any(line.startswith("pip-audit==") for line in lines)


def test_every_dependency_of_the_project_is_pinned() -> None:
    wanted = _named([*PROJECT["dependencies"], *(line for extra in PROJECT["optional-dependencies"].values() for line in extra)])
    assert sorted(wanted - {name for name, _ in PINNED}) == []


def test_what_builds_the_wheel_is_pinned_too() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["build-system"]["requires"]
    assert sorted(_named(build) - {name for name, _ in PINNED}) == []
