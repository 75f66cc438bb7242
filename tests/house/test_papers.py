"""The papers in docs/safety say what the code does: figures, keys, tables, modules."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest

from elearn.access import rules
from elearn.actions import approval, cohort, erase, handle, invite, once, passphrase, recovery, session, throttle, weak
from elearn.course import archive, catalog
from elearn.credential import attachment, name, verify
from elearn.quiz import kind
from elearn.quiz.kinds import number
from elearn.richtext import sanitize
from elearn.runtime import PURPOSES
from elearn.store import engine, search, standby
from elearn.store.rows import METADATA
from elearn.web import limits, render
from tests.house import tree

PAPERS: Final = {file.stem: file.read_text(encoding="utf-8") for file in sorted((tree.ROOT / "docs" / "safety").glob("*.md"))}


def _most(limits: throttle.Limits) -> list[int]:
    return [most for _, most in limits.bounds]


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


def _option(name: str) -> int:
    found = re.search(rf"{name}=(\d+)", str(engine._POSTGRES["options"]))
    assert found is not None
    return int(found.group(1)) // 1000


def _bucket(name: str) -> tuple[str, str]:
    found = re.search(rf"{name} = Buckets\(at_once=([\d.]+), a_second=([\d.]+)\)", Path(limits.__file__).read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1), found.group(2)


FIGURES: Final[dict[str, tuple[str, str]]] = {
    "handle": ("inputs", f"{handle.SHORTEST} to {handle.LONGEST} letters"),
    "passphrase": (
        "inputs",
        f"{passphrase.SHORTEST_ALONE} to {passphrase.LONGEST} characters ({passphrase.SHORTEST} with a second factor)",
    ),
    "name on paper": ("inputs", f"| {name.LONGEST} characters, no invisible"),
    "cohort": ("inputs", f"cohort {cohort.LONGEST_NAME} characters"),
    "answer": ("inputs", f"typed text up to {kind.TEXT_LIMIT:,} characters; a number up to {number.LIMIT} signs"),
    "form key": ("inputs", f"{once._SHORTEST} to {once._LONGEST} signs"),
    "search": ("inputs", f"{search.MOST_CHARACTERS} characters, of which {search._MOST_WORDS} words count"),
    "zip": ("inputs", f"{archive.MOST_FILES:,} files, {archive.MOST_BYTES // 10**6} MB unpacked, ratio {archive.MOST_RATIO}"),
    "text": ("inputs", f"{sanitize.MAX_BYTES // 1000} kB, {sanitize.MAX_ELEMENTS:,} elements, {sanitize.MAX_DEPTH} deep"),
    "po": ("inputs", f"{catalog._MAX_BYTES // 10**6} MB"),
    "pdf": ("inputs", f"{attachment.LARGEST_PDF >> 20} MB, {verify._LARGEST_JSON >> 10} kB; {attachment._MOST_FILES} files inside"),
    "costly": ("inputs", limits.COSTLY.replace(" per ", " a ")),
    "costly again": ("signing-in", limits.COSTLY.replace(" per", " requests a")),
    "strangers": ("inputs", "{} at once and {} a second in each worker".format(*_bucket("strangers"))),
    "trusted": ("inputs", f"{_bucket('trusted')[0]} at once and one in ten seconds"),
    "query": ("inputs", f"carry it on | {render._LONGEST_QUERY:,} signs"),
    "hashes": ("inputs", f"hashes of passphrases at once | {passphrase.AT_ONCE} in a process"),
    "members": ("inputs", f"| {cohort.MOST_MEMBERS}, {cohort.MOST_COURSES} |"),
    "invites": ("inputs", f"{invite.MOST_CODES} codes on a sheet, {invite.MOST_USES} people a code, {invite.LIFE.days} days"),
    "bulk": ("inputs", f"more than {approval.BULK} at once or {approval.A_DAY} within a day"),
    "statement": ("inputs", f"{_option('statement_timeout')} s, waiting for a lock {_option('lock_timeout')} s"),
    "standby": ("outside", f"15 s a statement, {standby.PATIENCE:.0f} s for its standby"),
    "pool": ("outside", "pool of {pool_size} and {max_overflow} more for each worker, {pool_timeout} s for one".format(**engine._POOL)),
    "recovery": ("signing-in", f"{recovery._BYTES * 8} random bits"),
    "tries": ("signing-in", "{} in five minutes, {} a day".format(*_most(throttle.SIGN_IN))),
    "codes": ("signing-in", "{} in five minutes, {} an hour, {} a day".format(*_most(throttle.FACTOR))),
    "sessions": ("signing-in", f"| {_minutes(session.IDLE)} minutes | {_minutes(session.LIFE) // 60} hours |"),
    "sessions of admins": ("signing-in", f"| {_minutes(session.IDLE_ADMIN)} minutes | {_minutes(session.LIFE_ADMIN) // 60} hours |"),
    "trust": ("data", f"trusted browsers {session.TRUST.days} days"),
    "notices": ("data", f"approvals {approval.KEPT.days} days"),
    "argon2": ("cryptography", f"argon2id, {passphrase._HASHER.memory_cost >> 10} MiB, {passphrase._HASHER.time_cost} passes"),
}


def _paper(title: str) -> str:
    return " ".join(PAPERS[title].split())


@pytest.mark.parametrize("what", sorted(FIGURES))
def test_a_figure_is_that_of_the_code(what: str) -> None:
    paper, text = FIGURES[what]
    assert text in _paper(paper)


def test_what_is_only_said_in_words_holds_too() -> None:
    assert throttle.SIGN_IN.bounds[0][0] == throttle.FACTOR.bounds[0][0] == session.FRESH
    assert throttle.SIGN_IN.bounds[-1][0] == throttle.FACTOR.bounds[-1][0] == throttle.DAY
    assert throttle.FACTOR.bounds[1][0] == timedelta(hours=1)
    assert (throttle.SIGN_IN.patient, _minutes(throttle.SIGN_IN.longest), _minutes(session.FRESH)) == (3, 1, 5)
    assert (erase.GRACE.days, approval.PATIENCE.days, recovery.CODES) == (7, 3, 10)
    assert len(weak.weak_list()) > 3_000
    assert {role.value for role in rules.FACTOR} == {"trainer", "admin", "operator"}


def test_every_table_has_a_level() -> None:
    named = re.findall(r"`(\w+)`", "".join(re.findall(r"^\| [1-4] \| (`.*)\|$", PAPERS["data"], re.MULTILINE)))
    assert sorted(set(named) - {"passphrase_hash"}) == sorted(METADATA.tables)


def test_every_use_of_cryptography_is_in_the_inventory() -> None:
    users = {
        tree.name(file)
        for file in tree.python_files("elearn")
        if re.search(
            r"^(import|from) (hashlib|hmac|secrets|cryptography|argon2|itsdangerous|pyrage|webauthn)\b",
            file.read_text("utf-8"),
            re.MULTILINE,
        )
    }
    listed = set(re.findall(r"`(elearn/[\w/]+\.py)`", PAPERS["cryptography"]))
    assert sorted(users - listed) == []
    assert sorted(listed - users) == []


def test_every_key_is_in_the_papers() -> None:
    keys = (tree.ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    assert [purpose for purpose in PURPOSES if f"`{purpose}.key`" not in keys] == []
    assert [purpose for purpose in PURPOSES if f"| `{purpose}` |" not in PAPERS["cryptography"]] == []


def test_every_place_that_opens_a_session_is_known() -> None:
    """A new one is a new way in: it belongs into docs/safety/signing-in.md first."""
    opening = {
        tree.name(file)
        for file in tree.python_files("elearn")
        if re.search(r"(?<!def )\b(open_session|let_in|wait_for_factor)\(", file.read_text(encoding="utf-8"))
    }
    assert opening == {
        "elearn/actions/session.py",
        "elearn/actions/factor.py",
        "elearn/actions/passkey.py",
        "elearn/actions/account.py",
        "elearn/web/account/join.py",
    }


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_every_file_that_a_paper_names_exists(paper: str) -> None:
    named = set(re.findall(r"`((?:elearn|tests|docs)/[\w/.-]+)`", PAPERS[paper]))
    assert sorted(path for path in named if not (tree.ROOT / path).exists()) == []
