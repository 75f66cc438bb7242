"""The application as a server's worker builds it."""

import pytest

from elearn.config import Settings, export
from elearn.runtime import make_keys
from elearn.web.auth import runtime_of
from elearn.web.wsgi import build


def test_a_worker_builds_the_application_of_its_environment(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    make_keys(settings.keys, data=settings.data)
    monkeypatch.setattr("os.environ", {})
    export(settings)
    app = build()
    assert app.test_client().get("/healthz").status_code == 200
    runtime_of(app).database.dispose()
