import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click import ClickException
from click.testing import CliRunner

from elearn import config
from elearn.actions.backup import list_files
from elearn.actions.mirrors import find_signed_mirrors
from elearn.cli import main, serve
from elearn.cli.deployment import unsafe
from elearn.config import Settings
from elearn.errors import Refused
from elearn.runtime import make_keys, utc_now
from elearn.store import audit
from elearn.store.engine import Database
from elearn.store.filling import filling
from elearn.web.wsgi import build
from tests.actions.safekeeping import Keyring
from tests.servers import SERVER


class Healthy(BaseHTTPRequestHandler):
    """Refuses the first request and answers the next."""

    asked = 0

    def do_GET(self) -> None:
        """Answer."""
        Healthy.asked += 1
        self.send_response(200 if Healthy.asked > 1 else 503)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the library
        """Say nothing."""


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a server that answers."""
    Healthy.asked = 0
    server = HTTPServer(("127.0.0.1", 0), Healthy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody has."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        yield held.getsockname()[1]


def test_ready_is_said_once_when_the_server_answers(answering: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    said: list[str] = []
    serve._watch("0.0.0.0", answering, [], lambda: said.append("ready"))
    assert said == ["ready"]
    assert Healthy.asked >= 2  # more when this machine was too busy to answer in time


def test_a_server_that_never_answers_well_is_stopped_and_said_to_be(
    answering: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Silent(Server):
        def serve(self) -> None:
            with pytest.raises(KeyboardInterrupt):
                time.sleep(60)

    Healthy.asked = -10_000
    monkeypatch.setattr(config, "export", lambda _settings: None)
    monkeypatch.setattr(serve, "_keep_house", lambda _settings: None)
    monkeypatch.setattr(serve, "work_beside", lambda *_: None)
    monkeypatch.setattr(serve, "_PATIENCE", 1)  # enough for this thread to come to where it is interrupted
    monkeypatch.setattr(serve, "Granian", Silent)
    with pytest.raises(ClickException, match=r"did not answer within 1 seconds \(HTTP Error 503"):
        serve.run(Settings(data=tmp_path, keys=tmp_path), host="127.0.0.1", port=answering, ready=lambda: pytest.fail("ready"))


@pytest.mark.parametrize(
    ("host", "address"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]"), ("localhost", "localhost")],
)
def test_the_machine_asks_itself(host: str, address: str) -> None:
    assert serve._reachable(host) == address


def test_a_port_in_use_is_said_in_one_sentence(taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    for command in (["serve"], ["demo", "--data", str(tmp_path / "demo")]):
        result = CliRunner().invoke(main, [*command, "--port", str(taken)])
        assert result.exit_code == 1
        assert f"Port {taken} on 127.0.0.1 cannot be used" in result.output
    assert not (tmp_path / "demo").exists()


def test_without_keys_nothing_is_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    result = CliRunner().invoke(main, ["serve"])
    assert (result.exit_code, "Run `elearn init`" in result.output) == (1, True)


def test_a_database_of_another_version_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    make_keys(tmp_path / "keys", data=tmp_path / "data")
    result = CliRunner().invoke(main, ["serve"])
    assert (result.exit_code, "Run `elearn db upgrade`" in result.output) == (1, True)


def test_half_a_restored_database_is_not_served(tmp_path: Path, empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not SERVER:
        pytest.skip("a file of SQLite is renamed when it is whole")
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    make_keys(tmp_path / "keys", data=tmp_path / "data")
    monkeypatch.setenv("ELEARN_DATABASE_URL", empty_url)
    database = Database(empty_url)
    with filling(database):
        result = CliRunner().invoke(main, ["serve", "--port", "0"])
        with pytest.raises(Refused, match="database-half-restored"):
            build()
        assert "database-half-restored" in {code for code, _ in unsafe(config.load(), now=utc_now())}
    database.dispose()
    assert (result.exit_code, "did not come to its end" in result.output) == (1, True)


def test_the_workers_get_the_settings_and_the_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ELEARN_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("ELEARN_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("ELEARN_PUBLIC_URL", "https://learn.example/")
    exported: list[Settings] = []
    monkeypatch.setattr(config, "export", exported.append)
    monkeypatch.setattr(serve, "Granian", Server)
    monkeypatch.setattr(threading, "Thread", Thread)
    assert CliRunner().invoke(main, ["init"]).exit_code == 0
    result = CliRunner().invoke(main, ["serve", "--port", "0"])
    assert (result.exit_code, result.output) == (0, "Ready: https://learn.example/\n")
    (settings,) = exported
    assert (settings.data, settings.public_url) == (tmp_path / "data", "https://learn.example")
    assert (Server.given["address"], Server.given["port"], Server.given["workers"]) == ("127.0.0.1", 0, 1)
    assert (Server.given["factory"], Server.served) == (True, True)


class Server:
    """Stands where the web server would."""

    given: dict[str, Any]
    served = False

    def __init__(self, _target: str, **given: Any) -> None:  # noqa: ANN401 - whatever Granian takes
        Server.given = given

    def serve(self) -> None:
        """Note that it was asked for."""
        Server.served = True


class Thread:
    """Does at once what waits for the server, and leaves the rest."""

    def __init__(self, *, target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> None:
        assert daemon
        self.ready = args[-1] if target is serve._watch else None

    def start(self) -> None:
        """Say that it is ready."""
        if self.ready:
            self.ready()


def test_chores_are_done_once_a_day(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(serve, "housekeep", lambda *_, **__: ["audit-broken"])
    monkeypatch.setattr(serve, "sign_mirrors", lambda *_, **__: None)
    with pytest.raises(KeyboardInterrupt):
        serve._keep_house(Settings(data=tmp_path, keys=tmp_path))
    assert sum(waited[:2]) == 24 * 3600
    assert capsys.readouterr().err == "Attention: audit-broken\n" * 2


def test_a_database_that_does_not_answer_is_told_and_ends_nothing(tmp_path: Path) -> None:
    nothing = Settings(data=tmp_path, keys=tmp_path, database_url=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert serve._chores(nothing) == ("housekeeping-failed",)


def test_the_daily_work_writes_down_who_was_erased(tmp_path: Path, database: Database, organisation_id: str) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    given = Settings(data=tmp_path, keys=tmp_path.parent / f"{tmp_path.name}-keys", database_url=url)
    make_keys(given.keys, data=given.data)
    assert serve._chores(replace(given, backup_folder=str(tmp_path / "backups"))) == ("backup-recipients",)
    kept = replace(given, backup_folder=str(tmp_path / "backups"), backup_recipients=Keyring().recipients)
    assert serve._chores(kept) == ()
    assert len(list_files(tmp_path / "backups", tombstones=True)) == 1


def test_the_list_of_mirrors_is_signed_beside_the_daily_work(tmp_path: Path, database: Database, organisation_id: str) -> None:
    url = database.engine.url.render_as_string(hide_password=False)
    given = Settings(data=tmp_path, keys=tmp_path.parent / f"{tmp_path.name}-keys", database_url=url, mirrors=("https://a.example",))
    make_keys(given.keys, data=given.data)
    with database.transaction(organisation_id) as session:
        audit.record(session, "verb", organisation_id=organisation_id, actor="operator", about="thing", now=utc_now())
    assert serve._chores(given) == ()
    with database.read() as session:
        assert find_signed_mirrors(session, given.mirrors) is not None
    assert serve._chores(replace(given, mirrors=("a.example",))) == ("mirrors-form",)
