"""A damaged database is read and not written: pages open, forms are refused in plain words, nothing is mended in silence."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from elearn.actions.housekeep import housekeep
from elearn.cli import main
from elearn.config import PREFIX
from elearn.runtime import Runtime
from elearn.store.engine import Database
from elearn.store.organisations import list_organisations
from elearn.store.people import PersonRow
from elearn.store.read_only import ReadOnlyError
from tests.conftest import StandingClock
from tests.servers import SERVER
from tests.visitor import Visitor, filled
from tests.web.conftest import Publish, SignInAs

pytestmark = pytest.mark.skipif(bool(SERVER), reason="PostgreSQL looks after its own files")
LESSON = "/en/courses/minimal/first/hello/"


def damage(database: Database, table: str) -> None:
    """Overwrite the pages of one table in the file, as a bad disk would: the rest of the file can still be read."""
    with database.engine.connect() as connection:
        pages = list(connection.exec_driver_sql(f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'").scalars())
        size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    database.scrub()
    database.dispose()
    with Path(database.engine.url.database or "").open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * size)
            file.write(b"\x55" * size)


@pytest.fixture
def damaged(database: Database, publish_course: Publish, learner: PersonRow, sign_in_as: SignInAs, clock: StandingClock) -> Visitor:
    """Somebody signed in at a site whose file was found damaged last night."""
    publish_course("minimal")
    visitor = sign_in_as(learner)
    damage(database, "sign_in_counter")
    assert housekeep(database, now=clock.now) == ("database-damaged",)
    return visitor


def test_pages_are_read_and_forms_are_refused(damaged: Visitor, database: Database) -> None:
    for path in ("/en/", "/en/courses/", LESSON, "/en/account/", "/en/learn/", "/en/learn/certificates/", "/en/account/sessions"):
        damaged.get(path)
    refused = damaged.submit(damaged.get(LESSON), f"{LESSON}read", status=503)
    assert refused.heading == "Nothing can be saved at the moment"
    assert refused.form(f"{LESSON}read") is not None  # to be sent again when that is over
    assert damaged.submit(damaged.get("/en/account/sessions"), "/account/sessions", status=503).heading == refused.heading


def test_nothing_is_written_and_nothing_is_mended(damaged: Visitor, database: Database, clock: StandingClock, tmp_path: Path) -> None:
    assert damaged.get("/en/").status == 200
    before = (tmp_path / "elearn.sqlite3").read_bytes()
    with pytest.raises(ReadOnlyError), database.transaction():
        pytest.fail("this must not be reached")
    with pytest.raises(ReadOnlyError), database.write("any"):
        pytest.fail("this must not be reached")
    assert housekeep(database, now=clock.now) == ("database-damaged",)
    with database.read() as session:
        assert len(list_organisations(session)) == 1
    assert (tmp_path / "elearn.sqlite3").read_bytes() == before


def test_the_quick_exit_works_all_the_same(damaged: Visitor) -> None:
    page = damaged.get("/en/account/")
    left = damaged.client.post("/en/account/exit", data=filled(page.form("/account/exit")))
    assert left.status_code == 303
    assert "cookies" in left.headers["Clear-Site-Data"]


def test_the_operator_opens_the_site_again_when_the_file_is_sound(
    runtime: Runtime, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("DATA", tmp_path), ("KEYS", runtime.settings.keys), ("DATABASE_URL", runtime.settings.database_url)):
        monkeypatch.setenv(f"{PREFIX}{name}", str(value))
    database.forbid_writing()
    result = CliRunner().invoke(main, ["person", "joining", "nobody", "open"])
    assert (result.exit_code, "The database is damaged" in result.output) == (1, True)
    result = CliRunner().invoke(main, ["db", "check"])
    assert (result.exit_code, database.is_read_only) == (0, False)
    damage(database, "sign_in_counter")
    result = CliRunner().invoke(main, ["db", "check"])
    assert (result.exit_code, database.is_read_only) == (1, True)
    assert "See the operator's guide" in result.output
