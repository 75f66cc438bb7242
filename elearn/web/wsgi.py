"""The application for a server's worker process, built from the environment."""

from flask import Flask

from elearn.config import load
from elearn.runtime import open_runtime
from elearn.web.app import create_app
from elearn.web.turns import Turns


def build() -> Flask:
    """Give the application of the installation that the environment describes."""
    settings = load()
    app = create_app(open_runtime(settings))
    app.wsgi_app = Turns(app.wsgi_app, largest=settings.max_body_bytes)  # type: ignore[method-assign,assignment]
    return app
