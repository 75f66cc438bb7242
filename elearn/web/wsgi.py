"""The application for a server's worker process, built from the environment."""

from flask import Flask

from elearn.config import load
from elearn.runtime import open_runtime
from elearn.web.app import create_app
from elearn.web.learn.attempt import saves_answer
from elearn.web.turns import Turns, never


def build() -> Flask:
    """Give the application of the installation that the environment describes."""
    settings = load()
    runtime = open_runtime(settings)
    app = create_app(runtime)
    # PostgreSQL has each worker's commits wait for the disk together by itself
    shares = saves_answer if runtime.database.is_sqlite else never
    app.wsgi_app = Turns(app.wsgi_app, largest=settings.max_body_bytes, shares=shares)  # type: ignore[method-assign,assignment]
    return app
