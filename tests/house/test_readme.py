"""The README's commands exist, CI runs the same, and no command of ours goes unexplained."""

import dataclasses
import re
from collections.abc import Iterator

import click

from elearn.cli import main
from elearn.config import Settings
from tests.house.tree import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCS = README + "".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs").rglob("*.md")))
SHELL = "\n".join(re.findall(r"^```(?:sh|console)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
TARGETS = set(re.findall(r"^(\w+):", MAKEFILE, re.MULTILINE))


def _commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command that does something."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from _commands(command, (*path, name))
    else:
        yield path


def test_the_two_commands_are_given() -> None:
    assert re.search(r"^make demo$", SHELL, re.MULTILINE)
    assert re.search(r"^make test$", SHELL, re.MULTILINE)


def test_every_make_target_of_the_readme_exists() -> None:
    assert set(re.findall(r"\bmake (\w+)", SHELL)) <= TARGETS


def test_ci_runs_the_test_command_of_the_readme_last() -> None:
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    assert last == "make test"
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111


def test_every_file_that_the_readme_links_exists() -> None:
    assert [link for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", README) if not (ROOT / link).exists()] == []


def test_every_setting_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"`ELEARN_(\w+)`", README)) - {"CONFIG", "TEST_DATABASE_URL"}
    assert documented == {field.name.upper() for field in dataclasses.fields(Settings)}


def test_every_elearn_command_of_the_documents_exists() -> None:
    known = set(_commands(main))
    named = re.findall(r"`(?:\.venv/bin/)?elearn ([a-z][- a-z]*)", DOCS) + re.findall(
        r"^(?:\.venv/bin/)?elearn ([a-z][- a-z]*)", SHELL, re.MULTILINE
    )
    unknown = [words for words in named if not any(tuple(words.split()[: len(path)]) == path for path in known)]
    assert unknown == []


def test_every_command_is_documented() -> None:
    assert [" ".join(path) for path in _commands(main) if f"elearn {' '.join(path)}" not in DOCS] == []
