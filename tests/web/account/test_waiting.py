import pytest
from flask import Flask

from elearn.errors import Conflict, Refused
from elearn.web.account.waiting import duration, refusal, refusal_status


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (2, "2 seconds"), (120, "120 seconds"), (121, "3 minutes"), (7200, "120 minutes"), (7201, "3 hours")],
)
def test_a_wait_is_rounded_up_to_a_unit_that_can_be_counted(app: Flask, seconds: int, words: str) -> None:
    with app.test_request_context("/en/"):
        assert duration(seconds) == words


def test_a_refusal_says_how_long_to_wait_or_what_to_do(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert refusal(Refused("too-many-tries", seconds=5)).startswith("There were too many tries. Please try again in 5 seconds")
        assert refusal(Refused("bad-invite")).startswith("This invite code does not work")
    assert refusal_status(Refused("busy")) == 429
    assert refusal_status(Conflict("handle-taken")) == 422
