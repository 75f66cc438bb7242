"""An installation that is safe for real people, until a test spoils it."""

from dataclasses import dataclass, fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from elearn.cli import main
from elearn.config import PREFIX, Settings
from elearn.runtime import utc_now
from elearn.store.engine import Database
from tests.actions.safekeeping import Keyring


@dataclass
class Place:
    """An installation in folders of its own, safe until a test spoils something."""

    settings: Settings
    database: Database
    ring: Keyring
    patch: pytest.MonkeyPatch
    organisation_id: str = ""

    def spoil(self, **changes: object) -> None:
        """Change settings."""
        self.settings = replace(self.settings, **changes)  # type: ignore[arg-type] # named by the tests

    def look(self) -> Result:
        """Run the command as the account that serves."""
        for one in fields(self.settings):
            value = getattr(self.settings, one.name)
            self.patch.setenv(f"{PREFIX}{one.name.upper()}", ",".join(value) if isinstance(value, tuple) else str(value))
        return CliRunner().invoke(main, ["check-deploy"])

    def codes(self) -> list[str]:
        """What it found."""
        return [text.split()[1].rstrip(":") for text in self.look().output.splitlines()[:-1]]

    def backup(self, *, days_ago: float = 0) -> None:
        """Put a backup there, or what bears the name of one."""
        folder = Path(self.settings.backup_folder)
        folder.mkdir(mode=0o700, exist_ok=True)
        hour = (utc_now() - timedelta(days=days_ago)).strftime("%Y-%m-%dT%H")
        (folder / f"{hour}-0123abcd.age").touch()
