"""The list of parts of a release says what the lock says: every part once, with its hashes and who needs it."""

import json
import re
import subprocess
import sys
import tomllib
from typing import Any

import pytest

from sbom import document, parse
from tests.house.tree import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    return document(LOCK, PROJECT)


def test_every_pin_of_the_lock_is_a_component_with_all_its_hashes(made: dict[str, Any]) -> None:
    pins = re.findall(r"^([a-z0-9][-a-z0-9._]*)(?:\[[^\]]*\])?==([^\s;]+)", LOCK, re.MULTILINE)
    assert [(one["name"], one["version"]) for one in made["components"]] == pins
    hashes = [one["content"] for part in made["components"] for one in part["externalReferences"][0]["hashes"]]
    assert sorted(hashes) == sorted(re.findall(r"sha256:([0-9a-f]{64})", LOCK))


def test_every_reference_leads_somewhere_and_every_part_is_needed(made: dict[str, Any]) -> None:
    refs = [made["metadata"]["component"]["bom-ref"], *(one["bom-ref"] for one in made["components"])]
    assert len(set(refs)) == len(refs)
    assert {one["ref"] for one in made["dependencies"]} == set(refs)
    needed = {ref for one in made["dependencies"] for ref in one["dependsOn"]}
    assert needed == set(refs[1:])


def test_what_runs_is_told_from_what_only_tests_use(made: dict[str, Any]) -> None:
    scopes = {one["name"]: one["scope"] for one in made["components"]}
    assert (scopes["flask"], scopes["werkzeug"], scopes["pyrage"]) == ("required",) * 3
    assert scopes["psycopg"] == "optional"
    assert (scopes["pytest"], scopes["ruff"]) == ("excluded", "excluded")


def test_two_runs_give_the_same_bytes_and_cyclonedx_is_named() -> None:
    runs = [subprocess.run([sys.executable, ROOT / "sbom.py"], capture_output=True, check=True).stdout for _ in range(2)]
    assert runs[0] == runs[1]
    made = json.loads(runs[0])
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["serialNumber"])


def test_a_line_is_read_with_its_marker_and_its_reasons() -> None:
    lines = (
        "one[x]==1.0 ; sys_platform == 'linux' \\",
        f"    --hash=sha256:{'a' * 64}",
        "    # via",
        "    #   elearn (pyproject.toml)",
        "    #   two",
    )
    part = {"name": "one", "version": "1.0", "marker": "sys_platform == 'linux'", "hashes": ["a" * 64], "via": ["elearn", "two"]}
    assert parse("\n".join(lines)) == {"one@1.0": part}
