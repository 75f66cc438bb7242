"""Static files as they are sent: joined, without what only editors need, named by their content."""

import gzip
import hashlib
from pathlib import Path

import brotli
import pytest
from flask import Flask

from elearn.web.assets import build, script_files, style_files
from tests.visitor import Visitor

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


@pytest.fixture
def style(visitor: Visitor) -> str:
    return visitor.get("/en/safety").one("link", rel="stylesheet").get("href", "")


def test_the_name_is_the_fingerprint_of_the_content(app: Flask, style: str) -> None:
    content = app.test_client().get(style, headers={"Accept-Encoding": "identity"}).get_data()
    assert hashlib.sha256(content).hexdigest()[:10] == style.split(".")[1]


@pytest.mark.parametrize(
    ("accepted", "sent"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("gzip, deflate, br, zstd", "br"), ("identity", None), ("", None)],
)
def test_the_best_accepted_form_is_sent(app: Flask, style: str, accepted: str, sent: str | None) -> None:
    answer = app.test_client().get(style, headers={"Accept-Encoding": accepted})
    assert answer.headers.get("Content-Encoding") == sent
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype == "text/css"
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[sent]
    assert b"@layer" in unpack(answer.get_data())


def test_every_file_is_served_and_sets_no_cookie(app: Flask) -> None:
    for asset in ASSETS.values():
        answer = app.test_client().get(f"/static/{asset.name}", headers={"Accept-Encoding": "identity"})
        assert answer.get_data() == asset.plain
        assert "Set-Cookie" not in answer.headers


def test_styles_stand_in_the_order_of_the_cascade() -> None:
    names = [file.name for file in style_files()]
    assert names[:4] == ["tokens.css", "reset.css", "base.css", "layout.css"]
    assert names[-1] == "print.css"
    assert names[4:-1] == sorted(names[4:-1])


def test_the_loader_stands_before_the_modules_and_the_start_after_them() -> None:
    names = [file.name for file in script_files()]
    assert (names[0], names[-1]) == ("main.js", "start.js")


@pytest.mark.parametrize("name", ["style.css", "style.0000000000.css", "../app.py", "main.js"])
def test_another_name_is_not_found(visitor: Visitor, name: str) -> None:
    visitor.get(f"/static/{name}", status=404)


def test_a_page_is_compressed_for_whoever_can_read_that(app: Flask) -> None:
    for accepted in ("zstd", "br", "gzip"):
        answer = app.test_client().get("/en/safety", headers={"Accept-Encoding": accepted})
        assert answer.headers["Content-Encoding"] == accepted
    assert "Content-Encoding" not in app.test_client().get("/en/safety").headers
