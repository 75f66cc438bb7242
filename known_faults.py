"""Whether a part of a release has a fault that the world knows of: every pin of `requirements.lock` is asked for in the OSV database.

Run by `make audit`, which installs pip-audit beside; `make audited` says without a network whether that was done in the last seven days.
Only names and versions of public packages leave the machine. Exit status: 0 none known, 1 faults, 2 nothing is known.
"""

import hashlib
import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from sbom import parse

ROOT: Final = Path(__file__).parent
LOCK: Final = ROOT / "requirements.lock"
#: What was found and when: goes out with a release, beside the list of its parts.
RESULT: Final = ROOT / "known-faults.json"
OLDEST: Final = 7
_WORDS: Final = ("--disable-pip", "--require-hashes", "--strict", "--vulnerability-service", "osv", "--format", "json")
_LONGEST: Final = 900


def ask(program: str, lock: Path, more: list[str]) -> list[dict[str, Any]] | None:
    """What pip-audit says of each part, or None when it could not find out."""
    command = [program, "--requirement", str(lock), *_WORDS, "--progress-spinner", "off", *more]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST)  # noqa: S603 - our own words
        parts: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (OSError, ValueError, KeyError, TypeError, subprocess.TimeoutExpired):
        return None
    return None if done.returncode not in (0, 1) or any("skip_reason" in part for part in parts) else parts


def judge(lock: str, parts: list[dict[str, Any]] | None, *, today: date) -> dict[str, Any] | None:
    """The result to be kept, or None when a part for this system was not looked at; parts for other systems are named."""
    if parts is None:
        return None
    looked_at = {(part["name"], part["version"]) for part in parts}
    missing = [pin for pin in parse(lock).values() if (pin["name"], pin["version"]) not in looked_at]
    if not looked_at or any(pin["marker"] is None for pin in missing):
        return None
    return {
        "day": today.isoformat(),
        "lock": hashlib.sha256(lock.encode()).hexdigest(),
        "looked_at": len(looked_at),
        "for_other_systems": sorted(f"{pin['name']} {pin['version']}" for pin in missing),
        "faults": sorted(
            f"{part['name']} {part['version']} {fault['id']}, mended in {', '.join(fault['fix_versions']) or 'no version'}"
            for part in parts
            for fault in part["vulns"]
        ),
    }


def stale(lock: str, result: str, *, today: date) -> str:
    """Why what was found does not count for a release of today; empty when it does."""
    try:
        found = json.loads(result)
        age = (today - date.fromisoformat(found["day"])).days
        same, faults = found["lock"] == hashlib.sha256(lock.encode()).hexdigest(), found["faults"]
    except (ValueError, KeyError, TypeError):
        return "There is no result."
    if not same:
        return "The lock has changed since."
    if not 0 <= age <= OLDEST:
        return f"It was done {age} days ago; {OLDEST} are allowed."
    return f"Known faults: {len(faults)}." if faults else ""


def main(words: list[str]) -> int:
    """`known_faults.py PROGRAM [options of pip-audit]` asks; without words, look at what was found last."""
    lock, today = LOCK.read_text(encoding="utf-8"), datetime.fromtimestamp(time.time(), UTC).date()
    if not words:
        reason = stale(lock, RESULT.read_text(encoding="utf-8") if RESULT.exists() else "", today=today)
        sys.stdout.write(f"Not fit for a release: {reason} Run `make audit`.\n" if reason else "Looked at lately: no known fault.\n")
        return 1 if reason else 0
    found = judge(lock, ask(words[0], LOCK, words[1:]), today=today)
    if found is None:
        RESULT.unlink(missing_ok=True)
        sys.stderr.write(
            "NOT KNOWN: the database of known faults did not answer for every part. This says nothing about faults; try again.\n"
        )
        return 2
    RESULT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    lines = [*found["faults"], f"{found['looked_at']} parts looked at, known faults: {len(found['faults'])}."]
    lines += [f"For other systems, not looked at: {', '.join(found['for_other_systems'])}."] if found["for_other_systems"] else []
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
