"""Fixtures of the actions: a shelf, the trial course published, a learner at her desk, a plan for backups."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from elearn.actions.backup import BackupPlan
from elearn.actions.shelf import Shelf
from tests.actions import trial
from tests.actions.safekeeping import Keyring, make_plan
from tests.actions.trial import Desk
from tests.conftest import StandingClock


@pytest.fixture
def shelf() -> Shelf:
    """A shelf that has read nothing yet."""
    return Shelf()


@pytest.fixture
def first_release(session: Session, shelf: Shelf, clock: StandingClock) -> int:
    """The trial course as its first release."""
    return trial.release(session, shelf, clock.now)


@pytest.fixture
def desk(session: Session, shelf: Shelf, clock: StandingClock, organisation_id: str, first_release: int) -> Desk:
    """A learner at the trial course."""
    assert first_release
    return Desk(session, shelf, trial.learner(session, organisation_id), clock.now)


@pytest.fixture
def ring() -> Keyring:
    """The keys of two people who can open a backup, and of one who cannot."""
    return Keyring()


@pytest.fixture
def plan(tmp_path: Path, ring: Keyring) -> BackupPlan:
    """Where the backups of this test go, sealed to the two."""
    return make_plan(tmp_path, ring)
