"""The coarse limits: they count askers by a mark that changes daily and is never stored."""

from dataclasses import replace

import pytest
from flask import Flask

from elearn.runtime import Runtime
from elearn.web import limits
from elearn.web.app import create_app
from tests.conftest import StandingClock


def _mark(app: Flask, address: str) -> str:
    with app.test_request_context("/en/", environ_base={"REMOTE_ADDR": address}):
        return limits._asker()


def test_the_mark_of_an_asker_says_nothing_and_lasts_a_day(app: Flask, clock: StandingClock) -> None:
    first = _mark(app, "192.0.2.1")
    assert "192" not in first
    assert _mark(app, "192.0.2.1") == first
    assert _mark(app, "192.0.2.2") != first
    clock.move(days=1)
    assert _mark(app, "192.0.2.1") != first
    assert len(limits._secrets) == 1


@pytest.mark.parametrize("switched_on", [True, False])
def test_the_limits_can_be_switched_off(runtime: Runtime, switched_on: bool) -> None:
    app = create_app(replace(runtime, settings=replace(runtime.settings, limit_requests=switched_on)))
    assert app.config["RATELIMIT_ENABLED"] is switched_on
