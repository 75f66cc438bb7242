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


@pytest.mark.parametrize("hops", [0, 1, 2])
def test_nobody_escapes_a_limit_by_naming_another_address(runtime: Runtime, hops: int) -> None:
    """Only as many addresses count as proxies of ours have put there; what the asker wrote herself stands before them."""
    settings = replace(runtime.settings, limit_requests=True, proxy_hops=hops, public_url="https://qadam.example")
    client = create_app(replace(runtime, settings=settings)).test_client()
    added = ", 192.0.2.7" * hops
    statuses = []
    for number in range(40):
        forged = {
            "X-Forwarded-For": f"198.51.100.{number}{added}",
            "X-Real-IP": f"198.51.100.{number}",
            "Forwarded": f"for=198.51.100.{number}",
        }
        statuses.append(client.get("/en/verify/00000", headers=forged).status_code)
    assert (statuses.count(404), statuses.count(429)) == (30, 10)
