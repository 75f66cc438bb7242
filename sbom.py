"""The parts of a release as a CycloneDX list: name, version, hashes and who needs whom, read out of `requirements.lock`. Nothing is asked.

Run by `make sbom`. Two runs over the same lock give the same bytes.
"""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent
_PIN: Final = re.compile(r"^([a-z0-9][-a-z0-9._]*)(?:\[[^\]]*\])?==([^\s;]+)(?: ; (.+?))? \\$")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_VIA: Final = re.compile(r"^    #(?: via)?\s+([a-z0-9][-a-z0-9._]*)")
_OURSELVES: Final = "elearn"


def parse(lock: str) -> dict[str, dict[str, Any]]:
    """Each pinned part with its version, marker, hashes and the parts that need it."""
    parts: dict[str, dict[str, Any]] = {}
    part: dict[str, Any] = {}
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            part = parts[f"{pin[1]}@{pin[2]}"] = {"name": pin[1], "version": pin[2], "marker": pin[3], "hashes": [], "via": []}
        elif found := _HASH.search(line):
            part["hashes"].append(found[1])
        elif (needs := _VIA.match(line)) and needs[1] != "via":
            part["via"].append(needs[1])
    return parts


def document(lock: str, project: dict[str, Any]) -> dict[str, Any]:
    """The list as CycloneDX 1.6."""
    parts = parse(lock)
    own = f"pkg:pypi/{_OURSELVES}@{project['version']}"
    known: dict[str, list[str]] = {_OURSELVES: [own]}  # a part may be pinned twice, for different systems
    for part in parts.values():
        known.setdefault(part["name"], []).append(_purl(part))
    needs: dict[str, list[str]] = {ref: [] for refs in known.values() for ref in refs}
    for part in parts.values():
        for ref in (ref for name in part["via"] for ref in known[name]):
            needs[ref].append(_purl(part))
    scopes = _scopes(needs, known, project)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": _OURSELVES,
                "version": project["version"],
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": own,
            }
        },
        "components": [_component(part, scopes[_purl(part)]) for part in parts.values()],
        "dependencies": [{"ref": ref, "dependsOn": sorted(set(found))} for ref, found in sorted(needs.items())],
    }


def _scopes(needs: dict[str, list[str]], known: dict[str, list[str]], project: dict[str, Any]) -> dict[str, str]:
    """What runs is required, what runs with PostgreSQL only is optional, what only tests and builds use is excluded."""
    extras = project["optional-dependencies"]
    scopes = dict.fromkeys(needs, "excluded")
    for scope, wanted in (("optional", extras["postgres"]), ("required", project["dependencies"])):
        waiting = [ref for one in wanted for ref in known[re.split(r"[\[<>=!;~ ]", one)[0]]]
        while waiting:
            ref = waiting.pop()
            if scopes[ref] != scope:
                scopes[ref] = scope
                waiting += needs[ref]
    return scopes


def _component(part: dict[str, Any], scope: str) -> dict[str, Any]:
    """One part; each hash is that of one file it is given out as, none of the part itself."""
    made: dict[str, Any] = {
        "type": "library",
        "bom-ref": _purl(part),
        "name": part["name"],
        "version": part["version"],
        "scope": scope,
        "purl": _purl(part),
        "externalReferences": [
            {"type": "distribution", "url": _purl(part), "hashes": [{"alg": "SHA-256", "content": content} for content in part["hashes"]]}
        ],
    }
    if part["marker"]:
        made["properties"] = [{"name": "elearn:marker", "value": part["marker"]}]
    return made


def _purl(part: dict[str, Any]) -> str:
    return f"pkg:pypi/{part['name']}@{part['version']}"


def main() -> None:
    """Print the list."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    json.dump(document(lock, project), sys.stdout, indent=1)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
