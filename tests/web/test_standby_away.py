"""While the standby of the database is away pages are read, forms say that it is unsure, and whoever goes is let go."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.store.standby import CommitUnsureError
from tests.conftest import StandingClock
from tests.visitor import Visitor, filled
from tests.web.conftest import Publish, SignInAs

LESSON = "/en/courses/minimal/first/hello/"


@contextmanager
def unsure(*_: object) -> Iterator[None]:
    """A commit that stands here and perhaps nowhere else."""
    yield
    raise CommitUnsureError


@pytest.fixture
def reader(
    publish_course: Publish, learner: PersonRow, sign_in_as: SignInAs, clock: StandingClock, monkeypatch: pytest.MonkeyPatch
) -> Visitor:
    """Somebody signed in before the standby went away; her session is to be touched again."""
    publish_course("minimal")
    visitor = sign_in_as(learner)
    clock.now += timedelta(minutes=10)
    monkeypatch.setattr(Database, "_confirmed", unsure)
    return visitor


def test_pages_are_read_and_forms_are_to_be_sent_again(reader: Visitor) -> None:
    for path in ("/en/", LESSON, "/en/account/", "/en/learn/"):
        reader.get(path)
    refused = reader.submit(reader.get(LESSON), f"{LESSON}read", status=503)
    assert "send it again" in refused.text


def test_whoever_goes_is_let_go(reader: Visitor) -> None:
    page = reader.get("/en/account/")
    left = reader.client.post("/en/account/exit", data=filled(page.form("/account/exit")))
    assert left.status_code == 303
    assert "cookies" in left.headers["Clear-Site-Data"]
