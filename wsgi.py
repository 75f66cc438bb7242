"""For a WSGI server: `application`, built from the environment (docs: README, "Running it for real")."""

from elearn.config import load
from elearn.runtime import open_runtime
from elearn.web.app import create_app

application = create_app(open_runtime(load()))
