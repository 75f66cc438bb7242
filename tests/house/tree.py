"""The files that the house tests look at. Finds and parses; judges nothing."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, nodes

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "elearn" / "web" / "templates"
STATIC = ROOT / "elearn" / "web" / "static"
AUDIENCES = ("public", "account", "learn", "teach", "admin")


def python_files(*folders: str) -> list[Path]:
    """List the Python files below these folders of the repository."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


@cache
def syntax(file: Path) -> ast.Module:
    """Parse one Python file, once for all tests."""
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def templates(folder: str = "") -> list[Path]:
    """List the templates below a folder of `elearn/web/templates`."""
    return sorted((TEMPLATES / folder).rglob("*.html"))


@cache
def jinja() -> Environment:
    """Give an environment that parses as ours does and renders nothing."""
    return Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


@cache
def template_tree(file: Path) -> nodes.Template:
    """Parse one template, once for all tests."""
    return jinja().parse(file.read_text(encoding="utf-8"), filename=str(file))


def style_sheets() -> list[Path]:
    """List the style sheets."""
    return sorted((STATIC / "css").rglob("*.css"))


def scripts() -> list[Path]:
    """List the script files."""
    return sorted((STATIC / "js").rglob("*.js"))


def tracked() -> Iterator[tuple[str, bytes]]:
    """Yield path and content of every file that git tracks, or of none outside of a checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            yield name, (ROOT / name).read_bytes()


def name(file: Path) -> str:
    """Write a file as people say it: relative to the repository."""
    return file.relative_to(ROOT).as_posix()
