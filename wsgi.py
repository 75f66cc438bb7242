"""For a WSGI server: `application`, built from the environment (README, "Running it for real")."""

from elearn.web.wsgi import build

application = build()
