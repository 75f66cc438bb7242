"""What fits on a screen can be read: the longest file, function, template and script."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import tree

FILE, FUNCTION, TEMPLATE, SCRIPT, CONFTEST = 400, 40, 120, 100, 150
CODE = ("elearn", "tests", "migrations")
DRAWERS = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "manager"})


def _lines(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines())


def _functions(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree.syntax(file)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{tree.name(file)}:{node.lineno} {node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_python_file_is_longer_than_400_lines() -> None:
    assert [tree.name(file) for file in tree.python_files(*CODE) if _lines(file) > FILE] == []


def test_no_function_is_longer_than_40_lines() -> None:
    # A migration is one long list on purpose: it is read once, from top to bottom, and never changed.
    files = [file for file in tree.python_files(*CODE) if "versions" not in file.parts]
    assert [name for file in files for name, length in _functions(file) if length > FUNCTION] == []


def test_no_template_is_longer_than_120_lines() -> None:
    assert [tree.name(file) for file in tree.templates() if _lines(file) > TEMPLATE] == []


def test_no_script_is_longer_than_100_lines() -> None:
    assert [tree.name(file) for file in tree.scripts() if _lines(file) > SCRIPT] == []


def test_fixtures_do_not_pile_up() -> None:
    assert [tree.name(file) for file in tree.python_files("tests") if file.name == "conftest.py" and _lines(file) > CONFTEST] == []


def test_there_is_no_drawer_for_odds_and_ends() -> None:
    assert [tree.name(file) for file in tree.python_files(*CODE) if DRAWERS & {file.stem, file.parent.name}] == []


def test_every_module_says_first_what_it_owns() -> None:
    silent = [tree.name(file) for file in tree.python_files("elearn") if not ast.get_docstring(tree.syntax(file))]
    assert silent == []
