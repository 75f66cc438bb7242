"""Fixtures of account tests: a server that hashes too much at once, somebody with a second factor."""

import threading

import pytest

from elearn.actions import passphrase
from elearn.runtime import Runtime
from elearn.store.people import PersonRow
from tests.factories import make_factor


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """All places for hashing are taken, and nobody waits."""
    monkeypatch.setattr(passphrase, "_SLOTS", threading.BoundedSemaphore(1))
    monkeypatch.setattr(passphrase, "_PATIENCE", 0.01)
    assert passphrase._SLOTS.acquire()


@pytest.fixture
def guarded(learner: PersonRow, runtime: Runtime) -> PersonRow:
    """The learner with time codes."""
    with runtime.database.transaction() as session:
        make_factor(session, learner, runtime.keys.seal)
    return learner
