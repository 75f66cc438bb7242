"""Fixtures of account tests: a server that hashes too much at once."""

import threading

import pytest

from elearn.actions import passphrase


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """All places for hashing are taken, and nobody waits."""
    monkeypatch.setattr(passphrase, "_SLOTS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passphrase, "_PATIENCE", 0.01)
    assert passphrase._SLOTS.acquire()
