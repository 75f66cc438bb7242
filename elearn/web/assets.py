"""Static files: style sheets and scripts joined in order, named by their content, compressed once, served from memory."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, abort, request

from elearn.access.permission import Permission

_FOLDER: Final = Path(__file__).parent / "static"
_LAYERS: Final = ("tokens", "reset", "base", "layout")
_COMMENT: Final = re.compile(r"^[ \t]*(?://[^\n]*|/\*.*?\*/)", re.MULTILINE | re.DOTALL)
_BLANK: Final = re.compile(r"\n\s+|[ \t]+\n")
_FOREVER: Final = "public, max-age=31536000, immutable"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file ready to send: its name with the fingerprint, its type, its bytes as they are and compressed."""

    name: str
    type: str
    plain: bytes
    packed: dict[str, bytes]


def _asset(stem: str, suffix: str, content: bytes) -> Asset:
    mark = hashlib.sha256(content).hexdigest()[:10]
    packed = {"br": brotli.compress(content, quality=11), "gzip": gzip.compress(content, 9, mtime=0)}
    return Asset(f"{stem}.{mark}{suffix}", _TYPES[suffix], content, packed)


def _joined(files: list[Path]) -> bytes:
    """Join files without what only whoever edits them needs: indentation, and comments that have lines of their own."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    return (_BLANK.sub("\n", _COMMENT.sub("", text)).strip() + "\n").encode()


def style_files(folder: Path = _FOLDER) -> list[Path]:
    """List the style sheets in the order of the cascade: layers, components by name, print last."""
    css = folder / "css"
    return [css / f"{name}.css" for name in _LAYERS] + sorted((css / "components").glob("*.css")) + [css / "print.css"]


def office_files(folder: Path = _FOLDER) -> list[Path]:
    """List the style sheets that only the pages of admins and the operator load, so that learners do not pay for them."""
    return sorted((folder / "css" / "office").glob("*.css"))


def script_files(folder: Path = _FOLDER) -> list[Path]:
    """List the scripts: the small loader, then one module for each behaviour."""
    return [folder / "js" / "main.js", *sorted((folder / "js" / "modules").glob("*.js")), folder / "js" / "start.js"]


def page_scripts(folder: Path = _FOLDER) -> list[Path]:
    """List the scripts of single pages, which name them themselves, so that no other page pays for them."""
    return sorted((folder / "js" / "pages").glob("*.js"))


def build(folder: Path = _FOLDER) -> dict[str, Asset]:
    """Make every asset, keyed by the plain name that templates use."""
    assets = {
        "style.css": _asset("style", ".css", _joined(style_files(folder))),
        "office.css": _asset("office", ".css", _joined(office_files(folder))),
        "script.js": _asset("script", ".js", _joined(script_files(folder))),
    }
    for file in page_scripts(folder):
        assets[file.name] = _asset(file.stem, ".js", _joined([file]))
    for file in sorted((folder / "img").iterdir()):
        assets[file.name] = _asset(file.stem, file.suffix, file.read_bytes())
    return assets


def register(app: Flask) -> None:
    """Serve `/static/<name>` and give templates `static(name)`."""
    assets = build()
    by_name = {asset.name: asset for asset in assets.values()}
    addresses = {plain: f"/static/{asset.name}" for plain, asset in assets.items()}
    app.jinja_env.globals["static"] = addresses.__getitem__

    def asset(name: str) -> Response:
        if name not in by_name:
            abort(404)
        found = by_name[name]
        encoding = request.accept_encodings.best_match(found.packed) if found.type.startswith(("text", "image/svg")) else None
        response = Response(found.packed[encoding] if encoding else found.plain, content_type=found.type)
        if encoding:
            response.headers["Content-Encoding"] = encoding
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = _FOREVER
        return response

    asset.permission = Permission.VIEW_PUBLIC  # type: ignore[attr-defined] # for all, so nobody is looked up in the database
    app.add_url_rule("/static/<name>", "static", asset)
