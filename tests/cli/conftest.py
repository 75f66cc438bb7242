"""Fixtures of the commands: an installation that is named by the environment, as an operator names it."""

import pytest

from elearn.config import PREFIX, Settings
from elearn.runtime import Runtime


@pytest.fixture
def installed(runtime: Runtime, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """The installation of this test, found by every command."""
    for name, value in (("DATA", settings.data), ("KEYS", settings.keys), ("DATABASE_URL", settings.database_url)):
        monkeypatch.setenv(f"{PREFIX}{name}", str(value))
    return runtime
