"""The floors of the house, proven by running: the contract of pyproject.toml and a bare interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT

CORE = ("progress", "course", "quiz", "richtext", "credential", "access", "lang", "errors")

_LOADED = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(package, "__path__", ()), package.__name__ + "."):
    importlib.import_module(module.name)
heavy = {"flask", "werkzeug", "jinja2", "wtforms", "sqlalchemy", "alembic", "click", "babel"}
print(" ".join(sorted(heavy & {name.partition(".")[0] for name in sys.modules})))
"""


def test_every_import_goes_down_the_floors() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("package", CORE)
def test_a_core_package_loads_neither_web_nor_database(package: str) -> None:
    run = subprocess.run([sys.executable, "-c", _LOADED, f"elearn.{package}"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []
