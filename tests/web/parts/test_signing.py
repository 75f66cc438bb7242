"""Signing as the pages see it: the list that anybody may fetch, and what happens while the signer is away."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from elearn.actions.certify import Signer
from elearn.actions.session import open_session
from elearn.runtime import Runtime
from elearn.store.audit import list_entries
from elearn.store.credentials import CredentialRow, list_credentials
from elearn.store.engine import Database
from elearn.store.people import PersonRow
from elearn.web import auth
from elearn.web.app import create_app
from elearn.web.parts import signing
from tests.factories import make_person
from tests.visitor import Visitor
from tests.web.teaching import complete, publish_open


@pytest.fixture
def done(runtime: Runtime, learner: PersonRow) -> list[PersonRow]:
    complete(runtime, learner, publish_open(runtime))
    return [learner]


def _value(person: PersonRow) -> str:
    return f"{person.id}:every-kind"


def _credentials(database: Database, organisation_id: str) -> list[CredentialRow]:
    with database.read(organisation_id) as session:
        return list(list_credentials(session, limit=100))


def test_the_signed_list_is_made_once_for_the_same_day_and_the_same_certificates(
    app: Flask, runtime: Runtime, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing._lists.clear()
    signed: list[int] = []
    own = Signer.status

    def counted(*args: object, **kwargs: object) -> bytes:
        signed.append(1)
        return own(*args, **kwargs)  # type: ignore[arg-type] # handed on

    monkeypatch.setattr(Signer, "status", counted)
    first, second = (visitor.client.get("/certificates/status.json").data for _ in range(2))
    assert first == second
    assert len(signed) == 1
    runtime.clock.move(days=1)  # type: ignore[attr-defined] # the clock of the tests
    assert visitor.client.get("/certificates/status.json").data != first
    assert len(signed) == 2


def test_while_the_signer_is_away_nothing_is_issued_and_the_page_says_so(
    runtime: Runtime, database: Database, organisation_id: str, done: list[PersonRow], tmp_path: Path
) -> None:
    with database.transaction(organisation_id) as session:
        person = make_person(session, organisation_id, role="admin")
        opened = open_session(session, person, now=runtime.clock(), factored=True)
    away = replace(runtime, settings=replace(runtime.settings, signer_socket=str(tmp_path / "nobody")))
    app = create_app(away)
    client = app.test_client()
    with app.app_context():
        client.set_cookie(auth.cookie_name(), opened.token)
    admin = Visitor(client)
    page = admin.get(f"/en/admin/certificates/preview?due={_value(done[0])}")
    answer = admin.submit(page, "/admin/certificates/issue", status=503)
    assert "Certificates cannot be signed at this moment. Nothing was changed." in answer.text
    assert _credentials(database, organisation_id) == []
    with database.read(organisation_id) as session:
        assert [entry.verb for entry in list_entries(session, organisation_id) if entry.verb.startswith("certificate")] == []
