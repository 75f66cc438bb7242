"""The application for a server's worker process, built from the environment."""

from flask import Flask

from elearn.config import load
from elearn.runtime import open_runtime
from elearn.web.app import create_app


def build() -> Flask:
    """Give the application of the installation that the environment describes."""
    return create_app(open_runtime(load()))
