"""Nothing in the repository knows the machine it was made on, or where packages come from."""

import re

from tests.house import tree

# Written in pieces, so that this file does not hold what it looks for.
_FORBIDDEN = {
    "a folder of a machine": "|".join(f"/{name}/" for name in ("work", "root", "home")),
    "an index option": "--(?:extra-)?" + "index-" + "url",
    "a registry host": "|".join(re.escape(".".join(parts)) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry", "npmjs"))),
    "a private library": re.escape("." + "library" + "/"),
    "a lock entry with an address": '"resolved"' + r": \"https?://",
    "a private key": "-----BEGIN " + r"[A-Z ]*PRIVATE KEY-----",
}


def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{name}: {fault}"
        for name, content in tree.tracked()
        for fault, pattern in _FORBIDDEN.items()
        if re.search(pattern.encode(), content)
    ]
    assert found == []


def test_no_generated_file_is_tracked() -> None:
    assert [
        name for name, _ in tree.tracked() if re.search(r"\.(?:pyc|mo|sqlite3?|db)$|(?:^|/)(?:node_modules|__pycache__|\.venv)/", name)
    ] == []


def test_text_files_end_with_one_line_break() -> None:
    ragged = [
        name
        for name, content in tree.tracked()
        if content and name.endswith((".py", ".md", ".html", ".css", ".js", ".toml", ".po")) and (content[-1:] != b"\n" or b"\r" in content)
        if not name.startswith("tests/courses/broken/")
    ]
    assert ragged == []
