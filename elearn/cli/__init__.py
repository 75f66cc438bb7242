"""The command line: `elearn`. Each command lives in the module of its name and is imported when it is asked for, not before."""

from collections.abc import MutableMapping
from importlib import import_module
from typing import Final

import click

from elearn import __version__

COMMANDS: Final = (
    "demo",
    "init",
    "serve",
    "worker",
    "course",
    "translation",
    "organisation",
    "person",
    "certificate",
    "audit",
    "keys",
    "mirrors",
    "signer",
    "db",
    "backup",
    "restore",
    "drill",
    "check-deploy",
)


class Lazy(click.Group):
    """Commands found by name: `serve` is `serve` in elearn.cli.serve, `check-deploy` is `check_deploy` in elearn.cli.check_deploy."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands there are, in the order of the list."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """The command of this name, or None."""
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_module(f"{__name__}.{name}"), name)
        return command

    @property
    def commands(self) -> MutableMapping[str, click.Command]:
        """All commands, imported."""
        context = click.Context(self)
        found = {name: self.get_command(context, name) for name in self.list_commands(context)}
        return {name: command for name, command in found.items() if command is not None}

    @commands.setter
    def commands(self, _given: MutableMapping[str, click.Command]) -> None:
        """Nothing is kept: modules are the list."""


@click.group(cls=Lazy)
@click.version_option(__version__, prog_name="elearn")
def main() -> None:
    """Qadam, an e-learning platform."""
