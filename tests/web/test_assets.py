"""Static files as they are sent: joined, without what only editors need, named by their content."""

import gzip
from pathlib import Path

import brotli
import pytest

from elearn.web.assets import build, script_files, style_files

ASSETS = build()
#: How a line of a comment begins; in a style sheet a star is a selector.
REMARKS = {"style.css": ("/*",), "script.js": ("//", "/*", "*")}


@pytest.mark.parametrize("name", sorted(ASSETS))
def test_what_is_packed_unpacks_to_the_same(name: str) -> None:
    asset = ASSETS[name]
    assert brotli.decompress(asset.packed["br"]) == gzip.decompress(asset.packed["gzip"]) == asset.plain


def test_comments_and_indentation_stay_at_home() -> None:
    for name in ("style.css", "script.js"):
        lines = ASSETS[name].plain.decode().splitlines()
        assert [line for line in lines if not line or line[0].isspace() or line.startswith(REMARKS[name])] == []


@pytest.mark.parametrize(("name", "files"), [("style.css", style_files()), ("script.js", script_files())])
def test_nothing_else_is_lost(name: str, files: list[Path]) -> None:
    sent = ASSETS[name].plain.decode().splitlines()
    kept = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    spoken = [line for line in kept if line and not line.startswith(REMARKS[name])]
    assert sent == spoken


def test_the_looks_stay_small() -> None:
    assert sum(len(ASSETS[name].packed["br"]) for name in ("style.css", "script.js", "icon.svg")) <= 5_600
