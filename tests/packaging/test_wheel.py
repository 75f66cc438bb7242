"""The wheel carries everything that the product reads, and runs where no checkout is."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from elearn.cli.translation import TRANSLATED
from tests.house.tree import ROOT

Run = Callable[..., "subprocess.CompletedProcess[str]"]

#: What must be inside, by the folder of the repository and the folder of the wheel.
CARRIED = {
    "courses": "elearn/_data/courses",
    "migrations": "elearn/_data/migrations",
    "elearn/web/templates": "elearn/web/templates",
    "elearn/web/static": "elearn/web/static",
    "elearn/credential": "elearn/credential",
    "elearn/richtext": "elearn/richtext",
}
SKIPPED = ("__pycache__", ".DS_Store")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def run(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run Python in an empty folder, with the unpacked wheel before everything else."""
    site, elsewhere = tmp_path_factory.mktemp("site"), tmp_path_factory.mktemp("elsewhere")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(site)
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}  # noqa: TID251 - the interpreter's own environment

    def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, *arguments], cwd=elsewhere, env=environment, capture_output=True, text=True, check=False)

    return call


def _elearn(*arguments: str) -> tuple[str, str]:
    return "-c", f"import sys; sys.argv = ['elearn', *{arguments!r}]; from elearn.cli import main; main()"


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as packed:
        return set(packed.namelist())


@pytest.mark.parametrize("folder", sorted(CARRIED))
def test_the_wheel_carries_every_file_of(wheel: Path, folder: str) -> None:
    files = [file.relative_to(ROOT / folder).as_posix() for file in (ROOT / folder).rglob("*") if file.is_file()]
    wanted = {f"{CARRIED[folder]}/{file}" for file in files if not any(part in file for part in SKIPPED)}
    assert sorted(wanted - _names(wheel)) == []


def test_the_wheel_carries_compiled_catalogues_and_no_sources(wheel: Path) -> None:
    catalogues = {name for name in _names(wheel) if "/translations/" in name}
    assert catalogues == {f"elearn/_data/translations/{language}/LC_MESSAGES/messages.mo" for language in TRANSLATED}


def test_the_wheel_carries_no_tests_and_nothing_made_by_running(wheel: Path) -> None:
    names = _names(wheel)
    assert [name for name in names if name.startswith("tests/") or name.endswith((".pyc", ".sqlite3"))] == []
    assert {name.partition("/")[0] for name in names} - {"elearn"} == {name.partition("/")[0] for name in names if ".dist-info/" in name}


def test_the_wheel_reads_its_own_data(run: Run) -> None:
    answer = run("-c", "import elearn, elearn.paths as p; print(p.data('courses')); print(p.data('translations'))")
    assert answer.returncode == 0, answer.stderr
    assert all("_data" in line for line in answer.stdout.split())


def test_the_command_explains_itself_anywhere(run: Run) -> None:
    answer = run(*_elearn("--help"))
    assert answer.returncode == 0, answer.stderr
    assert "course" in answer.stdout


def test_the_wheel_checks_its_own_courses_anywhere(run: Run) -> None:
    course = min(folder for folder in (ROOT / "courses").iterdir() if folder.is_dir())
    answer = run(*_elearn("course", "check", str(course)))
    assert answer.returncode == 0, answer.stdout + answer.stderr
