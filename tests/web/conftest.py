"""Fixtures of web tests: the application on an empty database, people, courses, and visitors with or without an account."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from elearn.actions.publish import publish
from elearn.actions.session import open_session
from elearn.config import Settings
from elearn.course.source import Source
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.web import auth
from elearn.web import kept as kept_pages
from elearn.web.app import create_app
from elearn.web.parts import lesson_body
from tests.factories import make_person
from tests.visitor import Visitor

COURSES = Path(__file__).parents[1] / "courses"

#: Makes a visitor who is signed in as this person, with a second factor.
SignInAs = Callable[[PersonRow], Visitor]
#: Publishes one of the courses of tests/courses by the name of its folder.
Publish = Callable[[str], int]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Settings without the coarse limits, which would count all tests as one asker."""
    return replace(settings, limit_requests=False)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """Forget the pages that a process keeps: each test has a database of its own, with the same numbers of releases."""
    for kept in (lesson_body._chunks, lesson_body._ends, kept_pages._pages):
        kept.clear()


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The application; what would be a page about a fault of ours fails the test instead."""
    app = create_app(runtime)
    app.testing = True
    del app.error_handler_spec[None][None][Exception]
    return app


@pytest.fixture
def visitor(app: Flask) -> Visitor:
    """Somebody without an account."""
    return Visitor(app.test_client())


@pytest.fixture
def learner(database: Database, organisation_id: str) -> PersonRow:
    """A learner of an organisation that anyone may join."""
    with database.transaction() as session:
        return make_person(session, organisation_id, "mirava-lodet-47")


@pytest.fixture
def sign_in_as(app: Flask, runtime: Runtime) -> SignInAs:
    """A way to be signed in without the cost of hashing."""

    def sign_in(person: PersonRow) -> Visitor:
        with runtime.database.transaction(person.organisation_id) as session:
            opened = open_session(session, person, now=runtime.clock(), factored=True)
        client = app.test_client()
        with app.app_context():
            client.set_cookie(auth.cookie_name(), opened.token)
        return Visitor(client)

    return sign_in


@pytest.fixture
def member(learner: PersonRow, sign_in_as: SignInAs) -> Visitor:
    """The learner, signed in."""
    return sign_in_as(learner)


@pytest.fixture
def publish_course(runtime: Runtime) -> Publish:
    """A way to publish a course of tests/courses."""

    def act(folder: str) -> int:
        with runtime.database.transaction() as session:
            return publish(session, Source.from_folder(COURSES / folder), now=runtime.clock())

    return act


@pytest.fixture
def minimal_course(publish_course: Publish) -> int:
    """The release of a public course of one lesson."""
    return publish_course("minimal")
